# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the state a machine is in to the state it is to be in."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step

OFF = ("stopped", "crashed")
# What each wanted state asks for; "present" asks for nothing.
TARGETS = {
    "started": "running",
    "restarted": "running",
    "stopped": "stopped",
    "paused": "paused",
}
# A guest that is asleep or that stands still has to go on before it can do anything itself.
_STANDING = ("paused", "suspended")


def target(wanted: str, state: str) -> str | None:
    """Return the state a machine has to go to, or None when it is there or nobody asked."""
    goal = TARGETS.get(wanted)
    if goal == "stopped" and state == "crashed":
        # It may hold its memory still, for whoever wants to look; "stopped" lets go of that.
        return goal
    return None if goal == state else goal


def turn_off(ctx: Context, handle: Any, state: str, grace: float, step: Step) -> None:
    """Switch a machine off, gently when ``grace`` (seconds) is more than 0."""
    if grace > 0 and state in _STANDING:
        _go_on(ctx, handle, state, step)
    if state == "crashed":
        grace = 0
    step.actions.append(ctx.host.stop(handle, grace))


def turn_on(ctx: Context, handle: Any, state: str, goal: str, step: Step) -> None:
    """Bring a machine from ``state`` to running or paused."""
    if state == "stopping":
        # It is going down already; started again from there it would not come up.
        step.actions.append(ctx.host.stop(handle, 0))
        state = "stopped"
    if state == "crashed":
        ctx.host.destroy(handle)
        step.actions.append("destroy")
        state = "stopped"
    if state == "stopped":
        ctx.host.start(handle, paused=goal == "paused")
        step.actions.append("start paused" if goal == "paused" else "start")
        return
    if state in _STANDING and state != goal:
        state = _go_on(ctx, handle, state, step)
    if goal == "paused" and state == "running":
        ctx.host.suspend(handle)
        step.actions.append("pause")
    elif state != goal:
        raise FuyajoError(f"the machine is {state}, and cannot be {goal} from there", FAILED)


def _go_on(ctx: Context, handle: Any, state: str, step: Step) -> str:
    if state == "suspended":
        ctx.host.wake(handle)
        step.actions.append("wake")
    else:
        ctx.host.resume(handle)
        step.actions.append("resume")
    return "running"
