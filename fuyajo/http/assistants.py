"""`/mcp`: the tools for assistants over HTTP, where the extra `mcp` is installed.

The SDK is loaded by the first call. Nothing is kept between calls: the next one may be another service's.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fuyajo.domain.errors import FuyajoError, Problem, Refused, TooMany
from fuyajo.domain.people import SCOPES, is_anonymous
from fuyajo.domain.toolsets import TOOLSETS, Toolset, toolsets_of
from fuyajo.http import problems
from fuyajo.http.trip import address_of
from fuyajo.http.who import Caller, caller_of
from fuyajo.service.context import Settings

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from fuyajo.mcp.application import Context
    from fuyajo.mcp.identity import Identity

PATH = "/mcp"
METADATA = "/.well-known/oauth-protected-resource"
#: In the ASGI scope: who asked, for the handlers of the protocol.
IDENTITY = "fuyajo.identity"
#: What a tool may need; the other scopes open nothing here.
OFFERED = ("read", "plan", "apply")
ADMIN = "admin"  # opens the tools of that set, where the service offers it
AT_ONCE = 64  # calls that are being answered
MEDIA = "application/json"


class Assistants:
    """An ASGI application. Only POST: there are no sessions, so nobody is told anything unasked."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._manager: StreamableHTTPSessionManager | None = None
        self._ending = asyncio.Event()
        self._active = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            caller = await asyncio.to_thread(caller_of, request)
            refused = self._refused(request, caller)
            if refused is None and caller is not None:
                scope[IDENTITY] = _identity(request, caller)
        except FuyajoError as error:
            lang = problems.language(request)
            refused = problems.answer(problems.status_of(error), error.problems, lang)
        if refused is None and caller is not None:
            await self._answered(request, receive, send)
        elif refused is not None:
            # A server closes a connection whose body nobody read, maybe while the client uses it again.
            await _drained(receive)
            await refused(scope, receive, send)

    def _refused(self, request: Request, caller: Caller | None) -> JSONResponse | None:
        if caller is None or is_anonymous(caller.actor.user):
            return _unauthorized(request)
        if request.method != "POST":
            answer = problems.answer(405, (), problems.language(request))
            answer.headers["Allow"] = "POST"
            return answer
        if self._active >= AT_ONCE:
            raise TooMany(Problem("", "mcp_busy", {"limit": AT_ONCE}))
        return None

    async def _answered(self, request: Request, receive: Receive, send: Send) -> None:
        scope = request.scope
        manager = await self._ready()
        self._active += 1
        try:
            await manager.handle_request(scope, receive, send)
        finally:
            self._active -= 1

    async def _ready(self) -> StreamableHTTPSessionManager:
        """The SDK's own part, in a task that lives as long as the service."""
        async with self._lock:
            if self._manager is None:
                made = await asyncio.to_thread(self._made)
                ready = asyncio.Event()
                self._task = asyncio.create_task(self._live(made, ready))
                await ready.wait()
                self._manager = made
            return self._manager

    def _made(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from fuyajo.mcp.application import Application

        state = self._app.state
        application = Application(_identified, lambda: state.wake())
        # Host, Origin and the length of bodies are looked at before this (`limits.py`).
        return StreamableHTTPSessionManager(application.server(), stateless=True)

    async def _live(self, manager: StreamableHTTPSessionManager, ready: asyncio.Event) -> None:
        async with manager.run():
            ready.set()
            await self._ending.wait()

    async def end(self) -> None:
        """Calls that still wait for a run are given up; the run goes on."""
        self._ending.set()
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task


async def _drained(receive: Receive) -> None:
    """The body, which `limits.py` keeps short and quick."""
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)


def _identity(request: Request, caller: Caller) -> Identity:
    from dataclasses import replace

    from fuyajo.mcp.identity import DOOR, Identity, effective, key_of

    return Identity(
        replace(caller.actor, door=DOOR),
        effective(caller.scopes, admin=caller.admin),
        key_of(caller.digest),
        problems.language(request),
        address_of(request),
        _toolsets(request),
    )


def _toolsets(request: Request) -> frozenset[Toolset]:
    """What the address asks for (`?toolset=ops`). Raises `Refused` for what this service does not offer."""
    wanted = toolsets_of(",".join(request.query_params.getlist("toolset")))
    settings: Settings = request.app.state.settings
    off = [one for one in TOOLSETS if one in wanted - settings.mcp_toolsets]
    if off:
        raise Refused([Problem("toolset", "toolset_off", {"value": one}) for one in off])
    return wanted


def _identified(context: Context) -> Identity:
    assert context.request is not None
    found: Identity = context.request.scope[IDENTITY]
    return found


def _unauthorized(request: Request) -> JSONResponse:
    """Where a client learns what this is (RFC 9728)."""
    answer = problems.answer(401, [Problem("", "unauthorized")], problems.language(request))
    where = f"{address_of(request)}{METADATA}{PATH}"
    answer.headers["WWW-Authenticate"] = f'Bearer resource_metadata="{where}"'
    return answer


def _metadata(request: Request) -> JSONResponse:
    """No authorization server: tokens are ours (`fuyajo token new`, `sign-in`), and sent as they are."""
    settings: Settings = request.app.state.settings
    known = (*OFFERED, ADMIN) if ADMIN in settings.mcp_toolsets else OFFERED
    told: dict[str, Any] = {
        "resource": f"{address_of(request)}{PATH}",
        "resource_name": "Fuyajo",
        "scopes_supported": [scope for scope in SCOPES if scope in known],
        "bearer_methods_supported": ["header"],
    }
    return JSONResponse(told, headers={"Cache-Control": "max-age=3600"})


def install(app: FastAPI) -> None:
    """Where the extra is there. No part of the API's description: it is another protocol."""
    app.state.assistants = None
    if find_spec("mcp") is None:
        return
    app.state.assistants = Assistants(app)
    routes = [Route(PATH, app.state.assistants)]
    routes += [Route(METADATA + tail, _metadata, methods=["GET"]) for tail in ("", PATH)]
    app.router.routes.extend(routes)
