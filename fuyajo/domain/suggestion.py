"""A suggestion: a request like any other, and what was measured that speaks for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Effect
from fuyajo.domain.planning import changes_of
from fuyajo.domain.request import NAME_PATTERN
from fuyajo.domain.spec import normalise

#: What each looks at, and its thresholds: docs/suggestions.md. What is urgent comes first.
Rule = Literal[
    "disk_full",
    "disk_fills",
    "memory_up",
    "memory_rises",
    "cpu_up",
    "no_backup",
    "backup_old",
    "host_memory",
    "idle",
    "memory_down",
    "cpu_down",
    "snapshot_old",
]
RULES: tuple[Rule, ...] = Rule.__args__  # type: ignore[attr-defined]
#: A size before and after, in the words of a plan.
Step = tuple[str, int, int]


@dataclass(frozen=True)
class Suggestion:
    """`request` is a request as `fuyajo schema` describes it: a plan is made of it, and nothing else.

    `since`, `until`: the time that was looked at, seconds since 1970; `measured`: per cent of it that was
    measured, None where nothing had to be. `numbers` are the evidence, their keys the rule's. `step` is the
    size that moves. `effect` and `why` say what the plan would do to the machine, as a plan says it.
    """

    rule: Rule
    vm: str
    uuid: str
    request: Mapping[str, Any]
    since: int
    until: int
    measured: int | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    step: Step | None = None
    effect: Effect = "none"
    why: str = ""

    @property
    def id(self) -> str:
        """The same as long as its reason stays: no name of a machine has a dot."""
        return f"{self.vm}.{self.rule}"


def order(one: Suggestion) -> tuple[int, str]:
    return RULES.index(one.rule), one.vm


def operation(machine: Machine, op: str, **more: int) -> dict[str, Any]:
    """The request for one operation."""
    return {"version": 1, "operations": [{"op": op, "vm": machine.name, **more}]}


def possible(suggestion: Suggestion, machine: Machine) -> Suggestion | None:
    """With its effect; None where no plan could come of it."""
    if not re.fullmatch(NAME_PATTERN, machine.name):
        return None  # somebody else's name, which no request can say
    try:
        config = parse_config(dict(suggestion.request))
    except InvalidInput:
        return None
    host = HostView(HostFacts("", 0), {machine.name: machine})
    moment = datetime.fromtimestamp(suggestion.until, UTC)
    changes, problems = changes_of(normalise(config, moment=moment), host, machine.owner or "")
    if problems or not changes or changes[0].action == "noop":
        return None
    return replace(suggestion, effect=changes[0].effect, why=changes[0].why)
