"""One service elsewhere: its address, the token for it, one connection; what it says, read or raised."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
import httpx2
from pydantic import TypeAdapter, ValidationError

from fuyajo import __version__
from fuyajo.cli.remote import answers, asking
from fuyajo.cli.remote.address import origin
from fuyajo.domain.errors import InvalidInput, Problem, Refused, shown
from fuyajo.domain.texts import Lang
from fuyajo.service.context import Actor
from fuyajo.store.servers import Known, ServerStore

T = TypeVar("T")
API = "/api/v1"
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0
#: A planner may think for minutes.
LONG_SECONDS = 900.0
#: Between two heartbeats of an event stream there are 15.
SILENT_SECONDS = 50.0


class Me(NamedTuple):
    """Who a token is of, and what it may do; `keys` is a path on the machine of the service."""

    user: str
    admin: bool
    scopes: list[str]
    keys: str


class Server:
    """`known` is None before anybody logged in there."""

    def __init__(self, url: str, known: Known | None, lang: Lang, ca: Path | None = None) -> None:
        self.url = url
        self._known = known
        self._version: str | None = None
        #: Plans that stand for others, with the ids that they were asked by.
        self.resolved: dict[str, str] = {}
        # A plain connection goes to this machine: no proxy may see it.
        self._http = httpx2.Client(
            base_url=url,
            verify=_authorities(ca) if url.startswith("https:") else False,
            trust_env=url.startswith("https:"),
            follow_redirects=False,
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": f"fuyajo/{__version__}", "Accept-Language": lang},
        )

    @property
    def user(self) -> str:
        """Raises `Refused` before anybody logged in."""
        return self._token().user

    def with_token(self, token: str) -> Known:
        """Whose token that is, from now on used for every call. Raises `Refused` where it opens nothing."""
        self._known = Known(self.url, "", token)
        self._known = Known(self.url, self.me().user, token)
        return self._known

    def me(self) -> Me:
        found: Me = self.parsed(Me, self.get("/me"))
        return found

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, /, **query: Any) -> Any:
        """What stands there; values of None are left out. Raises as the service call would."""
        said = {key: value for key, value in query.items() if value is not None}
        request = self._request("GET", path, params=said)
        return self._sent(request)

    def post(
        self, path: str, body: Any = None, *, seconds: float = ANSWER_SECONDS, keyed: bool = True
    ) -> Any:
        """Asked again with the same key where the answer was lost: done once, however often it is heard.

        Not `keyed`: asked once.
        """
        key = {"Idempotency-Key": asking.new_key()} if keyed else {}
        request = self._request("POST", path, json=body, headers=key, seconds=seconds)
        if not keyed:
            return self._once(request)
        return self._sent(request)

    def delete(self, path: str, **query: Any) -> None:
        said = {key: value for key, value in query.items() if value is not None}
        request = self._request("DELETE", path, params=said)
        self._sent(request)

    def sign_in(self, path: str, body: Any) -> Any:
        """Without a token, and once: a password that was wrong is not tried again."""
        return self._once(self._http.build_request("POST", f"{API}{path}", json=body))

    def _once(self, request: httpx2.Request) -> Any:
        with asking.reaching(self.url):
            return self._read(self._http.send(request))

    @contextmanager
    def stream(self, path: str, after: int) -> Iterator[Iterator[httpx2.ServerSentEvent]]:
        """Server-sent events from the one behind `after` on. Raises `asking.Lost` when they break off."""
        headers = {"Last-Event-ID": str(after), "Accept": "text/event-stream"}
        request = self._request("GET", path, headers=headers, seconds=SILENT_SECONDS)
        try:
            response = self._http.send(request, stream=True)
            try:
                if response.status_code != httpx2.codes.OK:
                    response.read()
                    self._read(response)
                yield iter(httpx2.EventSource(response))
            finally:
                response.close()
        except (httpx2.TransportError, httpx2.SSEError) as error:
            raise asking.Lost(self.url, error) from error

    def line_of(self, event: httpx2.ServerSentEvent) -> dict[str, Any]:
        """What an event says. Raises `Unavailable` where that is no object."""
        try:
            found = TypeAdapter(dict[str, Any]).validate_json(event.data)
        except ValidationError as error:
            raise answers.strange(self.url, event.event, self._version) from error
        said: dict[str, Any] = answers.harmless(found)
        return said

    def parsed(self, shape: type[T] | Any, value: Any) -> T:
        """The object that this JSON is. Raises `Unavailable` for what this version does not understand."""
        try:
            found: T = TypeAdapter(shape).validate_json(json.dumps(value))
        except ValidationError as error:
            raise answers.strange(self.url, error.title, self._version) from error
        return found

    def _request(
        self, method: str, path: str, *, seconds: float = ANSWER_SECONDS, **more: Any
    ) -> httpx2.Request:
        headers = {"Authorization": f"Bearer {self._token().token}", **more.pop("headers", {})}
        timeout = httpx2.Timeout(seconds, connect=CONNECT_SECONDS)
        return self._http.build_request(
            method, f"{API}{path}", headers=headers, timeout=timeout, **more
        )

    def _sent(self, request: httpx2.Request) -> Any:
        return self._read(asking.sent(self._http, request))

    def _read(self, response: httpx2.Response) -> Any:
        self._version = response.headers.get(answers.VERSION)
        return answers.read(response, self.url)

    def _token(self) -> Known:
        if self._known is None:
            raise Refused(Problem("", "login_needed", {"server": self.url}))
        return self._known


def at(said: str, local: Actor, lang: Lang) -> Server:
    """The server of that address, closed with the command. Raises `InvalidInput` for a bad address."""
    context = click.get_current_context()
    options = context.find_root().params
    url = origin(said, plain=bool(options.get("insecure_http")))
    ca = options.get("ca")
    file = Path(ca) if ca else local.settings.server_ca
    server = Server(url, ServerStore(local.home).load(url), lang, file)
    context.call_on_close(server.close)
    return server


def _authorities(ca: Path | None) -> ssl.SSLContext:
    """The system's, or those of the file alone."""
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        detail = shown(str(error), 200)
        value = shown(str(ca), 200)
        raise InvalidInput(
            Problem("--ca", "server_ca", {"value": value, "detail": detail})
        ) from error
