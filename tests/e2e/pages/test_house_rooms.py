"""Policy, hosts, images, audit, schedules, drift, planners, and what is stored about me."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fuyajo.domain.drift import Baseline, document_of
from fuyajo.engine.images.store import Image
from fuyajo.service import auditing, evaluating
from fuyajo.store.objects import Owned
from tests.e2e.pages.conftest import Visitors
from tests.e2e.pages.test_house import HOSTILE, HOSTS
from tests.support.command_line import World, machine
from tests.support.service import Service

pytestmark = pytest.mark.browser
IMAGE = Image(
    name="debian-12", path=Path("/x"), sha256="ab" * 32, size=300 << 20, virtual_size=3 << 30,
    source="built", created=(datetime.now(UTC) - timedelta(days=3, hours=1)).isoformat(), manifest={},
)  # fmt: skip
POLICY = '[roles.default]\ntemplates = ["web-*"]\n\n[roles.default.limits]\nvms = 4\nhours = 10\n'


def written(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "policy.toml").write_text(text)
    (home / "policy.toml").chmod(0o600)


def test_policy_is_told_in_words_and_checked_in_place(window: Visitors, world: World) -> None:
    written(world.home, POLICY)
    world.have(machine("hello"))
    theirs = window("noriko").go("/policy")
    expect(theirs.locator("main")).to_contain_text("web-*")
    assert "TOML" not in theirs.inner_text("main")
    page = window("mika", admin=True).go("/policy")
    expect(page.locator("main")).to_contain_text("1 of 4, 3 left")
    assert page.locator(".lines li").nth(1).inner_text() == 'templates = ["web-*"]'
    page.fill("#text", "[roles.default]\n\nmay = 1\n")
    page.focus("text=Check it")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("policy.toml:3")
    expect(page.locator("text=Check it")).to_be_focused()
    page.fill("#text", POLICY)
    page.click("text=Check it")
    expect(page.locator("#verdict")).to_contain_text("policy.toml is good: 1 roles")
    assert (world.home / "policy.toml").read_text() == POLICY


def test_hosts_and_images_say_what_they_are(
    window: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fuyajo.http.pages.rooms.catalogue.list_hosts", lambda _actor: HOSTS)
    visit = window("mika")
    page = visit.go("/hosts")
    expect(page.locator("section").first).to_contain_text("emulated in software")
    expect(page.locator("section").nth(1)).to_contain_text("<img src=x onerror=alert(1)>\ufffd")
    monkeypatch.setattr("fuyajo.http.pages.rooms.images.list_images", lambda _actor: [IMAGE])
    page = visit.go("/images")
    expect(page.locator("tbody tr")).to_contain_text("300 MiB")
    expect(page.locator("tbody tr")).to_contain_text("(3 days ago)")
    page.click("text=abababababab…")
    expect(page.locator("tbody code")).to_have_text("ab" * 32)
    expect(page.locator("main")).to_contain_text("fuyajo image build debian-13")
    assert "fuyajo image build debian-12" not in page.inner_text("main")
    page = visit.go("/templates")
    page.locator("summary", has_text="Options (2)").click()
    expect(page.locator("main")).to_contain_text("heading of the start page")


def test_the_audit_has_pages_filters_and_a_verdict(window: Visitors, served: Service) -> None:
    visit = window("mika", admin=True)
    for number in range(60):
        auditing.note(served.actor("noriko"), "test.told", note=f"{HOSTILE} {number}")
    page = visit.go("/audit")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text("59")
    page.click("text=Older ones")
    expect(rows).to_have_count(11)
    expect(page.locator("main")).to_contain_text("user.added")
    page.fill("#event", "user.added")
    page.keyboard.press("Enter")
    page.wait_for_url("**event=user.added**")
    expect(rows).to_have_count(1)
    page.click("text=Verify the audit")
    expect(page.locator(".done")).to_contain_text("The audit is whole: 61 rows")


def test_a_schedule_comes_and_goes(window: Visitors, served: Service) -> None:
    visit = window("mika")
    page = visit.go("/schedules")
    assert page.input_value("#zone") == "Asia/Tokyo"  # the browser's
    page.fill("#title", HOSTILE.removesuffix("\u202e"))
    page.fill("#cron", "every night")
    page.fill("#request", "operations:\n  - op: nothing\n    vm: hello\n")
    page.click("text=Add the schedule")
    expect(page.locator("#problems")).to_contain_text("no time that ever comes")
    expect(page.locator("#problems")).to_contain_text("operations[0]")
    page.fill("#cron", "0 3 * * *")
    page.fill("#request", "operations:\n  - op: snapshot\n    vm: hello\n")
    page.click("text=Add the schedule")
    row = page.locator("tbody tr")
    expect(row).to_contain_text("03:00:00")
    assert visit.accessibility() == []
    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("disabled")
    row.get_by_role("button", name="Enable").click()
    expect(row).to_contain_text("03:00:00")
    row.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("No schedule yet")
    assert served.actor("mika").schedules.of("mika") == []


def test_drift_becomes_a_plan_or_is_forgotten(
    window: Visitors, served: Service, world: World
) -> None:
    visit, actor = window("mika"), served.actor("mika")
    now = datetime.now(UTC).isoformat()
    before, gone = machine("hello"), machine("old-one")
    actor.baselines.note(
        [
            Baseline(m.uuid, "mika", m.name, None, now, "running", document_of(m))
            for m in (before, gone)
        ]
    )
    actor.objects.note([Owned(gone.uuid, "qemu:///system", gone.name, "mika", "there")])
    world.have(machine("hello", memory_mib=4096))
    page = visit.go("/drift")
    card = page.locator("section", has=page.locator("h2", has_text="hello"))
    expect(card).to_contain_text("4096")
    assert visit.accessibility() == []
    card.get_by_role("button", name="Adopt").click()
    page.wait_for_url("**/plans/p-*")
    assert actor.plans.ids("mika")
    page = visit.go("/drift")
    page.get_by_role("button", name="No longer miss old-one").click()
    expect(page.get_by_role("status").first).to_contain_text("no longer missed")
    expect(page.locator("main")).not_to_contain_text("old-one")


def test_planners_tell_their_figures_and_keep_what_was_said(
    window: Visitors, served: Service
) -> None:
    evaluating.demote(served.actor("root"), "rules", "“hi”: a config", "sekret words", HOSTILE)
    page = window("noriko").go("/planners")
    expect(page.locator("section").first).to_contain_text("may not plan")
    assert "sekret" not in page.content()
    page = window("mika", admin=True).go("/planners")
    expect(page.locator("section").first).to_contain_text("sekret words")
    page.locator("summary", has_text="What it was admitted with").first.click()
    expect(page.locator("tbody tr", has_text="greeting").first).to_contain_text("100.0 %")


def test_what_is_stored_about_me_is_mine_to_take_and_to_forget(
    window: Visitors, served: Service
) -> None:
    visit = window("mika")
    wanted = {"words": "a web server called shop"}
    assert served.call("POST", "/api/v1/plans", served.token("mika"), wanted).status_code == 201
    page = visit.go("/me")
    with page.expect_download() as download:
        page.click("text=Download it")
    kept = json.loads(Path(download.value.path()).read_text())
    assert (kept["user"]["name"], len(kept["plans"])) == ("mika", 1)
    assert "fuyajo_" not in json.dumps(kept)
    for said, told in (("noriko", "nothing was forgotten"), ("mika", "is forgotten")):
        page.fill("#name", said)
        page.click("text=Forget it")
        expect(page.locator("main")).to_contain_text(told)
    assert list(served.actor("mika").plans.ids("mika")) == []
