"""Drift: `fuyajo.service.drifting`."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

from fuyajo.cli.remote.answers import problem
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.drift import MachineDrift
from fuyajo.domain.plan import Plan
from fuyajo.service import drifting
from fuyajo.service.drifting import LOOK_AGAIN_S, Report, Reverting


@like(drifting.drift)
def drift(server: Server, names: tuple[str, ...] = ()) -> Report:
    said: dict[str, Any] = server.parsed(dict[str, Any], server.get("/drift", name=list(names)))
    return Report(server.parsed(tuple[MachineDrift, ...], said.get("vms")))


@like(drifting.watch)
def watch(server: Server, names: tuple[str, ...] = ()) -> Iterator[Report]:
    """Looked at again and again: a service tells nobody by itself what libvirt told it."""
    last: Report | None = None
    while True:
        now = drift(server, names)
        if now != last:
            yield now
        last = now
        Event().wait(LOOK_AGAIN_S)


@like(drifting.plan_adopt)
def plan_adopt(server: Server, names: tuple[str, ...]) -> Plan:
    said = _settled(server, "adopt", names)
    return server.parsed(Plan, said.get("plan"))


@like(drifting.plan_revert)
def plan_revert(server: Server, names: tuple[str, ...]) -> Reverting:
    said = _settled(server, "revert", names)
    found: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], said.get("left"))
    plan: Plan | None = server.parsed(Plan | None, said.get("plan"))
    return Reverting(plan, tuple(map(problem, found)))


@like(drifting.forget)
def forget(server: Server, names: tuple[str, ...]) -> list[str]:
    return server.parsed(list[str], _settled(server, "forget", names).get("forgotten"))


def _settled(server: Server, how: str, names: tuple[str, ...]) -> dict[str, Any]:
    said = server.post(f"/drift/{how}", {"names": list(names)})
    return server.parsed(dict[str, Any], said)
