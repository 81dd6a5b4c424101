"""The table of tools, in the order that clients show them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fuyajo.domain.toolsets import Toolset
from fuyajo.mcp.tool import Tool
from fuyajo.mcp.tools import admin, alerts, changing, ops, reading

TOOLS: tuple[Tool[Any], ...] = (
    reading.LIST_VMS,
    changing.CREATE_VM,
    changing.START_VM,
    changing.STOP_VM,
    changing.DELETE_VM,
    reading.LIST_TEMPLATES,
    reading.GET_VM,
    changing.PLAN_CHANGE,
    changing.APPLY_PLAN,
    reading.GET_RUN,
    reading.CANCEL_RUN,
    reading.VM_METRICS,
    reading.VM_LOGS,
    changing.CREATE_RESTORE_POINT,
    reading.LIST_RESTORE_POINTS,
)
#: What is offered besides, where somebody asks for it.
PRESETS: dict[Toolset, tuple[Tool[Any], ...]] = {
    "ops": ops.OPS,
    "alerts": alerts.ALERTS,
    "admin": admin.ADMIN,
}


def offered(toolsets: Collection[Toolset] = ()) -> tuple[Tool[Any], ...]:
    """The tools that everybody has, and those of these sets."""
    more = (tool for name, tools in PRESETS.items() if name in toolsets for tool in tools)
    return (*TOOLS, *more)
