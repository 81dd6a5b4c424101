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
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.things import (
    plan_image,
    plan_network,
    plan_pool,
    plan_pool_absent,
    plan_volume,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_change import plan_vm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted


@dataclass
class Outcome:
    """What happened, or in check mode what would happen, as plain values.

    ``results`` has one entry per object; ``vms`` the facts of the machines that exist now; ``diff``
    holds only what differs.
    """

    changed: bool
    restart_required: bool
    results: list[dict[str, Any]] = field(default_factory=list)
    vms: dict[str, Any] = field(default_factory=dict)
    diff: dict[str, Any] = field(default_factory=dict)

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
        _apply(stages, wanted.threads)
        _read_again(ctx, stages)
    return _outcome(stages)


def _plan(ctx: Context) -> list[list[Step]]:
    """Return the steps in the order in which they depend on each other. Reads only."""
    wanted = ctx.wanted
    images, networks = wanted.images, wanted.networks
    return [
        plan_pool(ctx),
        _each("image", plan_image, ctx, [i for i in images if i.state != "absent"]),
        _each("network", plan_network, ctx, [n for n in networks if n.state != "absent"]),
        _each("volume", plan_volume, ctx, wanted.volumes),
        _each("vm", plan_vm, ctx, wanted.vms),
        _each("network", plan_network, ctx, [n for n in networks if n.state == "absent"]),
        _each("image", plan_image, ctx, [i for i in images if i.state == "absent"]),
        plan_pool_absent(ctx),
    ]


def _each(
    kind: str, plan: Callable[[Context, Any], Step], ctx: Context, wanted: Sequence[Any]
) -> list[Step]:
    steps = []
    for one in wanted:
        try:
            steps.append(plan(ctx, one))
        except FuyajoError as error:
            steps.append(Step(kind, one.name, error=str(error), error_kind=error.kind))
    return steps


def _apply(stages: list[list[Step]], threads: int) -> None:
    failed = {step.key for stage in stages for step in stage if step.error}
    for stage in stages:
        todo = [step for step in stage if step.apply is not None and not step.error]
        with ThreadPoolExecutor(max(1, min(threads, len(todo)))) as pool:
            list(pool.map(functools.partial(_run, failed=frozenset(failed)), todo))
        failed |= {step.key for step in stage if step.error}


def _run(step: Step, failed: frozenset[tuple[str, str]]) -> None:
    missing = [f"{kind} {name}" for kind, name in step.needs if (kind, name) in failed]
    if missing:
        step.error = f"not tried, because this failed: {', '.join(missing)}"
        step.error_kind = INVALID
        return
    begin = time.monotonic()
    try:
        if step.apply is not None:
            step.apply(step)
    except FuyajoError as error:
        step.error, step.error_kind = str(error), error.kind
    step.seconds = round(time.monotonic() - begin, 3)


def _read_again(ctx: Context, stages: list[list[Step]]) -> None:
    """Replace the facts of every machine that was touched by what is there now."""
    touched = [s for stage in stages for s in stage if s.kind == "vm" and (s.actions or s.error)]
    handles = {**ctx.domains, **ctx.handles} if touched else {}
    for step in touched:
        if step.error is None and step.changes and step.changes[0].after == "absent":
            step.facts = None
        elif step.name in handles and step.uuid is not None:
            try:
                step.facts = ctx.host.vm_facts(handles[step.name])
            except FuyajoError:
                step.facts = None


def _outcome(stages: list[list[Step]]) -> Outcome:
    steps = [step for stage in stages for step in stage]
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    outcome = Outcome(False, any(step.restart_required for step in steps))
    for step in steps:
        outcome.results.append(_result(step))
        if step.facts is not None:
            outcome.vms[step.name] = step.facts
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
        "error": step.error,
        "error_kind": step.error_kind,
        "seconds": step.seconds,
    }
