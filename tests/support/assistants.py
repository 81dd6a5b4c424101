"""An assistant's client in this process: the SDK's own, over memory, on a host that is a value."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any, Literal

import anyio
from mcp.client import Client
from mcp_types import CallToolResult, TextContent

from fuyajo.domain.people import scopes_of
from fuyajo.domain.texts import Lang
from fuyajo.domain.toolsets import Toolset
from fuyajo.mcp.application import Application
from fuyajo.mcp.identity import DOOR, Identity
from fuyajo.mcp.limits import Breaker
from fuyajo.service.context import Actor
from fuyajo.service.job import perform
from fuyajo.store.jobs import JobStore
from tests.support.command_line import USER, World
from tests.support.service import settings_at

Mode = Literal["auto", "legacy"]


@dataclass
class Hands:
    """A worker with as many hands as there are jobs: each is carried out in a thread, at once."""

    actor: Actor
    threads: list[Thread] = field(default_factory=list)

    def __call__(self) -> None:
        thread = Thread(target=self._work)
        self.threads.append(thread)
        thread.start()

    def _work(self) -> None:
        store, now = JobStore(self.actor.database), datetime.now(UTC)
        job = store.claim("test", now, timedelta(minutes=1), 9)
        if job is None:
            return
        store.move(job, "running", now)
        theirs = Actor(job.owner, self.actor.settings, "worker", self.actor.database)
        code = perform(theirs, job.run, job.fence, watched=False)
        state = theirs.runs.load(job.owner, job.run).status if code == 0 else "failed"
        store.move(job, "successful" if state == "successful" else "failed", datetime.now(UTC))

    def rest(self) -> None:
        for thread in self.threads:
            thread.join()


def actor_of(world: World, user: str = USER) -> Actor:
    return Actor(user, settings_at(world.home), DOOR)


def application(
    world: World,
    *scopes: str,
    user: str = USER,
    lang: Lang = "en",
    work: bool = True,
    breaker: Breaker | None = None,
    key: str = "test",
    toolsets: frozenset[Toolset] = frozenset(),
) -> Application:
    """`work` False: what is queued stays so."""
    actor = actor_of(world, user)
    identity = Identity(
        actor, scopes_of(scopes or ["apply"]), f"{key}:{user}", lang, toolsets=toolsets
    )
    wake = Hands(actor) if work else (lambda: None)
    return Application(lambda _ctx: identity, wake, breaker=breaker or Breaker())


@asynccontextmanager
async def client(app: Application, mode: Mode = "auto") -> AsyncIterator[Client]:
    async with Client(app.server(), mode=mode) as made:
        yield made
    if isinstance(app.wake, Hands):
        await anyio.to_thread.run_sync(app.wake.rest)


def with_client(
    app: Application, body: Callable[[Client], Coroutine[Any, Any, None]], mode: Mode = "auto"
) -> None:
    """Run a test's body with a client."""

    async def run() -> None:
        async with client(app, mode) as made:
            await body(made)

    anyio.run(run)


def call(app: Application, tool: str, /, **arguments: Any) -> CallToolResult:
    """One call of one tool."""
    found: list[CallToolResult] = []

    async def body(made: Client) -> None:
        found.append(await made.call_tool(tool, arguments))

    with_client(app, body)
    return found[0]


def words(result: CallToolResult) -> str:
    return "\n".join(one.text for one in result.content if isinstance(one, TextContent))
