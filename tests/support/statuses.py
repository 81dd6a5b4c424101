"""What the description says that a route can end with, what it did end with, and calls that end badly.

Every kind of bad call goes to every route, also where the description does not speak of it: what is seen and
not described is as wrong as what is described and never seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx2

from tests.support.service import Service

Token = dict[str, str]
Route = tuple[str, str]
KEY = "Idempotency-Key"
AT_ONCE = 16  # slow calls
TOO_LARGE = 200 << 20


class Pair(NamedTuple):
    """A route and a status; the route is a template."""

    method: str
    path: str
    status: int

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


def described(description: Mapping[str, Any]) -> set[Pair]:
    return {
        Pair(method.upper(), path, int(status))
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        for status in operation["responses"]
    }


@dataclass
class Seen:
    """The first answer of each kind."""

    answers: dict[Pair, str] = field(default_factory=dict)

    def note(self, route: Route, status: int, text: str = "") -> None:
        self.answers.setdefault(Pair(*route, status), text)


def differences(description: Mapping[str, Any], seen: Seen) -> list[str]:
    """Every pair that is a lie of the description, or missing in it."""
    never = sorted(described(description) - set(seen.answers))
    return [f"described, never seen: {pair}" for pair in never] + undescribed(description, seen)


def undescribed(description: Mapping[str, Any], seen: Seen) -> list[str]:
    more = sorted(set(seen.answers) - described(description))
    return [f"seen, not described: {pair} {_end(seen.answers[pair])}" for pair in more]


def _end(answer: str) -> str:
    return " ".join(answer.split())[-300:]


@dataclass(frozen=True)
class Asker:
    """Somebody with a token who asks a service, and notes every answer."""

    api: Service
    seen: Seen
    token: Token
    ids: Mapping[str, str]

    @property
    def routes(self) -> list[Route]:
        return [(method, path) for method, path, _ in self._operations()]

    def _operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, operations in self.api.app.openapi()["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def ask(
        self, method: str, path: str, body: Any = None, query: str = "", **more: Any
    ) -> httpx2.Response:
        """`more`: `headers` beside the token, `token` for another one, and ids that this call is about."""
        given: dict[str, str] = more.pop("headers", {})
        token: Token = more.pop("token", self.token)
        where = path.format(**{**self.ids, **more}) + query
        answer = self.api.call(method, where, {**token, **given}, body)
        self.seen.note((method, path), answer.status_code, answer.text)
        return answer

    def foreign(self) -> None:
        """421 and 403: for another host, and by a page of somebody else's."""
        for method, path in self.routes:
            self.ask(method, path, headers={"Host": "evil.example"})
            self.ask(method, path, headers={"Origin": "https://evil.example"})

    def nobody(self) -> None:
        """401."""
        for method, path in self.routes:
            self.ask(method, path, token={})

    def unreadable(self) -> None:
        """400: no JSON."""
        for route in self.routes:
            self._raw(route, {}, b'{"a": ')

    def large(self) -> None:
        """413: refused by its length alone."""
        for route in self.routes:
            self._raw(route, self.token, b"{", TOO_LARGE)

    def slow(self) -> None:
        """408: the rest of the body never comes. For a service with little patience."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._slowly, self.routes))

    def _slowly(self, route: Route) -> None:
        self._raw(route, {**self.token, KEY: f"slow-{hash(route)}"}, b"{", 50)

    def _raw(self, route: Route, given: Token, content: bytes, length: int | None = None) -> None:
        """`length`: what the call says, of the whole body by default. Its connection is its own."""
        method, path = route
        length = len(content) if length is None else length
        headers = {"Host": "127.0.0.1", "Connection": "close", "Content-Length": length, **given}
        head = f"{method} {path.format(**self.ids)} HTTP/1.1\r\nContent-Type: application/json\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        answer = self.api.raw(f"{head}\r\n".encode() + content)
        status = int(answer.split(b" ", 2)[1]) if answer else 0
        self.seen.note(route, status, answer.decode(errors="replace"))

    def again(self, used: str) -> None:
        """409: a key that was used for another call."""
        for method, path in self.routes:
            if method == "POST":
                self.ask(method, path, {}, headers={KEY: used})

    def away(self, bodies: Mapping[str, Any]) -> None:
        """503: of a service whose database does not answer. `bodies` by path: of those without a token."""
        for method, path in self.routes:
            self.ask(method, path, bodies.get(path))

    def wrong(self) -> None:
        """422: every bound of every parameter is passed, and every body says something unknown."""
        for method, path, operation in self._operations():
            for parameter in operation.get("parameters", []):
                for value in beyond(parameter["schema"]):
                    self._with(method, path, parameter, value)
            if "requestBody" in operation:
                self.ask(method, path, {"no such key": 1})

    def _with(self, method: str, path: str, parameter: dict[str, Any], value: str) -> None:
        name = parameter["name"]
        if parameter["in"] == "path":
            self.ask(method, path, **{name: quote(value)})
        elif parameter["in"] == "query":
            self.ask(method, path, query=f"?{name}={quote(value)}")
        else:
            self.ask(method, path, headers={name: value})


def beyond(schema: Mapping[str, Any]) -> Iterable[str]:
    """Texts that are no such value; none for a text without bounds."""
    for one in schema.get("anyOf", [schema]):
        kind = one.get("type")
        if kind in ("integer", "boolean") or "format" in one or "pattern" in one:
            yield "not one"
        if "minimum" in one:
            yield str(one["minimum"] - 1)
        if "maximum" in one:
            yield str(one["maximum"] + 1)
        if "maxLength" in one:
            yield "x" * (one["maxLength"] + 1)
        if kind == "array":
            yield from beyond(one["items"])
