# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a program in a guest, as `converge` sees it: the program is the change."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import Program, Ran
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_MOST = 64 * 1024 * 1024
_LOOK_SECONDS = 30.0


@dataclass
class WantedExec:
    """A program that is to run. ``name`` is the machine's name or UUID; times in seconds, sizes in bytes."""

    name: str
    state: str = "present"
    argv: list[str] = field(default_factory=list)
    stdin: bytes = b""
    env: list[str] | None = None
    timeout: float = 60.0
    answer: float = 30.0
    capture: int = 1024 * 1024
    creates: str | None = None
    removes: str | None = None


def parse_exec(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedExec:
    """Return the checked form of the options of `vm_exec`."""
    argv = [str(word) for word in raw.get("argv") or []]
    if not argv or not argv[0]:
        check.problem(f"{at}.argv", "must begin with a program")
    for word in argv:
        _no_nul(check, f"{at}.argv", word)
    stdin = raw.get("stdin")
    if stdin is not None and raw.get("stdin_add_newline") and not stdin.endswith("\n"):
        stdin += "\n"
    return WantedExec(
        # A machine of somebody else may have any name that libvirt allows.
        name=check.text(f"{at}.vm", raw.get("vm")) or "",
        argv=argv,
        stdin=(stdin or "").encode("utf-8", "surrogateescape"),
        env=_environment(check, at, raw.get("env")),
        timeout=check.between(f"{at}.timeout", raw.get("timeout"), 1, 86400) or 60,
        answer=check.between(f"{at}.agent_timeout", raw.get("agent_timeout"), 1, 600) or 30,
        capture=check.between(f"{at}.capture_bytes", raw.get("capture_bytes"), 0, _MOST) or 0,
        creates=_file(check, f"{at}.creates", raw.get("creates")),
        removes=_file(check, f"{at}.removes", raw.get("removes")),
    )


def _no_nul(check: Checker, at: str, text: str) -> None:
    if "\0" in text:
        check.problem(at, "must not hold a NUL character")


def _file(check: Checker, at: str, path: str | None) -> str | None:
    if path is not None:
        _no_nul(check, at, path)
        if not path:
            check.problem(at, "must not be empty")
    return path


def _environment(check: Checker, at: str, raw: Mapping[str, Any] | None) -> list[str] | None:
    if raw is None:
        return None
    for name, value in raw.items():
        if not _VARIABLE.fullmatch(str(name)):
            check.problem(f"{at}.env", f"{name!a:.60} is no name of a variable")
        _no_nul(check, f"{at}.env.{name}", str(value))
    return [f"{name}={value}" for name, value in raw.items()]


def plan_exec(ctx: Context, wanted: WantedExec) -> Step:
    """Return the step that runs the program, unless ``creates`` or ``removes`` say that it did already."""
    handle = _machine(ctx, wanted.name)
    step = Step("exec", wanted.name, handle.UUIDString())
    skipped = _reason_to_skip(ctx, handle, wanted)
    if skipped is None:
        step.changes = [Change("run", None, wanted.argv)]
        step.apply = lambda done: _run(ctx, handle, wanted, done)
    step.facts = {"cmd": wanted.argv, **_nothing(), "msg": skipped or "not run in check mode"}
    return step


def _machine(ctx: Context, name: str) -> Any:
    handle = ctx.host.find(name)
    if handle is None:
        raise FuyajoError(f"there is no machine {name!a:.80}", NOT_FOUND)
    return handle


def _reason_to_skip(ctx: Context, handle: Any, wanted: WantedExec) -> str | None:
    if wanted.creates is not None and _exists(ctx, handle, wanted, wanted.creates):
        return f"skipped, because {wanted.creates} exists in the guest"
    if wanted.removes is not None and not _exists(ctx, handle, wanted, wanted.removes):
        return f"skipped, because {wanted.removes} does not exist in the guest"
    return None


def _exists(ctx: Context, handle: Any, wanted: WantedExec, path: str) -> bool:
    look = Program(["test", "-e", path], seconds=_LOOK_SECONDS, most=1024)
    return ctx.host.run_in_guest(handle, look, wanted.answer).code == 0


def _nothing() -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(("rc", "start", "end", "delta"))
    return {**empty, "stdout": "", "stderr": "", "truncated": False}


def _run(ctx: Context, handle: Any, wanted: WantedExec, step: Step) -> None:
    program = Program(
        wanted.argv, wanted.stdin, wanted.env, float(wanted.timeout), most=wanted.capture
    )
    start, begin = datetime.now(timezone.utc), time.monotonic()
    # Noted first: after a time-out nobody knows how far the program came.
    step.actions.append("run")
    ran = ctx.host.run_in_guest(handle, program, wanted.answer)
    step.facts = {
        "cmd": wanted.argv,
        **_texts(ran),
        "start": start.isoformat(),
        "end": datetime.now(timezone.utc).isoformat(),
        "delta": round(time.monotonic() - begin, 3),
        "msg": "",
    }
    if ran.code != 0:
        raise FuyajoError(_complaint(wanted.argv[0], ran.code))


def _texts(ran: Ran) -> dict[str, Any]:
    return {
        "rc": ran.code,
        # What cannot be text is replaced: results are JSON.
        "stdout": ran.out.decode("utf-8", "replace"),
        "stderr": ran.err.decode("utf-8", "replace"),
        "truncated": ran.truncated,
    }


def _complaint(program: str, code: int) -> str:
    why = {126: "it cannot be run", 127: "the guest has no such program"}.get(code)
    return f"{program!a:.80} ended with {code}" + (f": {why}" if why else "")


KIND = Kind("exec", "execs", 60, parse_exec, plan_exec)
