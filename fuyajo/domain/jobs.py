"""The states of a run of the service, and which follows which. Pure; one table, nothing beside it."""

from __future__ import annotations

from typing import Literal, get_args

State = Literal[
    "queued",
    "starting",
    "running",
    "successful",
    "failed",
    "canceled",
    "timeout",
    "interrupted",
]
STATES: tuple[State, ...] = get_args(State)
#: From each state to those that may follow. `interrupted` is left by a person's resume alone, as a new run.
FOLLOWS: dict[State, frozenset[State]] = {
    "queued": frozenset({"starting", "canceled", "failed"}),
    "starting": frozenset({"running", "failed", "canceled", "interrupted"}),
    "running": frozenset({"successful", "failed", "canceled", "timeout", "interrupted"}),
    "successful": frozenset(),
    "failed": frozenset(),
    "canceled": frozenset(),
    "timeout": frozenset(),
    "interrupted": frozenset(),
}
OVER: frozenset[State] = frozenset(state for state in STATES if not FOLLOWS[state])
#: What the lock of a job without a plan begins with: it builds that image. No machine can have such a name.
IMAGE = "image:"
#: A worker has it.
HELD: frozenset[State] = frozenset({"starting", "running"})


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", "    [*] --> queued"]
    for before in STATES:
        lines += [f"    {before} --> {after}" for after in STATES if after in FOLLOWS[before]]
    lines += [f"    {state} --> [*]" for state in STATES if state in OVER]
    return "\n".join(lines)
