"""The serial console of a machine in the page, and a picture of its screen."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.texts import text
from fuyajo.http.logs import say
from fuyajo.http.pages.machine_parts import where
from fuyajo.http.pages.render import HEADERS, language, page
from fuyajo.http.pages.visitor import ApplyActor, ReadActor, Visitor, known
from fuyajo.http.pages.wire import POLICY, connected, tell
from fuyajo.http.who import Caller
from fuyajo.service import consoling, hosting
from fuyajo.service.consoling import Consoles

routes = APIRouter(include_in_schema=False)
Name = Annotated[str, Path(max_length=255)]
#: What the script says by itself.
_SAID = (
    "input", "much", "connecting", "connected", "closed", "lost", "ended", "left_out", "off",
)  # fmt: skip
DRAIN_SECONDS = 5.0
IN_USE = frozenset({"console_in_use"})  # what its owner may take over
_AWAY = (RuntimeError, OSError)  # the browser is gone: there is nobody to tell


@routes.get("/machines/{name}/console")
def console(name: Name, caller: Visitor, actor: ApplyActor, request: Request) -> Response:
    machine, _ = consoling.operable(actor, name)
    uri = hosting.on(actor, machine.host).settings.uri
    lang, command = language(request), f"virsh -c {uri} console {machine.uuid}"
    return page(
        request, "console.html", caller, command=command,
        words={k: text(f"page.console.{k}", lang, value=machine.name, n="{n}") for k in _SAID},
        vm=machine, at=where(machine), on=machine.state in consoling.ON,
        screen=consoling.has_screen(machine), minutes=round(consoling.IDLE_SECONDS / 60),
    )  # fmt: skip


@routes.get("/machines/{name}/screenshot")
def screenshot(name: Name, actor: ReadActor) -> Response:
    return Response(consoling.screen(actor, name), 200, HEADERS, media_type="image/png")


@routes.websocket("/machines/{name}/console/wire")
async def wire(socket: WebSocket, name: Name, take: str = "") -> None:
    """By the cookie, and only from a page of ours. Whoever is not let in learns nothing but that."""
    caller = await asyncio.to_thread(_let_in, socket)
    if caller is None:
        await socket.close(POLICY)
        return
    await socket.accept()
    why: str | None = "refused"
    say("console", state="begins", user=caller.actor.user, path=socket.url.path[:512])
    try:
        with suppress(*_AWAY):
            why = await _served(socket, caller, name, take_over=take == "over")
            await _drained(socket)
    finally:
        say("console", state="ends", user=caller.actor.user, why=why)


async def _drained(socket: WebSocket) -> None:
    """What was still typed: the server keeps a connection for ever whose messages nobody takes."""
    with suppress(TimeoutError, WebSocketDisconnect):
        async with asyncio.timeout(DRAIN_SECONDS):
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass


def _let_in(socket: WebSocket) -> Caller | None:
    """`Origin` is held against `Host` before this (`limits.py`); browsers always send it here."""
    if "origin" not in socket.headers:
        return None
    caller = known(socket)
    return caller if caller is not None and "apply" in caller.scopes else None


async def _served(socket: WebSocket, caller: Caller, name: str, *, take_over: bool) -> str | None:
    """Why it is over."""
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    consoles: Consoles = socket.app.state.consoles
    lang = language(socket)

    def wake() -> None:
        with suppress(RuntimeError):  # the service is over
            loop.call_soon_threadsafe(woken.set)

    try:
        session = await asyncio.to_thread(
            consoles.open, caller.actor, name, wake, take_over=take_over
        )
    except FuyajoError as error:
        problem = error.problems[0]
        in_use = any(one.code in IN_USE for one in error.problems)
        take = in_use and await asyncio.to_thread(_is_mine, caller, name)
        said = f"{problem.message(lang)} — {problem.hint(lang)}"
        await _over(socket, "refused", said, take=take)
        return problem.code
    why = await connected(socket, consoles, session, caller.digest, woken)
    if why is not None and socket.client_state is WebSocketState.CONNECTED:
        await _over(socket, why, text(f"page.console.why.{why}", lang))
    return why


def _is_mine(caller: Caller, name: str) -> bool:
    """Who owns a machine may throw out whoever has its console."""
    try:
        return consoling.operable(caller.actor, name)[1] == "own"
    except FuyajoError:
        return False


async def _over(socket: WebSocket, why: str, said: str, *, take: bool = False) -> None:
    await tell(socket, {"kind": "over", "why": why, "said": said, "take": take})
    await socket.close()
