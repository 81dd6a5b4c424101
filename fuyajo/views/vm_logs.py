"""Lines about a machine: as JSON data and for a terminal."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.vm_logs import VmLog
from fuyajo.views.inert import inert


def log_json(found: VmLog) -> dict[str, Any]:
    """A line without a time has `at: null`."""
    lines = [
        {"at": one.at.isoformat() if one.at else None, "text": one.text} for one in found.lines
    ]
    facts = {key: getattr(found, key) for key in ("vm", "uuid", "source", "more")}
    return {**facts, "lines": lines}


def log_lines(found: VmLog) -> list[str]:
    """In local time; a dash stands where a line has none."""
    clocks = [f"{o.at.astimezone():%Y-%m-%d %H:%M:%S}" if o.at else "-" for o in found.lines]
    pairs = zip(clocks, found.lines, strict=True)
    return [f"{clock:<19}  {inert(one.text)}" for clock, one in pairs]
