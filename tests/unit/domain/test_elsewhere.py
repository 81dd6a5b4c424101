"""Settings of an issuer, and what its claims mean here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.elsewhere import Elsewhere, administers, name_of, read, safe
from fuyajo.domain.errors import InvalidInput
from fuyajo.store.home import safe_user

ISSUER = "https://login.example.org"
GOOD = {"oidc_issuer": ISSUER, "oidc_client_id": "fuyajo"}


def test_settings_are_read() -> None:
    assert read({}) is None
    assert read(GOOD) == Elsewhere(ISSUER, "fuyajo")
    more = {
        "oidc_client_secret_file": "/etc/fuyajo/secret",
        "oidc_create_users": "true",
        "oidc_admin_group": "keepers",
        "oidc_user_claim": "email",
    }
    found = read({**GOOD, **more})
    assert found is not None
    assert str(found.secret_file) == "/etc/fuyajo/secret"
    assert (found.create_users, found.admin_group, found.user_claim) == (True, "keepers", "email")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = {"oidc_issuer": "http://login.example.org?x", "oidc_create_users": "yes"}
    with pytest.raises(InvalidInput) as told:
        read(wrong)
    assert [one.path for one in told.value.problems] == [
        "oidc_client_id",
        "oidc_create_users",
        "oidc_issuer",
    ]


@pytest.mark.parametrize(
    ("url", "good"),
    [
        (ISSUER, True),
        ("https://login.example.org:8443/realms/x", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://login.example.org", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://user@evil.example", False),
        ("javascript:alert(1)", False),
        ("//login.example.org", False),
        ("http://[", False),
        ("", False),
        (None, False),
        (["https://x"], False),
    ],
)
def test_where_secrets_may_be_sent(url: Any, good: bool) -> None:
    assert safe(url) is good


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mika", "mika"),
        ("mika.tanaka@example.org", "mika.tanaka"),
        ("../../etc", None),
        ("a..b", None),
        ("", None),
        ("@example.org", None),
        ("みか", None),
        ("mika\n", None),
        ("mıka", None),
        ("x" * 65, None),
        (7, None),
        (None, None),
        (["mika"], None),
    ],
)
def test_names(said: Any, name: str | None) -> None:
    assert name_of({"preferred_username": said}, Elsewhere(ISSUER, "x")) == name


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_.@-]{1,70}")))
def test_a_name_is_one_of_ours_or_none(said: str) -> None:
    name = name_of({"preferred_username": said}, Elsewhere(ISSUER, "x"))
    assert name is None or safe_user(name) == name


@pytest.mark.parametrize(("checked", "name"), [(True, "mika"), (False, None), ("true", None)])
def test_an_address_that_nobody_checked_is_no_name(checked: Any, name: str | None) -> None:
    settings = Elsewhere(ISSUER, "x", user_claim="email")
    claims = {"email": "mika@example.org", "email_verified": checked}
    assert name_of(claims, settings) == name


@pytest.mark.parametrize(
    ("groups", "group", "office"),
    [
        (["staff", "keepers"], "keepers", True),
        ("keepers", "keepers", True),
        ("the keepers of all", "keepers", False),
        ([["keepers"]], "keepers", False),
        ([], "keepers", False),
        (None, "keepers", False),
        (None, None, False),
        ([None], None, False),
    ],
)
def test_the_office(groups: Any, group: str | None, office: bool) -> None:
    settings = Elsewhere(ISSUER, "x", admin_group=group)
    assert administers({"groups": groups}, settings) is office
