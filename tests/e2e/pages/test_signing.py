"""Signing in and out, language, and what every page must be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.conftest import Visitors
from tests.support.browser import PASSWORD, fits
from tests.support.command_line import World, machine
from tests.support.service import Service

pytestmark = pytest.mark.browser
PAGES = ("/", "/machines")


def test_who_is_not_signed_in_comes_back_to_where_they_wanted_to_go(
    window: Visitors, served: Service
) -> None:
    served.user("mika", password=PASSWORD)
    visit = window()
    page = visit.go("/machines")
    assert page.url.endswith("/sign-in?next=%2Fmachines")
    page.fill("#user", "mika")
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/machines")
    page.click("header form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    visit.go("/machines")
    assert "/sign-in" in page.url


def test_a_table_goes_to_sign_in_as_a_whole_and_comes_back(
    window: Visitors, served: Service, world: World
) -> None:
    world.have(machine("hello"), machine("other"))
    visit = window("mika")
    page = visit.page
    # A table asks for its marks a moment after it came: that would find out first who is signed out.
    with page.expect_response("**/machines/marks*"):
        visit.go("/machines")
    with page.expect_response("**/machines/marks?q=hel*"):
        page.fill("#q", "hel")
    page.wait_for_url("**/machines?q=hel")
    served.actor("root").people.take_back_all("mika")
    page.fill("#q", "hell")
    page.wait_for_url("**/sign-in?next=%2Fmachines%3Fq%3Dhel")
    page.click("text=日本語")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    page.fill("#user", "mika")
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/machines?q=hel")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_wrong_password_is_told_and_the_name_stays(window: Visitors, served: Service) -> None:
    served.user("mika", password=PASSWORD)
    visit = window()
    page = visit.go("/sign-in")
    page.fill("#user", "mika")
    page.fill("#password", "not this one at all")
    page.click("main button.main")
    expect(page.locator("#problems")).to_contain_text("do not belong together")
    expect(page.locator("#user")).to_have_value("mika")


def test_japanese_is_one_click_away_and_stays(window: Visitors) -> None:
    page = window("mika").page
    page.click("text=日本語")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    page.click("header nav a[href='/machines']")
    expect(page.locator("h1")).to_have_text("マシン")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
def test_pages_are_accessible(window: Visitors, scheme: str, locale: str) -> None:
    visit = window("mika", color_scheme=scheme, locale=locale)
    for path in PAGES:
        visit.go(path)
        assert visit.accessibility() == [], path


def test_a_phone_scrolls_no_page_sideways(window: Visitors) -> None:
    visit = window("mika", viewport={"width": 320, "height": 640})
    for path in PAGES:
        page = visit.go(path)
        assert fits(page), path
