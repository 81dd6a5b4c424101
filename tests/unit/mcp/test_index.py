"""`fuyajo mcp` keeps what it knows of the host between calls; the pages of a list come from one look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from fuyajo.domain.machine import Machine
from fuyajo.engine.index import Index
from fuyajo.mcp import stdio
from fuyajo.mcp.application import Application
from fuyajo.mcp.identity import Identity
from fuyajo.service import machines
from tests.support.assistants import application, call
from tests.support.command_line import World, machine


class Counted:
    """An index over the world's machines that notes how it is asked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.asked: list[float] = []
        self.closed = False

    def machines(self, within: float = 0.0) -> dict[str, Machine]:
        self.asked.append(within)
        return dict(self._world.found)

    def close(self) -> None:
        self.closed = True


def test_only_further_pages_may_be_of_an_earlier_look(world: World) -> None:
    world.have(*(machine(f"vm-{number}") for number in range(3)))
    index, app = Counted(world), application(world)
    me = cast(Identity, app.identify(cast(Any, None)))
    mine = replace(me, actor=replace(me.actor, index=cast(Index, index)))
    app.identify = lambda _ctx: mine
    first = call(app, "list_vms", limit=2).structured_content
    assert index.asked == [0.0]
    rest = call(app, "list_vms", limit=2, cursor=first["next_cursor"]).structured_content
    assert index.asked[1] > 0
    names = [vm["name"] for page in (first, rest) for vm in page["vms"]]
    assert names == ["vm-0", "vm-1", "vm-2"]


def test_the_command_has_one_and_closes_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    index, seen = Counted(world), []

    def serve(served: Application, _helper: object) -> None:
        seen.append(served.identify(cast(Any, None)).actor.index)
        assert not index.closed

    monkeypatch.setattr(machines, "index_of", lambda _settings: index)
    monkeypatch.setattr(stdio, "serve", serve)
    assert world.call("mcp", "--read-only")[0] == 0
    assert seen == [index]
    assert index.closed
