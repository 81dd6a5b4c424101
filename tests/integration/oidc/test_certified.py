"""Signing in at a certified OpenID provider that runs on loopback, in a browser and for a terminal."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from fuyajo.domain.elsewhere import Elsewhere
from fuyajo.http.routes.elsewhere import Issuer
from fuyajo.service.elsewhere import challenge_of, link
from tests.support.command_line import World
from tests.support.issuer import CLIENT, SECRET, USERS, Browser, Certified, certified, new_key
from tests.support.service import Service, service

#: The provider comes from the network, once.
pytestmark = pytest.mark.slow
AWAY, BACK = "/api/v1/sign-in/oidc", "/api/v1/sign-in/oidc/callback"
EXCHANGE = "/api/v1/sign-in/exchange"


@dataclass
class Place:
    api: Service
    issuer: Certified
    settings: Elsewhere

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.api.port}"

    def become(self, **changed: object) -> None:
        """The same service with other settings."""
        self.settings = self.settings._replace(**changed)
        made = replace(self.api.app.state.settings, elsewhere=self.settings)
        self.api.app.state.settings = made
        self.api.app.state.issuer = Issuer(made)

    def back(self, login: str, browser: Browser | None = None, query: str = "") -> str:
        """The address that the issuer sends a browser back to."""
        browser = browser or Browser()
        sent = browser.go(f"{self.url}{AWAY}{query}", login, f"{self.url}{BACK}")
        return str(sent.headers["location"])

    def arrive(self, login: str, browser: Browser | None = None) -> httpx2.Response:
        browser = browser or Browser()
        return browser.client.get(self.back(login, browser))

    def codes(self, answer: httpx2.Response) -> list[str]:
        return [one["code"] for one in answer.json()["errors"]]


@pytest.fixture(scope="module")
def issuer() -> Iterator[Certified]:
    with certified(new_key("one")) as made:
        yield made


@pytest.fixture
def place(world: World, tmp_path: Path, issuer: Certified) -> Iterator[Place]:
    with placed(world, tmp_path, issuer) as found:
        yield found


@pytest.fixture
def mortal(world: World, tmp_path: Path) -> Iterator[Place]:
    """With an issuer of its own, which may be stopped."""
    with certified(new_key("one")) as issuer, placed(world, tmp_path, issuer) as found:
        yield found


@contextmanager
def placed(world: World, tmp_path: Path, issuer: Certified) -> Iterator[Place]:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    with service(world.home) as api:
        found = Place(api, issuer, Elsewhere(issuer.url, CLIENT, file, create_users=True))
        found.become()
        yield found


def test_a_browser_comes_back_with_a_token(place: Place) -> None:
    browser = Browser()
    away = browser.client.get(f"{place.url}{AWAY}")
    said = parse_qs(urlsplit(away.headers["location"]).query)
    assert away.status_code == 302
    assert away.headers["cache-control"] == "no-store"
    assert (said["code_challenge_method"], said["response_type"]) == (["S256"], ["code"])
    cookie = away.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "max-age=600"))

    first = place.arrive("1001", browser)
    assert first.status_code == 200, first.text
    assert set(first.json()) == {"token"}
    assert "max-age=0" in first.headers["set-cookie"].lower()
    headers = {"Authorization": f"Bearer {first.json()['token']}"}
    me = place.api.call("GET", "/api/v1/me", headers).json()
    assert (me["user"], me["admin"]) == ("mika", False)
    # The issuer knows this browser by now; the same person is the same user.
    again = place.arrive("1001", browser)
    assert again.status_code == 200
    assert [user.name for user in place.api.app.state.people.users()] == ["mika"]
    assert place.api.app.state.people.user("mika").password is None


def test_a_terminal_gets_its_token(place: Place) -> None:
    verifier = secrets.token_urlsafe(32)
    query = f"?port=43210&challenge={challenge_of(verifier)}"
    browser = Browser()
    handed = browser.client.get(place.back("1001", browser, query))
    where = urlsplit(handed.headers["location"])
    assert (handed.status_code, where.scheme, where.netloc) == (302, "http", "127.0.0.1:43210")
    (code,) = parse_qs(where.query)["code"]
    assert "fuyajo_" not in handed.headers["location"]
    token = place.api.call("POST", EXCHANGE, None, {"code": code, "verifier": verifier})
    headers = {"Authorization": f"Bearer {token.json()['token']}"}
    assert place.api.call("GET", "/api/v1/me", headers).json()["user"] == "mika"
    again = place.api.call("POST", EXCHANGE, None, {"code": code, "verifier": verifier})
    assert again.status_code == 401  # once


def test_somebody_elses_verifier_uses_the_code_up(place: Place) -> None:
    verifier = secrets.token_urlsafe(32)
    query = f"?port=43210&challenge={challenge_of(verifier)}"
    browser = Browser()
    handed = browser.client.get(place.back("1001", browser, query))
    (code,) = parse_qs(urlsplit(handed.headers["location"]).query)["code"]
    for said in (secrets.token_urlsafe(32), verifier):
        answer = place.api.call("POST", EXCHANGE, None, {"code": code, "verifier": said})
        assert answer.status_code == 401


def test_a_replayed_code_is_refused(place: Place) -> None:
    browser = Browser()
    address = place.back("1001", browser)
    kept = {cookie.name: cookie.value for cookie in browser.client.cookies.jar}
    assert browser.client.get(address).status_code == 200
    assert place.codes(browser.client.get(address)) == ["oidc_state"]  # the cookie is gone
    thief = httpx2.Client(cookies=kept)  # type: ignore[arg-type]
    answer = thief.get(address)
    assert (answer.status_code, place.codes(answer)) == (403, ["oidc_refused"])
    assert "invalid_grant" in answer.text


def test_a_code_counts_in_the_browser_that_began_alone(place: Place) -> None:
    """Signing somebody in as the attacker: the victim's browser is sent to the attacker's callback."""
    attacker, victim = Browser(), Browser()
    address = place.back("1001", attacker)
    assert place.codes(victim.client.get(address)) == ["oidc_state"]  # it began nothing
    victim.client.get(f"{place.url}{AWAY}")
    assert place.codes(victim.client.get(address)) == ["oidc_state"]  # it began another one
    state = parse_qs(urlsplit(place.back("1001", victim)).query)["state"][0]
    code = parse_qs(urlsplit(address).query)["code"][0]
    mixed = f"{place.url}{BACK}?code={code}&state={state}&iss={place.issuer.url}"
    answer = victim.client.get(mixed)  # somebody else's code: its verifier is not here
    assert (answer.status_code, place.codes(answer)) == (403, ["oidc_refused"])


def test_another_issuer_is_not_heard(place: Place) -> None:
    browser = Browser()
    address = place.back("1001", browser).replace(
        f"iss={place.issuer.url}".replace(":", "%3A").replace("/", "%2F"), "iss=https%3A%2F%2Fevil"
    )
    assert "evil" in address
    answer = browser.client.get(address)
    assert (answer.status_code, answer.json()["errors"][0]["params"]) == (403, {"detail": "iss"})
    without = place.back("1001", browser).split("&iss=")[0]
    assert browser.client.get(without).status_code == 403  # this issuer always says who it is


def test_a_name_opens_no_account_that_is_there(place: Place) -> None:
    place.api.user("mika", admin=True)
    answer = place.arrive("1001")
    assert (answer.status_code, place.codes(answer)) == (403, ["oidc_name_taken"])
    assert "fuyajo user link mika 1001" in answer.text
    link(place.api.actor("root"), "mika", "1001", place.issuer.url)
    token = {"Authorization": f"Bearer {place.arrive('1001').json()['token']}"}
    me = place.api.call("GET", "/api/v1/me", token).json()
    assert (me["user"], me["admin"]) == ("mika", True)


def test_nobody_is_made_unless_settings_say_so(place: Place) -> None:
    place.become(create_users=False)
    assert place.codes(place.arrive("1001")) == ["oidc_nobody"]
    assert place.api.app.state.people.users() == []


def test_who_is_disabled_stays_out(place: Place) -> None:
    assert place.arrive("1001").status_code == 200
    verifier = secrets.token_urlsafe(32)
    browser = Browser()
    query = f"?port=43210&challenge={challenge_of(verifier)}"
    handed = browser.client.get(place.back("1001", browser, query))
    (code,) = parse_qs(urlsplit(handed.headers["location"]).query)["code"]
    place.api.app.state.people.change("mika", disabled=1)
    assert place.codes(place.arrive("1001")) == ["oidc_out"]
    answer = place.api.call("POST", EXCHANGE, None, {"code": code, "verifier": verifier})
    assert answer.status_code == 401


def test_a_group_makes_administrators_and_takes_the_office_away(place: Place) -> None:
    place.become(admin_group="keepers")
    people = place.api.app.state.people
    assert place.arrive("1002").status_code == 200
    assert people.user("noriko").admin
    place.become(admin_group="others")
    assert place.arrive("1002").status_code == 200
    assert not people.user("noriko").admin
    place.api.user("local", admin=True)
    link(place.api.actor("root"), "local", "1001", place.issuer.url)
    assert place.arrive("1001").status_code == 200
    assert people.user("local").admin  # of the accounts here, settings elsewhere decide nothing


@pytest.mark.parametrize(("login", "claim"), [("1003", "preferred_username"), ("1004", "email")])
def test_a_claim_that_makes_no_name(place: Place, login: str, claim: str) -> None:
    place.become(user_claim=claim)
    assert place.codes(place.arrive(login)) == ["oidc_name"]
    assert place.api.app.state.people.users() == []


def test_keys_change(mortal: Place) -> None:
    assert mortal.arrive("1001").status_code == 200
    port = urlsplit(mortal.issuer.url).port
    mortal.issuer.stop()
    with certified(new_key("two"), port or 0) as later:
        assert later.url == mortal.issuer.url
        assert mortal.arrive("1001").status_code == 200


def test_an_issuer_that_is_down_is_said(mortal: Place) -> None:
    browser = Browser()
    address = mortal.back("1001", browser)
    mortal.issuer.stop()
    mortal.api.app.state.issuer.provider()._until = 0.0
    answer = browser.client.get(address)
    assert (answer.status_code, mortal.codes(answer)) == (503, ["oidc_unreachable"])


def test_everybody_of_the_provider_is_there() -> None:
    assert set(USERS) == {"1001", "1002", "1003", "1004"}
