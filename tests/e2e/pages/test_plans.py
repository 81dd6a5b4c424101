"""A plan in the browser: looked at, agreed to, refused, out of date, by two people, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from fuyajo.store.jobs import Job
from tests.e2e.pages.conftest import Visitors
from tests.support.browser import PASSWORD, fits, focused, settled
from tests.support.command_line import World, machine
from tests.support.plan_pages import TWO_EYES, deleting, planned, policy, spoiled
from tests.support.service import Service

pytestmark = pytest.mark.browser
SHOP = {
    "name": "shop",
    "networks": [{"name": "back", "cidr": "10.20.0.0/24"}],
    "vms": [
        {"name": "db", "memory": "2GiB", "network": "back"},
        {"name": "web", "template": "web-server", "after": ["db"], "network": "back"},
    ],
}
HELLO = {"vms": [{"name": "hello", "template": "web-server"}]}
HOSTILE = "<img src=x onerror=alert(1)>\u202egnp\x1b[31m"
RUN = re.compile(r"/runs/r-[0-9-]+-[0-9a-f]{4}$")


def jobs(served: Service) -> list[Job]:
    return served.actor("root").jobs.of()


def tab_to(page: Page, selector: str) -> None:
    """By the tab key alone, as somebody without a mouse."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


def test_a_plan_is_found_and_approved_by_keyboard_alone(window: Visitors, served: Service) -> None:
    plan = planned(served, "mika", SHOP)
    page = window("mika").page
    tab_to(page, "header nav a[href='/plans']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans")
    tab_to(page, f"a[href='/plans/{plan.id}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/plans/{plan.id}")
    told = page.inner_text("article.plan")
    for words in ("create", "network", "back", "2048 MiB", "10.20.0.0/24", "3 to create"):
        assert words in told, words
    tab_to(page, "form.agree button")
    page.keyboard.press("Enter")
    page.wait_for_url(RUN)
    (job,) = jobs(served)
    assert (job.plan, job.consent) == (plan.id, "web")
    assert page.url.endswith(job.run)


def test_the_picture_says_what_the_list_beside_it_says(window: Visitors, served: Service) -> None:
    plan = planned(served, "mika", SHOP)
    page = window("mika", color_scheme="dark").go(f"/plans/{plan.id}")
    page.click("details.order summary")
    picture = page.locator("details.order img")
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => [image.naturalWidth > 100, image.currentSrc]") == [
        True,
        f"http://127.0.0.1:{served.port}/plans/{plan.id}/graph.svg?dark=1",
    ]
    turns = page.locator("details.order ol > li").all_inner_texts()
    assert [len(turns), "back" in turns[0], "db" in turns[2]] == [3, True, True]


def test_what_destroys_wants_its_name(window: Visitors, served: Service, world: World) -> None:
    world.have(machine("hello"))
    plan = planned(served, "mika", deleting("hello"))
    page = window("mika").go(f"/plans/{plan.id}")
    assert "into the trash" in page.inner_text("form.agree")
    until = page.locator("form.agree time").inner_text()  # as the visitor's clock has it
    assert until == page.locator(".values time").inner_text()
    page.get_by_label("Type hello to confirm").fill("hallo")
    page.keyboard.press("Enter")
    expect(page.locator("#problems .problems")).to_contain_text("the name hello was not typed")
    assert jobs(served) == []
    page.get_by_label("Type hello to confirm").fill("hello")
    page.keyboard.press("Enter")
    page.wait_for_url(RUN)
    assert len(jobs(served)) == 1


def test_two_people_at_two_windows(window: Visitors, served: Service, world: World) -> None:
    policy(served, TWO_EYES)
    world.have(machine("hello"))
    mika, noriko = window("mika"), window("noriko")
    plan = planned(served, "mika", deleting("hello"))
    mika.page.clock.install()
    page = mika.go(f"/plans/{plan.id}")
    assert "Your own yes does not count" in page.inner_text("article.plan")
    page.focus(f"#change-{plan.id}")
    assert page.locator("form.agree").count() == 0
    other = noriko.go("/plans")
    assert "Waiting for your approval: 1" in other.inner_text("main")
    other.click(f"a[href='/plans/{plan.id}?owner=mika']")
    other.get_by_label("Type hello to confirm").fill("hello")
    other.get_by_label("Note").fill("agreed on the phone")
    other.click("form.agree button")
    other.wait_for_selector("text=Approved by noriko")
    page.clock.fast_forward(5000)
    page.wait_for_selector("article.plan >> text=Approved by noriko")
    assert "agreed on the phone" in page.inner_text("article.plan")
    expect(page.locator("#moved")).to_contain_text("Approved by noriko")
    focused(page, f"change-{plan.id}")
    page.click("form.agree button")
    page.wait_for_url(RUN)
    assert "Waiting" not in noriko.go("/plans").inner_text("main")


def test_an_open_plan_notices_and_keeps_what_is_typed(window: Visitors, served: Service) -> None:
    policy(served, TWO_EYES)
    mika, noriko = window("mika"), window("noriko")
    plan = planned(served, "mika", HELLO)
    noriko.page.clock.install()
    page = noriko.go(f"/plans/{plan.id}?owner=mika")
    page.click("form.agree button", trial=True)
    page.get_by_label("Note").fill("half a sent")
    with page.expect_response("**/plans/**seen=**") as told:
        page.clock.fast_forward(5000)
    assert told.value.status == 204  # nothing moved: nothing is touched
    policy(served, TWO_EYES + "[roles.junior.limits]\nvms = 6\n")
    page.clock.fast_forward(5000)
    page.wait_for_selector("article.plan >> text=of 6 machines left")
    page.wait_for_function("document.activeElement.name === 'note'")
    settled(page)
    page.keyboard.press("End")
    page.keyboard.type("ence")
    expect(page.get_by_label("Note")).to_have_value("half a sentence")
    mika.go(f"/plans/{plan.id}").click("text=Discard")
    mika.page.wait_for_selector("text=mika rejected")
    page.clock.fast_forward(5000)
    page.wait_for_selector("article.plan >> text=mika rejected")
    assert page.locator("form.agree").count() == 0
    # The field is gone, and focus goes to the plan once it is settled.
    focused(page, plan.id)
    assert page.locator("#plan[hx-get]").count() == 0


def test_what_is_typed_about_a_plan_stays_for_who_is_signed_out(
    window: Visitors, served: Service
) -> None:
    policy(served, TWO_EYES)
    visit = window("mika")
    plan = planned(served, "mika", HELLO)
    page = visit.go(f"/plans/{plan.id}/change?form=yaml")
    served.actor("root").people.take_back_all("mika")
    page.locator("#text").press_sequentially("# mine")
    page.wait_for_selector("#problems >> text=You are signed out")
    assert "# mine" in page.input_value("#text")
    with page.context.expect_page() as opened:
        page.click("#problems a")
    there = opened.value
    there.fill("#user", "mika")
    there.fill("#password", PASSWORD)
    there.click("main button.main")
    there.wait_for_url(f"**/plans/{plan.id}/change?form=yaml")
    page.locator("#text").press_sequentially(" and more")
    page.wait_for_selector("#findings .good, #findings .problems")


def test_a_rejected_plan_says_by_whom_and_why(window: Visitors, served: Service) -> None:
    policy(served, TWO_EYES)
    mika, noriko = window("mika"), window("noriko")
    plan = planned(served, "mika", HELLO)
    page = noriko.go(f"/plans/{plan.id}?owner=mika")
    page.get_by_placeholder("Why it is rejected").fill("not before <b>Monday</b>")
    page.click(f"form[action='/plans/{plan.id}/reject'] button")
    page.wait_for_selector("text=noriko rejected")
    told = mika.go(f"/plans/{plan.id}").inner_text("article.plan")
    assert "noriko rejected" in told
    assert "not before <b>Monday</b>" in told
    assert mika.page.locator("form.agree").count() == 0


def test_a_stale_plan_says_what_moved_and_is_made_fresh(
    window: Visitors, served: Service, world: World
) -> None:
    world.have(machine("hello"))
    plan = planned(served, "mika", {"operations": [{"op": "stop", "vm": "hello"}]})
    visit = window("mika")
    page = visit.go(f"/plans/{plan.id}")
    assert page.locator("form.agree").count() == 1
    world.have(machine("hello", memory_mib=4096))
    page.click("form.agree button")  # it was fresh when it was shown
    expect(page.locator(".standing")).to_contain_text("What moved")
    expect(page.locator(".standing")).to_contain_text("4096")
    page.wait_for_load_state()
    assert page.locator("form.agree").count() == 0
    assert jobs(served) == []
    page.click("text=Make it fresh again")
    page.wait_for_selector("form.agree")
    assert plan.id not in page.url


def test_policy_that_refuses_is_shown(window: Visitors, served: Service) -> None:
    plan = planned(served, "mika", HELLO)
    policy(served, '[roles.default.needs]\nstart = "refused"\n')
    page = window("mika").go(f"/plans/{plan.id}")
    assert "policy refuses plans of the risk" in page.inner_text(".standing")
    assert page.locator("form.agree").count() == 0


def test_hostile_names_stay_text(window: Visitors, served: Service, world: World) -> None:
    world.have(machine("hello"))
    plan = planned(served, "mika", deleting("hello"))
    change = plan.changes[0]
    fields = tuple(f.model_copy(update={"before": HOSTILE}) for f in change.fields)
    named = change.model_copy(
        update={"name": HOSTILE, "template": HOSTILE, "owner": HOSTILE, "fields": fields}
    )
    more = named.model_copy(update={"action": "create"})
    spoiled(served, plan, changes=(named, more), reason=HOSTILE)
    visit = window("mika")
    for path in (f"/plans/{plan.id}", "/plans"):
        page = visit.go(path)
        assert "<img src=x onerror=alert(1)>" in page.inner_text("main")
        assert page.locator("img[src='x']").count() == 0
        assert not set("\u202e\x1b") & set(page.content())
        visit.calm()
    page = visit.go(f"/plans/{plan.id}/graph.svg")
    assert page.evaluate("document.querySelectorAll('img, script').length") == 0


def test_it_all_works_without_scripts(window: Visitors, served: Service) -> None:
    plan = planned(served, "mika", SHOP)
    page = window("mika", java_script_enabled=False).go(f"/plans/{plan.id}")
    page.click(f"form[action='/plans/{plan.id}/apply'] button")
    page.wait_for_url(RUN)
    assert len(jobs(served)) == 1


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_pages_of_plans_are_accessible(
    window: Visitors, served: Service, world: World, scheme: str, locale: str
) -> None:
    policy(served, "[roles.default.limits]\nvms = 6\n")
    world.have(machine("hello"), machine("old"))
    both = planned(served, "mika", {**SHOP, **deleting("hello")})
    moved = planned(served, "mika", {"operations": [{"op": "stop", "vm": "old"}]})
    world.have(machine("old", uuid="another"))
    visit = window(
        "mika", color_scheme=scheme, locale=locale, viewport={"width": 320, "height": 640}
    )
    for path in ("", both.id, moved.id, f"{both.id}/change", f"{both.id}/change?form=yaml"):
        page = visit.go(f"/plans/{path}".rstrip("/"))
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert visit.accessibility() == [], path
        assert fits(page), path
