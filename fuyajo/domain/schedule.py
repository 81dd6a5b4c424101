"""Runs that begin by themselves: when, what, and what came of it the last time. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from fuyajo.domain.errors import Problem

#: `waiting`: the plan is there and needs a person; `missed`: nobody worked at that time.
End = Literal["submitted", "waiting", "nothing", "failed", "missed"]


class Outcome(NamedTuple):
    """`plan` and `run` are ids, as far as it came to them."""

    end: End
    plan: str | None = None
    run: str | None = None
    problems: tuple[Problem, ...] = ()


class Schedule(NamedTuple):
    """`cron` has five fields on the clock of `zone`; `request` is the document as it was given.

    `next` and `last` are UTC.
    """

    id: str
    owner: str
    title: str
    cron: str
    zone: str
    request: str
    next: datetime
    created: datetime
    enabled: bool = True
    last: datetime | None = None
    outcome: Outcome | None = None
