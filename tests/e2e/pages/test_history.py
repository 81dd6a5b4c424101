"""What machines used, as a person looks at it: ranges, the table behind the curves, looking again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.pages.conftest import Visitors
from tests.support.browser import fits, settled
from tests.support.command_line import World, machine
from tests.support.measured import measure
from tests.support.service import Service

pytestmark = pytest.mark.browser
UUID = "11111111-2222-4333-8444-{:012d}"
HOSTILE = "</title><img src=x onerror=alert(1)>\u202egnp"


def have(world: World, served: Service, *names: str) -> list[str]:
    uuids = [UUID.format(number) for number in range(len(names))]
    world.have(*(machine(name, uuid=uuid) for name, uuid in zip(names, uuids, strict=True)))
    measure(served.app.state.database, uuids, hole=(2400, 1800))
    return uuids


def shown(page: Page, told: str) -> None:
    expect(page.locator(".ranges [aria-current]")).to_have_text(told)


def look(page: Page) -> None:
    """As the module does by itself, every ten seconds and when the page comes into sight."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_ranges_by_keyboard_and_a_table_that_stays_open(
    window: Visitors, world: World, served: Service
) -> None:
    uuids = have(world, served, "web")
    page = window("mika").go("/machines/web")
    expect(page.locator("figure.chart")).to_have_count(4)
    shown(page, "1 hour")
    assert page.locator("figure.chart").nth(0).locator("polyline[points]").count() == 3
    page.locator("#span-24h").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#span-24h")).to_have_attribute("aria-current", "true")
    expect(page.locator("#span-24h")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?span=24h$"))
    settled(page)
    page.locator("#span-1h").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#span-1h")).to_have_attribute("aria-current", "true")
    settled(page)
    measure(served.app.state.database, uuids, 60, each=10, cpu=97.0)
    look(page)
    expect(page.locator("figure.chart").nth(0)).to_contain_text("most 97 %")
    shown(page, "1 hour")
    settled(page)
    page.locator("details.values summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.values tbody tr").nth(0)).to_contain_text("MiB")
    look(page)
    expect(page.locator("details.values")).to_have_attribute("open", "")


def test_a_look_that_comes_late_closes_nothing(
    window: Visitors, world: World, served: Service
) -> None:
    have(world, served, "web")
    page = window("mika").go("/machines/web")
    held: list[Route] = []
    page.route("**/machines/web/history*", lambda route: held.append(route))
    with page.expect_request("**/machines/web/history*"):
        look(page)
    page.click("details.values summary")
    with page.expect_response("**/machines/web/history*"):
        held[0].continue_()
    settled(page)
    expect(page.locator("details.values")).to_have_attribute("open", "")


def test_without_scripts_the_same_is_there(window: Visitors, world: World, served: Service) -> None:
    have(world, served, "web")
    page = window("mika", java_script_enabled=False).go("/machines/web")
    page.click("#span-7d")
    shown(page, "7 days")
    page.wait_for_load_state()
    assert page.locator("figure.chart polyline[points]").count() > 4
    page.click("details.values summary")
    assert page.locator("details.values tbody tr").count() >= 1


@pytest.mark.parametrize(("scheme", "locale"), [("light", "ja-JP"), ("dark", "en-GB")])
def test_curves_are_accessible_and_fit_a_phone(
    window: Visitors, world: World, served: Service, scheme: str, locale: str
) -> None:
    have(world, served, "web", HOSTILE)
    visit = window("mika", color_scheme=scheme, locale=locale)
    visit.page.set_viewport_size({"width": 320, "height": 640})
    page = visit.go("/machines/web")
    page.click("details.values summary")
    assert fits(page)
    assert visit.accessibility() == []
    page = visit.go("/machines")
    expect(page.locator(".spark polyline").nth(0)).to_be_attached()
    assert page.locator("img").count() == 0
    assert fits(page)
    assert visit.accessibility() == []
