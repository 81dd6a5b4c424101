"""The table of tools, in the order that clients show them."""

from __future__ import annotations

from typing import Any

from fuyajo.mcp.tool import Tool
from fuyajo.mcp.tools import changing, reading

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
    changing.CREATE_SNAPSHOT,
    reading.LIST_SNAPSHOTS,
)
