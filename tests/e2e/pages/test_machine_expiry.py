"""Until when a machine is wanted: in the table, on its page, and as a plan; and the words it goes by."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from fuyajo.domain.expiry import stamp
from tests.e2e.pages.conftest import Visitors
from tests.support.command_line import World, machine
from tests.support.service import Service

pytestmark = pytest.mark.browser


def at(**distance: float) -> str:
    return stamp(datetime.now(UTC) + timedelta(minutes=1, **distance))


def test_a_table_says_whose_time_is_over(window: Visitors, world: World) -> None:
    world.have(
        machine("a", expires=at(days=3)), machine("b"), machine("c", expires=at(days=-2, hours=-1))
    )
    visit = window("mika")
    page = visit.go("/machines")
    page.click("#sort-expires")
    page.wait_for_url("**sort=expires**")
    rows = page.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("expired 2 days ago")
    expect(rows.nth(1)).to_contain_text("in 3 days")
    expect(rows.nth(2).locator("th")).to_contain_text("b")
    assert visit.accessibility() == []
    page = visit.go("/machines/c")
    page.click("#expiry ~ p a")
    expect(page).to_have_url(re.compile("#delete$"))


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_it_is_set_moved_and_taken_away_by_plans(
    window: Visitors, world: World, served: Service, scheme: str, locale: str
) -> None:
    world.have(machine("web", expires=at(days=-2)), machine("db"))
    visit = window("mika", color_scheme=scheme, locale=locale)
    page = visit.go("/machines/web")
    assert visit.accessibility() == []
    page.fill("#expires", "<b>soon")
    page.keyboard.press("Enter")
    expect(page.locator("#problems")).to_contain_text("<b>soon")
    expect(page.locator("#expires")).to_have_value("<b>soon")
    for press, after in (("[value='never']", "never"), ("[value='1w']", at(days=7))):
        page = visit.go("/machines/web")
        page.click(f"button{press}")
        page.wait_for_url("**/plans/p-*")
        plan = served.actor("mika").plans.load("mika", page.url.rpartition("/")[2])
        (field,) = plan.changes[0].fields
        assert (field.path, field.effect) == ("expires", "live")
        assert str(field.after)[:10] == after[:10]
        assert visit.accessibility() == []
    assert page.locator("[value='never']").count() == 0  # of the page of a plan
    assert visit.go("/machines/db").locator("[value='never']").count() == 0


def test_a_new_machine_with_an_end(window: Visitors, served: Service) -> None:
    page = window("mika").go("/machines/new?template=web-server")
    page.fill("#name", "shop")
    page.fill("#expires", "3 days")
    page.click("button.main")
    expect(page.locator("#wrong-expires")).to_contain_text("no time and no span")
    page.fill("#expires", "3d")
    page.click("button.main")
    page.wait_for_url("**/plans/p-*")
    plan = served.actor("mika").plans.load("mika", page.url.rpartition("/")[2])
    assert str(plan.spec.vms[0].lasts)[:10] == at(days=3)[:10]


def test_machines_are_found_by_their_tags(window: Visitors, world: World) -> None:
    world.have(machine("a", tags=("blue", "<i>x</i>")), machine("b", tags=("green",)), machine("c"))
    visit = window("mika")
    page = visit.go("/machines")
    page.select_option("#by-tag", "<i>x</i>")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("<i>x</i>")
    assert visit.accessibility() == []
    page = visit.go("/machines/a")
    page.click("dd a:has-text('blue')")
    page.wait_for_url("**tag=blue")
    expect(page.locator("tbody tr")).to_have_count(1)
