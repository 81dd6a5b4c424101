"""Signing in and out, language, and what every page must be."""

from __future__ import annotations

import pytest

from tests.e2e.pages.conftest import Visitors
from tests.support.browser import PASSWORD
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
    page = window("mika").go("/machines")
    page.fill("#q", "hel")
    page.wait_for_url("**/machines?q=hel")
    served.actor("root").people.take_back_all("mika")
    page.fill("#q", "hell")
    page.wait_for_url("**/sign-in?next=%2Fmachines%3Fq%3Dhel")
    page.click("text=日本語")
    page.fill("#user", "mika")
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/machines?q=hel")
    assert page.locator("tbody tr").count() == 1


def test_a_wrong_password_is_told_and_the_name_stays(window: Visitors, served: Service) -> None:
    served.user("mika", password=PASSWORD)
    visit = window()
    page = visit.go("/sign-in")
    page.fill("#user", "mika")
    page.fill("#password", "not this one at all")
    page.click("main button.main")
    assert "do not belong together" in page.inner_text("#problems")
    assert page.input_value("#user") == "mika"


def test_japanese_is_one_click_away_and_stays(window: Visitors) -> None:
    page = window("mika").page
    page.click("text=日本語")
    assert page.get_attribute("html", "lang") == "ja"
    page.click("header nav a[href='/machines']")
    assert page.inner_text("h1") == "マシン"


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
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
