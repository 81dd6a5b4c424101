"""What of a drift can be put back, and what cannot. Pure."""

from __future__ import annotations

from typing import Literal

from fuyajo.domain.drift import Drifted, MachineDrift
from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.spec import OperationSpec

POWER: dict[str, Literal["running", "stopped", "restarted"]] = {
    "start": "running",
    "stop": "stopped",
    "restart": "restarted",
}


def operation_for(drift: MachineDrift) -> OperationSpec | None:
    """The one operation that puts back all of it that can be; None where nothing can."""
    sizes = {one.path: one.was for one in drift.fields if one.way == "resize"}
    ways = {one.way for one in drift.fields}
    # A machine that is switched on anew needs no restart as well.
    power = next((way for way in ("start", "stop", "restart") if way in ways), None)
    if sizes:
        return OperationSpec.model_validate(
            {"op": "resize", "vm": drift.name, "power": POWER.get(power or ""), **sizes}
        )
    return OperationSpec.model_validate({"op": power, "vm": drift.name}) if power else None


def left_behind(drift: MachineDrift) -> list[Problem]:
    """Everything that stays as it is, each with what libvirt's own tools could do about it."""
    if drift.status == "gone":
        return [Problem(drift.name, "drift_gone")]
    if drift.status == "new":
        return [Problem(drift.name, "drift_new", {"vm": drift.name})]
    return [_left(drift.name, one) for one in drift.fields if one.way == "none"]


def _left(name: str, one: Drifted) -> Problem:
    params: dict[str, Param] = {
        "vm": name,
        "key": shown(one.path, 200),
        "before": _value(one.was),
        "after": _value(one.live if one.kind == "live_only" else one.persistent),
    }
    code = {"shrink": "drift_shrink", "restart_pending": "drift_restart"}.get(one.why)
    return Problem(name, code or _by_hand(one.path), params)


def _by_hand(path: str) -> str:
    kind = path.partition("[")[0]
    return {
        "nics": "drift_nic",
        "disks": "drift_disk",
        "title": "drift_text",
        "description": "drift_text",
    }.get(kind, "drift_other")


def _value(value: str | int | bool | None) -> Param:
    return "-" if value is None else shown(value, 200) if isinstance(value, str) else value
