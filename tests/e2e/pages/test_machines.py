"""The table of machines: looking for some, choosing, sorting, and what a table of five hundred costs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from fuyajo.domain.drift import Baseline, document_of
from fuyajo.service.sharing import share
from tests.e2e.pages.conftest import Visitors
from tests.support.browser import focused, settled
from tests.support.command_line import World, machine
from tests.support.measured import measure
from tests.support.service import Service

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.exe"
UUID = "4b1f0f2e-0000-4000-8000-{:012x}"
FIRST_LOAD_BYTES = 200_000
# How far what was there has moved since the page began, as browsers count it.
SHIFTED = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(0)));
})"""


def rows(page: Page, *names: str) -> None:
    """Those and no others, in this order."""
    expect(page.locator("tbody th a")).to_have_text([*names])


def test_filters_and_a_plan_for_several_by_keyboard(
    window: Visitors, world: World, served: Service
) -> None:
    world.have(*(machine(f"web-{n}") for n in (1, 2, 10)), machine("db", template="basic-server"))
    page = window("mika").go("/machines")
    rows(page, "db", "web-1", "web-2", "web-10")
    page.locator("#q").focus()
    page.keyboard.type("web")
    page.wait_for_url("**/machines?q=web")
    expect(page.locator("#count")).to_have_text("3 of 4 machines")
    rows(page, "web-1", "web-2", "web-10")
    focused(page, "q")
    settled(page)
    page.locator("#sort-name").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    expect(page.locator("#sort-name")).to_be_focused()
    rows(page, "web-10", "web-2", "web-1")
    settled(page)
    page.locator("tbody input").nth(0).focus()
    page.keyboard.press("Space")
    for _ in range(3):  # the name, the address, the next row
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#how-many")).to_have_text("2 chosen")
    page.locator("button[value=restart]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/p-*")
    plan = served.actor("mika").plans.load("mika", page.url.rpartition("/")[2])
    assert [(c.action, c.name) for c in plan.changes] == [
        ("restart", "web-10"),
        ("restart", "web-2"),
    ]


def test_all_of_the_table_are_chosen_at_once(window: Visitors, world: World) -> None:
    world.have(*(machine(f"web-{n}") for n in range(3)))
    page = window("mika").go("/machines?q=web")
    page.check("#every")
    expect(page.locator("tbody input:checked")).to_have_count(3)
    page.locator("tbody input").nth(1).uncheck()
    expect(page.locator("#how-many")).to_have_text("2 chosen")
    assert page.evaluate("document.getElementById('every').indeterminate") is True


def test_without_scripts_the_same_forms_do_the_same(window: Visitors, world: World) -> None:
    world.have(machine("web"), machine("db", state="stopped"))
    page = window("mika", java_script_enabled=False).go("/machines")
    page.select_option("#by-state", "stopped")
    page.click("#filter button")
    rows(page, "db")
    page.click("#sort-name")
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    rows(page, "db")
    assert "state=stopped" in page.url
    page.click("button[value=start]")
    expect(page.locator("#problems")).to_contain_text("nothing is chosen")
    page.check("tbody input")
    page.click("button[value=start]")
    page.wait_for_url("**/plans/p-*")


def test_what_drifted_is_marked_when_the_table_is_there(
    window: Visitors, world: World, served: Service
) -> None:
    there = machine("web-1")
    world.have(there, machine("web-2"))
    was = {**document_of(there), "cpus": 4}
    taken = "2026-11-22T21:00:00+00:00"
    old = Baseline(there.uuid, "mika", "web-1", None, taken, "running", was)
    served.actor("mika").baselines.note([old])
    page = window("mika").go("/machines")
    expect(page.locator(f"#marks-{there.uuid}")).to_have_text("drift")
    expect(page.locator("tbody .warn")).to_have_count(1)
    assert page.evaluate(SHIFTED) < 0.01
    page.fill("#q", "web-1")
    expect(page.locator("#count")).to_have_text("1 of 2 machines")
    expect(page.locator(f"#marks-{there.uuid}")).to_have_text("drift")
    plain = window("mika", java_script_enabled=False).go("/machines?look=drift")
    assert plain.locator("tbody .warn").all_inner_texts() == ["drift"]


def test_two_users_and_a_shared_machine(window: Visitors, world: World, served: Service) -> None:
    world.have(machine("mine"), machine("theirs", owner="noriko"), machine("lent", owner="noriko"))
    noriko = window("noriko").go("/machines")
    rows(noriko, "lent", "theirs")
    served.user("mika", password="four words in a row")
    share(served.actor("noriko"), "lent", "mika", "read")
    visit = window("mika")
    page = visit.go("/machines")
    rows(page, "lent", "mine")
    lent = page.locator("tbody tr", has_text="lent")
    assert "noriko" in lent.inner_text()
    assert lent.locator("input").count() == 0
    page.click("text=lent")
    page.wait_for_url("**/machines/lent")
    assert "noriko" in page.inner_text("main")
    assert page.locator("main button").count() == 0
    seen = []
    for name in ("theirs", "nothing-there"):
        visit.go(f"/machines/{name}")
        seen.append(page.inner_text("main").replace(name, "X"))
    assert seen[0] == seen[1]


def test_hostile_names_stay_text(window: Visitors, world: World) -> None:
    uuid = UUID.format(1)
    more = {"environment": "<script>alert(1)</script>", "template": "javascript:alert(1)"}
    world.have(machine(HOSTILE, uuid=uuid, **more), machine("web"))
    visit = window("mika")
    visit.page.on("dialog", lambda _: pytest.fail("a script ran"))
    page = visit.go("/machines")
    shown = page.locator("tbody th a", has_text="onerror")
    assert shown.inner_text() == "<img src=x onerror=alert(1)>\ufffdgnp.exe"
    page.fill("#q", "onerror")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.check("tbody input")
    page.click("button[value=stop]")
    expect(page.locator("#problems li")).to_have_count(1)
    page.click("tbody th a")
    page.wait_for_url(f"**/machines/{uuid}")
    assert page.inner_text("h1") == "<img src=x onerror=alert(1)>\ufffdgnp.exe"
    assert page.locator("main img, main script").count() == 0


def test_five_hundred_are_light_and_scroll(window: Visitors, world: World, served: Service) -> None:
    """Each with the curves of its last hour."""
    uuids = [UUID.format(n * 7919) for n in range(500)]
    world.have(*(machine(f"web-{n}", uuid=uuid) for n, uuid in enumerate(uuids)))
    measure(served.app.state.database, uuids, each=120)
    page = window("mika").go("/machines")
    assert page.locator("tbody tr").count() == 500
    sent = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    assert page.locator(".spark").count() == 1000
    assert 10_000 < sent < FIRST_LOAD_BYTES
    gaps = page.evaluate(
        """() => new Promise(done => {
          const gaps = []; let last = performance.now(), at = 0;
          const step = now => {
            gaps.push(now - last); last = now; at += 300;
            scrollTo({top: at, behavior: "instant"});
            if (at < document.documentElement.scrollHeight) requestAnimationFrame(step);
            else done(gaps.sort((a, b) => a - b));
          };
          requestAnimationFrame(step);
        })"""
    )
    # Half of them at least as smooth as thirty pictures in a second, on whatever else goes on here.
    assert len(gaps) > 30
    assert gaps[len(gaps) // 2] < 34
