"""One issuer: where it is, its keys, and what it says of somebody who comes back from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from fuyajo.domain.elsewhere import Elsewhere, safe
from fuyajo.domain.errors import Problem, Refused, Unavailable, shown

SECONDS = 10.0  # for one answer of the issuer
SKEW_SECONDS = 60
METADATA_SECONDS = 3600.0
#: Signatures by a key that only the issuer has. None that is made with what both know, and never none at all.
ALGORITHMS = tuple(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512))
KEY_TYPES = ("RSA", "EC")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Provider:
    """Safe for many threads. Nothing is asked before somebody wants to sign in."""

    def __init__(self, settings: Elsewhere, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._until = 0.0
        self._keys: KeySet | None = None

    def address(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises `Unavailable`."""
        metadata = self._where()
        with self._client(metadata, redirect) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state, code_verifier=verifier, nonce=nonce
            )
        return str(url)

    def claims(
        self, code: str, issuer: str | None, redirect: str, nonce: str, verifier: str
    ) -> dict[str, Any]:
        """What is true of whoever came back with that code. `issuer` is who says to have sent them.

        Raises `Refused` with what does not fit, `Unavailable` when the issuer does not answer.
        """
        metadata = self._where()
        demanded = metadata.get("authorization_response_iss_parameter_supported") is True
        if issuer != self.settings.issuer and (demanded or issuer is not None):
            raise _refused("iss")
        with self._client(metadata, redirect) as client:
            try:
                tokens = client.fetch_token(
                    metadata["token_endpoint"],
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                )
                claims = self._verified(tokens, nonce)
                wanted = {self.settings.user_claim, self.settings.groups_claim}
                if not wanted <= claims.keys() and "userinfo_endpoint" in metadata:
                    claims = _more(client, metadata["userinfo_endpoint"], claims)
            except OAuthError as error:
                raise _refused(error.error) from error
            except (httpx2.HTTPError, ValueError) as error:
                raise self._silent(error) from error
        return claims

    def _verified(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        said = tokens.get("id_token")
        if not isinstance(said, str):
            raise _refused("id_token")
        try:
            token = self._decoded(said)
            # Consumed by the library: made anew for every look.
            options = {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
                "nonce": {"essential": True, "value": nonce},
            }
            params = {
                "nonce": nonce,
                "client_id": self.settings.client_id,
                "access_token": tokens.get("access_token"),
            }
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(self._clock()), leeway=SKEW_SECONDS)
        except (JoseError, ValueError) as error:
            raise _refused(getattr(error, "error", type(error).__name__)) from error
        return dict(claims)

    def _decoded(self, said: str) -> jwt.Token:
        """By a key of the issuer; one that is not known may be newer than what was read of them."""
        known = self._keys
        if known is not None:
            try:
                return jwt.decode(said, known, ALGORITHMS)
            except (InvalidKeyIdError, BadSignatureError):
                pass
        self._keys = self._read_keys()
        return jwt.decode(said, self._keys, ALGORITHMS)

    def _read_keys(self) -> KeySet:
        found = self._get(self._where()["jwks_uri"]).get("keys")
        if not isinstance(found, list):
            raise self._silent("no keys")
        fit = [one for one in found if one.get("kty") in KEY_TYPES and one.get("use") != "enc"]
        return KeySet.import_key_set({"keys": fit})

    def _where(self) -> dict[str, Any]:
        """The issuer's own description of itself, which must be that issuer's and name safe addresses."""
        with self._lock:
            if time.monotonic() >= self._until:
                issuer = self.settings.issuer.rstrip("/")
                found = self._get(f"{issuer}/.well-known/openid-configuration")
                if found.get("issuer") != self.settings.issuer:
                    raise self._silent(f"issuer {shown(found.get('issuer'))}")
                for key in _ENDPOINTS:
                    if not safe(found.get(key)):
                        raise self._silent(f"{key} {shown(found.get(key))}")
                if not safe(found.get("userinfo_endpoint")):
                    found.pop("userinfo_endpoint", None)
                self._metadata = found
                self._until = time.monotonic() + METADATA_SECONDS
            return self._metadata

    def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = httpx2.get(url, timeout=SECONDS, headers={"Accept": "application/json"})
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise self._silent(error) from error
        if not isinstance(found, dict):
            raise self._silent("not an object")
        return found

    def _client(self, metadata: Mapping[str, Any], redirect: str) -> OAuth2Client:
        secret = self.secret()
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        usual = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return OAuth2Client(
            client_id=self.settings.client_id,
            client_secret=secret,
            token_endpoint_auth_method=usual if secret else "none",
            scope=self._scope(metadata),
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=SECONDS,
        )

    def _scope(self, metadata: Mapping[str, Any]) -> str:
        there = metadata.get("scopes_supported", [])
        more = {"profile", self.settings.user_claim, self.settings.groups_claim}
        return " ".join(["openid", *sorted(one for one in more if one in there)])

    def secret(self) -> str | None:
        """Read anew each time, so that it can be changed. Raises `Unavailable`, which anybody may see."""
        file = self.settings.secret_file
        if file is None:
            return None
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            problem = Problem("oidc_client_secret_file", "not_a_file", {"value": shown(file.name)})
            raise Unavailable(problem) from error

    def _silent(self, why: object) -> Unavailable:
        params = {"value": shown(self.settings.issuer), "detail": shown(str(why), 200)}
        return Unavailable(Problem("oidc_issuer", "oidc_unreachable", dict(params)))


def _more(client: OAuth2Client, url: str, claims: dict[str, Any]) -> dict[str, Any]:
    """What the ID token does not say, of the same person; what it says stands."""
    answer = client.get(url)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
        raise _refused("sub")
    return {**found, **claims}


def _refused(what: object) -> Refused:
    """`what` does not fit: the name of a claim or of an error, never what somebody sent as a sentence."""
    return Refused(Problem("", "oidc_refused", {"detail": shown(what, 60)}))
