"""A sign-in in a browser, handed over to this terminal on loopback (as RFC 8252 has it)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from fuyajo.cli.remote.server import API, Server
from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.texts import Lang, text

PATIENCE_SECONDS = 300.0
MOST_CALLS = 20  # a browser asks for an icon, too


def signed_in(server: Server, lang: Lang, show: Callable[[str], None]) -> str:
    """The token. `show` is given the address to open. Raises `Refused` when nothing comes of it.

    Only whoever has the verifier, which never leaves this process, can use the code that comes back.
    """
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = urlsafe_b64encode(digest).decode().rstrip("=")
    with _Waiting(lang) as waiting:
        said = urlencode({"port": waiting.server_port, "challenge": challenge})
        show(f"{server.url}{API}/sign-in/oidc?{said}")
        code = waiting.code()
    answer: dict[str, Any] = server.parsed(
        dict[str, Any],
        server.sign_in("/sign-in/exchange", {"code": code, "verifier": verifier}),
    )
    token: str = server.parsed(str, answer.get("token"))
    return token


class _Waiting(HTTPServer):
    """For one browser of this machine, and no longer than a while."""

    timeout = PATIENCE_SECONDS

    def __init__(self, lang: Lang) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lang = lang
        self.heard: dict[str, list[str]] = {}
        self.over = False

    def handle_timeout(self) -> None:
        self.over = True

    def code(self) -> str:
        for _ in range(MOST_CALLS):
            self.handle_request()
            if self.over or self.heard:
                break
        found = self.heard.get("code", [""])[0]
        if not found:
            raise Refused(Problem("", "login_oidc", {"detail": "nobody came back"}))
        return found


class _Handler(BaseHTTPRequestHandler):
    timeout = 10.0
    server: _Waiting

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        said = parse_qs(where.query) if where.path == "/" else {}
        if "code" in said:
            self.server.heard = said
        key = "close" if said else "failed"
        body = text(f"ui.login.{key}", self.server.lang).encode()
        self.send_response(200 if said else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """A code is nothing for a log."""
