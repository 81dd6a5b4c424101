"""Signing in elsewhere from the page: a certified issuer on loopback, and the way back as a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fuyajo.domain.elsewhere import Elsewhere
from fuyajo.http.routes.elsewhere import Issuer
from tests.e2e.pages.conftest import Visitors
from tests.support.browser import Visit
from tests.support.issuer import CLIENT, SECRET, Certified, certified, new_key
from tests.support.service import Service

#: The provider comes from the network, once.
pytestmark = [pytest.mark.browser, pytest.mark.slow]
BACK = "/api/v1/sign-in/oidc/callback"


@pytest.fixture
def issuer(served: Service, tmp_path: Path) -> Iterator[Certified]:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    with certified(new_key("one")) as made:
        known = Elsewhere(made.url, CLIENT, file, create_users=True)
        served.app.state.settings = replace(served.app.state.settings, elsewhere=known)
        served.app.state.issuer = Issuer(served.app.state.settings)
        yield made


def sign_in_there(visit: Visit, issuer: Certified) -> None:
    """What the issuer's own page does is its own affair; before and after it everything counts."""
    page = visit.page
    visit.calm()
    page.click("text=Sign in at 127.0.0.1")
    page.fill("input[name='login']", "1001")
    page.fill("input[name='password']", "x")
    for found in (visit.foreign, visit.blocked, visit.errors):
        found.clear()
    with page.expect_response(lambda answer: BACK in answer.url):
        page.click("button[type='submit']")
    visit.foreign[:] = [url for url in visit.foreign if not url.startswith(issuer.url)]


def test_the_trip_ends_on_the_page_that_was_wanted(
    window: Visitors, issuer: Certified, served: Service
) -> None:
    visit = window()
    page = visit.go("/people")
    sign_in_there(visit, issuer)
    page.wait_for_url(f"{visit.base}/people")
    assert page.inner_text("header .user") == "mika"
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "fuyajo_session"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert page.evaluate("document.cookie").find("fuyajo_session") == -1
    # The way back a second time is a page too, without a token in it.
    answer = page.goto(f"{visit.base}{BACK}?code=x&state=y")
    assert answer is not None
    assert answer.status == 403
    assert "fuyajo_" not in page.content()
    assert [user.name for user in served.app.state.people.users()] == ["mika"]


def test_a_trip_that_fails_says_so_on_a_page(
    window: Visitors, issuer: Certified, served: Service
) -> None:
    served.user("mika")  # not known to be the one at the issuer
    visit = window()
    page = visit.go("/sign-in?next=//evil.example/")
    sign_in_there(visit, issuer)
    expect(page.locator("h1")).to_have_text("That did not work")
    expect(page.locator("main")).to_contain_text("not known to be you")
    assert "fuyajo_session" not in [one["name"] for one in page.context.cookies()]
