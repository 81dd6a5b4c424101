"""From signing in to a run by keyboard alone: nothing hides, goes without a name, or loses the focus."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from fuyajo.service.submitting import submit
from tests.e2e.pages.conftest import Visitors
from tests.support.browser import PASSWORD, focused, settled
from tests.support.command_line import World, machine
from tests.support.plan_pages import planned
from tests.support.service import Service

pytestmark = pytest.mark.browser
MOST_STOPS = 120
#: What is wrong with the element that has the focus; nothing where that is all right.
WRONG = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "end";
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const label = one.labels?.[0]?.textContent || one.getAttribute("aria-label") || one.innerText
    || one.placeholder || document.getElementById(one.getAttribute("aria-labelledby"))?.textContent || "";
  const wrong = [];
  if (!label.trim()) wrong.push("no name");
  if (box.width < 1 || box.height < 1 || style.visibility !== "visible") wrong.push("not to be seen");
  const rings = [one, one.closest("form") ?? one].map(each => getComputedStyle(each).outlineStyle);
  if (rings.every(each => each === "none")) wrong.push("no outline");
  const away = box.right < 0 || box.left > innerWidth || box.bottom < 0 || box.top > innerHeight;
  if (away) wrong.push("out of sight");
  const middle = Math.min(box.top + box.height / 2, innerHeight - 1);
  const top = document.elementFromPoint(box.left + box.width / 2, middle);
  if (top && !one.contains(top) && !top.contains(one)) wrong.push("covered by " + top.outerHTML.slice(0, 80));
  return wrong.length ? wrong.join(", ") + ": " + one.outerHTML.slice(0, 160) : "";
}"""
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5')].map(one => Number(one.tagName[1]))"


def walked(page: Page) -> int:
    """Tab through all of a page, from its top: how many stops there are."""
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    page.keyboard.press("Tab")
    found = []
    for stop in range(MOST_STOPS):
        told = page.evaluate(WRONG)
        if told == "end":
            assert not found, (page.url, *found)
            levels = page.evaluate(HEADINGS)
            assert levels.count(1) == 1, (page.url, levels)
            steps = zip(levels[levels.index(1) :], levels[levels.index(1) + 1 :], strict=False)
            assert all(low <= high + 1 for high, low in steps), (page.url, levels)
            return stop
        found += [told] if told else []
        page.keyboard.press("Tab")
    raise AssertionError(f"no end of {page.url}")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_whole_way_by_keyboard(
    window: Visitors, served: Service, world: World, width: int
) -> None:
    world.have(machine("old"))
    served.user("mika", password=PASSWORD)
    page = window(viewport={"width": width, "height": 720}, reduced_motion="reduce").go("/plans")
    focused(page, "user")
    page.keyboard.type("mika")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans")
    walked(page)
    tab_to(page, "a.skip")
    page.keyboard.press("Enter")
    focused(page, "main")
    tab_to(page, "a.brand")
    page.keyboard.press("Enter")
    page.wait_for_selector("form.ask")
    page.wait_for_load_state()
    walked(page)
    tab_to(page, "#words")
    page.keyboard.type("delete old")
    page.keyboard.press("Enter")
    page.wait_for_url("**/talk/c-*")
    page.wait_for_selector("#turn-1 .note")
    settled(page)
    walked(page)
    tab_to(page, "#turn-1 article h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/plans/p-"))
    walked(page)
    tab_to(page, "form.agree input[name=typed]")
    page.keyboard.type("old")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/runs/r-"))
    walked(page)


def test_what_is_swapped_by_itself_takes_no_focus(window: Visitors, served: Service) -> None:
    """A run that waits asks for its facts again and again, also in browsers that cannot move an element."""
    served.user("mika", password=PASSWORD)
    plan = planned(served, "mika", {"vms": [{"name": "hello", "template": "web-server"}]})
    run = submit(served.actor("mika"), plan.id).run
    visit = window()
    visit.page.add_init_script("delete Element.prototype.moveBefore")
    visit.sign_in("mika")
    page = visit.go(f"/runs/{run}")
    for selector in ("#stop summary", "#to-plan"):
        page.focus(selector)
        with page.expect_response(f"**/runs/{run}"):
            pass
        settled(page)
        expect(page.locator(selector)).to_be_focused()
