# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, compare, pass the gate, apply, read again: for many objects on one connection.

Check mode is "the gate stayed shut". It is asked in one line of `converge` and nowhere else.
"""

from __future__ import annotations

import functools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Callable, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import as_dicts, sides
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.own_pool import (
    plan_pool,
    plan_pool_absent,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted


@dataclass
class Outcome:
    """What happened, or in check mode what would happen, as plain values.

    ``results`` has one entry per object; ``facts`` holds {kind: {name: facts}} of what exists now;
    ``diff`` only what differs.
    """

    changed: bool
    restart_required: bool
    results: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    diff: dict[str, Any] = field(default_factory=dict)

    @property
    def vms(self) -> dict[str, Any]:
        """Return the facts of the machines that exist now."""
        return self.facts.get("vm", {})

    @property
    def errors(self) -> list[str]:
        """Return one line for every object that failed."""
        failed = [r for r in self.results if r["error"]]
        return [f"{r['kind']} {r['name']}: {r['error']}" for r in failed]


def converge(host: Host, wanted: Wanted, check: bool) -> Outcome:
    """Make the host what ``wanted`` says; with ``check`` only say what that would mean.

    One object that fails is reported in its result and does not hold up those that do not need it.
    Raises FuyajoError only when the host as a whole cannot be read.
    """
    ctx = Context(host, wanted)
    stages = _plan(ctx)
    if not check:
        _apply(ctx, stages)
        _wait(stages)
        _read_again(stages)
    return _outcome(stages)


def _plan(ctx: Context) -> list[list[Step]]:
    """Return the steps in the order in which they depend on each other. Reads only."""
    kinds = ctx.wanted.kinds
    made = [
        _each(kind, ctx, [w for w in ctx.wanted.of(kind.key) if not _absent(w)]) for kind in kinds
    ]
    gone = [_each(kind, ctx, [w for w in ctx.wanted.of(kind.key) if _absent(w)]) for kind in kinds]
    stages = [plan_pool(ctx), *made, *reversed(gone)]
    swept = [kind.sweep(ctx, stages) for kind in kinds if kind.sweep is not None]
    return [*stages, *swept, plan_pool_absent(ctx)]


def _absent(wanted: Any) -> bool:
    return bool(wanted.state == "absent")


def _each(kind: Kind, ctx: Context, wanted: Sequence[Any]) -> list[Step]:
    steps = []
    for one in wanted:
        try:
            steps.append(kind.plan(ctx, one))
        except FuyajoError as error:
            steps.append(Step(kind.name, one.name, error=str(error), error_kind=error.kind))
    return steps


def _apply(ctx: Context, stages: list[list[Step]]) -> None:
    failed = {step.key for stage in stages for step in stage if step.error}
    for wave in (wave for stage in stages for wave in _waves(stage)):
        todo = [step for step in wave if step.apply is not None and not step.error]
        run = functools.partial(_run, failed=frozenset(failed), go_on=ctx.wanted.continue_on_error)
        _together(run, todo, ctx.wanted.threads)
        failed |= {step.key for step in wave if step.error}


def _waves(stage: list[Step]) -> list[list[Step]]:
    """Part a stage so that a step comes after those of the same stage that it needs."""
    waves, left = [], list(stage)
    while left:
        keys = {step.key for step in left}
        ready = [step for step in left if not keys & (set(step.needs) - {step.key})]
        # Needs that go round in a circle cannot be met in any order: then all go at once.
        waves.append(ready or left)
        left = [step for step in left if ready and step not in ready]
    return waves


def _together(work: Callable[[Step], None], steps: list[Step], threads: int) -> None:
    if not steps:
        return
    with ThreadPoolExecutor(max(1, min(threads, len(steps)))) as pool:
        list(pool.map(work, steps))


def _run(step: Step, failed: frozenset[tuple[str, str]], go_on: bool) -> None:
    # Without going on, one failure holds up everything; otherwise only what needs the failed object.
    missing = [f"{kind} {name}" for kind, name in step.needs if (kind, name) in failed]
    if not go_on:
        missing = sorted(f"{kind} {name}" for kind, name in failed)
    if missing:
        step.error = f"not tried, because this failed: {', '.join(missing)}"
        step.error_kind = FAILED
        return
    if step.apply is not None:
        _timed(step, step.apply)


def _timed(step: Step, act: Callable[[Step], None]) -> None:
    begin = time.monotonic()
    try:
        act(step)
    except FuyajoError as error:
        step.error, step.error_kind = str(error), error.kind
    step.duration = round(step.duration + time.monotonic() - begin, 3)


def _wait(stages: list[list[Step]]) -> None:
    """Wait for everything that is to be ready, together: the slowest one decides, not the sum."""
    waiting = [step for stage in stages for step in stage if step.wait and not step.error]
    _together(_wait_for, waiting, len(waiting))


def _wait_for(step: Step) -> None:
    if step.wait is not None:
        _timed(step, step.wait)


def _read_again(stages: list[list[Step]]) -> None:
    """Replace the facts of every object that was touched by what is there now."""
    for step in (step for stage in stages for step in stage):
        touched = step.actions or step.error or step.wait
        if not touched or step.read is None:
            continue
        try:
            step.facts = step.read()
        except FuyajoError:
            # Gone, or not to be read: what was found before is not true any more either.
            step.facts = None


def _outcome(stages: list[list[Step]]) -> Outcome:
    steps = [step for stage in stages for step in stage]
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    outcome = Outcome(False, any(step.restart_required for step in steps))
    for step in steps:
        outcome.results.append(_result(step))
        if step.facts is not None:
            outcome.facts.setdefault(step.kind, {})[step.name] = step.facts
        if step.changes:
            key = f"{step.kind} {step.name}"
            before[key], after[key] = sides(step.changes)
            outcome.changed = outcome.changed or step.error is None or bool(_kept(step))
    outcome.diff = {"before": before, "after": after}
    return outcome


def _kept(step: Step) -> list[str]:
    """Return the actions of a failed step that were not taken back."""
    done = [action for action in step.actions if not action.startswith("undo: ")]
    undone = len(step.actions) - len(done)
    return done[undone:]


def _result(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "name": step.name,
        "uuid": step.uuid,
        "actions": step.actions,
        "changes": as_dicts(step.changes),
        "restart_required": step.restart_required,
        "waited": step.waited,
        "error": step.error,
        "error_kind": step.error_kind,
        "duration": step.duration,
        "warnings": step.warnings,
    }
