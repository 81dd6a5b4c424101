"""An issuer that lies: every way in which an ID token can be wrong is refused, and by its name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fuyajo.domain.elsewhere import Elsewhere
from fuyajo.domain.errors import Refused, Unavailable
from fuyajo.oidc.provider import Provider
from tests.support.issuer import CLIENT, Liar, lying, new_key

REDIRECT = "http://127.0.0.1:1/callback"
KEY, OTHER = new_key("one"), new_key("two")


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as made:
        made.key = KEY
        yield made


@pytest.fixture
def provider(liar: Liar) -> Provider:
    return Provider(Elsewhere(liar.url, CLIENT))


def claims(provider: Provider, issuer: str | None = None, nonce: str = "mine") -> dict[str, Any]:
    return provider.claims("code", issuer, REDIRECT, nonce, "v" * 43)


def test_a_good_token_is_taken(liar: Liar, provider: Provider) -> None:
    liar.token = liar.signed("mine")
    assert claims(provider)["sub"] == "1001"
    said = parse_qs(liar.asked[0])
    assert said["code_verifier"] == ["v" * 43]
    assert (said["grant_type"], said["redirect_uri"]) == (["authorization_code"], [REDIRECT])


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["mine"]},
        {"aud": "another-program"},
        {"aud": ["another-program"]},
        {"aud": []},
        {"aud": None},
        {"aud": [CLIENT, "another-program"]},  # and nobody says for whom of the two
        {"aud": [CLIENT, "x"], "azp": "x"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": int(time.time()) - 61},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": int(time.time()) + 86_400},
        {"iat": int(time.time()) + 86_400},
        {"iat": None},
        {"sub": None},
        {"at_hash": "AAAA"},
    ],
)
def test_a_claim_that_is_wrong(liar: Liar, provider: Provider, wrong: dict[str, Any]) -> None:
    liar.token = liar.signed("mine", **wrong)
    with pytest.raises(Refused):
        claims(provider)


def test_clocks_may_differ_by_a_minute(liar: Liar, provider: Provider) -> None:
    liar.token = liar.signed("mine", exp=int(time.time()) - 50)
    assert claims(provider)["sub"] == "1001"


def test_a_token_without_a_signature(liar: Liar, provider: Provider) -> None:
    liar.token = liar.unsigned("mine")
    with pytest.raises(Refused):
        claims(provider)


def test_a_token_signed_with_what_everybody_knows(liar: Liar, provider: Provider) -> None:
    liar.token = liar.by_public_key("mine")
    with pytest.raises(Refused):
        claims(provider)


def test_a_signature_of_somebody_else(liar: Liar, provider: Provider) -> None:
    liar.shown, liar.key = [KEY], new_key("one")
    liar.token = liar.signed("mine")
    with pytest.raises(Refused):
        claims(provider)


def test_a_changed_token(liar: Liar, provider: Provider) -> None:
    head, _, signature = liar.signed("mine").split(".")
    body = liar.signed("mine", sub="admin").split(".")[1]
    liar.token = f"{head}.{body}.{signature}"
    with pytest.raises(Refused):
        claims(provider)


@pytest.mark.parametrize("token", [None, "", "a.b", "a.b.c", "é.é.é", "x" * 100_000])
def test_what_is_no_token(liar: Liar, provider: Provider, token: str | None) -> None:
    liar.token = token
    with pytest.raises(Refused):
        claims(provider)


def test_keys_are_read_once_and_again_for_one_that_is_unknown(
    liar: Liar, provider: Provider
) -> None:
    for _ in range(3):
        liar.token = liar.signed("mine")
        claims(provider)
    assert liar.read.count("/jwks") == 1
    liar.key, liar.header = OTHER, {"alg": "RS256", "kid": "two"}
    liar.token = liar.signed("mine")
    claims(provider)
    assert liar.read.count("/jwks") == 2
    assert len([path for path in liar.read if "configuration" in path]) == 1
    liar.header = {"alg": "RS256", "kid": "three"}
    liar.token = liar.signed("mine")
    with pytest.raises(Refused):
        claims(provider)


def test_a_key_for_secrets_signs_nothing(liar: Liar, provider: Provider) -> None:
    from joserfc.jwk import RSAKey

    liar.key = RSAKey.import_key({**KEY.as_dict(private=True), "use": "enc"})
    liar.token = Liar(url=liar.url, key=KEY).signed("mine")
    with pytest.raises(Refused):
        claims(provider)


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://login.example.org/token"},  # the secret would travel in the open
        {"jwks_uri": "http://login.example.org/jwks"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_description_that_is_wrong(liar: Liar, provider: Provider, wrong: dict[str, Any]) -> None:
    liar.metadata = wrong
    with pytest.raises(Unavailable):
        provider.address(REDIRECT, "s", "n", "v" * 43)


@pytest.mark.parametrize("demanded", [True, False])
def test_who_sent_the_browser_must_be_the_issuer(
    liar: Liar, provider: Provider, demanded: bool
) -> None:
    liar.metadata = {"authorization_response_iss_parameter_supported": demanded}
    liar.token = liar.signed("mine")
    with pytest.raises(Refused):
        claims(provider, issuer="https://evil.example")
    assert liar.asked == []  # the code was told to nobody
    assert claims(provider, issuer=liar.url)
    if demanded:
        with pytest.raises(Refused):
            claims(provider)


def test_another_person_at_the_user_info_is_refused(liar: Liar, provider: Provider) -> None:
    liar.metadata = {
        "userinfo_endpoint": f"{liar.url}/token"
    }  # whose answer has another `sub`: none
    liar.token = liar.signed("mine", preferred_username=None)
    with pytest.raises(Refused):
        claims(provider)


def test_what_the_browser_is_sent_with(liar: Liar, provider: Provider) -> None:
    liar.metadata = {"scopes_supported": ["openid", "profile", "groups", "everything"]}
    where = urlsplit(provider.address(REDIRECT, "s", "n", "v" * 43))
    said = parse_qs(where.query)
    assert where.netloc == urlsplit(liar.url).netloc
    assert said["scope"] == ["openid groups profile"]
    assert (said["state"], said["nonce"], said["response_type"]) == (["s"], ["n"], ["code"])
    assert len(said["code_challenge"][0]) == 43
    assert "v" * 43 not in where.query
