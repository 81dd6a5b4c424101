"""What an assistant runs into: limits, taint, deadlines; what it reads is cut and inert."""

from __future__ import annotations

import threading
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from sqlalchemy import select

from fuyajo.domain.errors import TooMany, Unavailable
from fuyajo.mcp.bridge import Bridge
from fuyajo.mcp.limits import MOST_CALLS, MOST_SAME_READS, MOST_SAME_WRITES, WINDOW, Breaker
from fuyajo.mcp.safety import hidden
from fuyajo.service.assisting import TAINT_FOR
from fuyajo.store.assistants import AssistantStore
from fuyajo.store.tables import ASSISTANT_CALLS
from tests.support.assistants import actor_of, application, call, with_client, words
from tests.support.command_line import USER, World, machine
from tests.support.service import settings_at


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("writes", "most"), [(True, MOST_SAME_WRITES), (False, MOST_SAME_READS)])
def test_the_same_again_and_again_is_refused_for_a_while(
    world: World, writes: bool, most: int
) -> None:
    """By processes of the same home, each with a database of its own: they count together."""
    clock = Clock()
    breaker, processes = Breaker(clock), cycle([actor_of(world), actor_of(world)])

    def check(caller: str, vm: str) -> None:
        breaker.check(next(processes), caller, "stop_vm", {"vm": vm}, writes=writes)

    for _ in range(most):
        check("mika", "a")
    check("noriko", "a")
    check("mika", "b")
    clock.now = WINDOW / 2
    with pytest.raises(TooMany) as refused:
        check("mika", "a")
    assert refused.value.problems[0].params["seconds"] == WINDOW / 2
    clock.now = WINDOW
    check("mika", "a")


def test_too_many_calls_and_nothing_stays(world: World) -> None:
    clock = Clock()
    breaker, actor = Breaker(clock), actor_of(world)
    for number in range(MOST_CALLS):
        breaker.check(actor, "mika", "get_vm", {"vm": str(number)}, writes=False)
    with pytest.raises(TooMany, match="240"):
        breaker.check(actor, "mika", "get_vm", {"vm": "more"}, writes=False)
    clock.now = WINDOW + 1
    breaker.check(actor, "noriko", "get_vm", {"vm": "x"}, writes=False)
    with actor.database.read() as connection:
        assert connection.execute(select(ASSISTANT_CALLS.c.caller)).scalars().all() == ["noriko"]


def test_a_clock_that_was_set_back_holds_nobody_up(world: World) -> None:
    clock = Clock()
    breaker, actor = Breaker(clock), actor_of(world)
    clock.now = WINDOW * 100
    for _ in range(MOST_SAME_WRITES):
        breaker.check(actor, "mika", "stop_vm", {}, writes=True)
    clock.now = 0.0
    breaker.check(actor, "mika", "stop_vm", {}, writes=True)


def test_a_model_that_runs_in_circles(world: World) -> None:
    world.have(machine("web"))

    async def body(client: Client) -> None:
        for _ in range(MOST_SAME_WRITES):
            assert not (await client.call_tool("start_vm", {"vm": "web"})).is_error
        refused = await client.call_tool("start_vm", {"vm": "web"})
        assert refused.is_error
        assert "tell the user" in words(refused)

    with_client(application(world), body)


def test_who_read_what_a_guest_wrote_needs_a_person(world: World) -> None:
    world.have(machine("web"))
    world.status, world.makes = "failed", frozenset()
    app = application(world)
    seen: list[str] = []

    async def progress(_done: float, _total: float | None, message: str | None) -> None:
        seen.append(message or "")

    async def body(client: Client) -> None:
        failed = await client.call_tool("stop_vm", {"vm": "web"}, progress_callback=progress)
        data: Any = failed.structured_content
        assert data["outcome"] == "failed"
        assert "vm_logs" in data["next"]
        told = await client.call_tool("vm_logs", {"vm": "web"})
        assert "data from guests" in words(told)
        assert told.structured_content["lines"]
        world.status = "successful"
        asked = await client.call_tool("stop_vm", {"vm": "web"})
        assert asked.structured_content["outcome"] == "needs_approval"

    with_client(app, body)
    assert seen  # its stages, as they came
    assert world.found["web"].state == "running"
    elsewhere = call(application(world), "stop_vm", vm="web")  # another process, the same caller
    assert elsewhere.structured_content["outcome"] == "needs_approval"
    store = AssistantStore(actor_of(world).database, lambda: time.time() + 3600)
    assert not store.has_read(f"test:{USER}", TAINT_FOR.total_seconds())


def test_a_service_that_takes_too_long() -> None:
    """Whoever waits is told; the thread comes to its end by itself."""
    release = threading.Event()

    async def run() -> None:
        with pytest.raises(Unavailable, match="seconds"):
            await Bridge(deadline=0.05).ask(release.wait, 5)
        release.set()

    anyio.run(run)


def test_a_caller_who_goes_away_waits_no_longer() -> None:
    release = threading.Event()

    async def run() -> None:
        with anyio.move_on_after(0.05) as scope:
            await Bridge().ask(release.wait, 5)
        assert scope.cancelled_caught
        release.set()

    anyio.run(run)


def test_places_of_the_host_are_hidden(tmp_path: Path) -> None:
    settings = settings_at(tmp_path / "home")
    told = hidden(f"no such file: {tmp_path}/home/images/a.qcow2; /etc/nginx/x", settings)
    assert told == "no such file: …/images/a.qcow2; /etc/nginx/x"
