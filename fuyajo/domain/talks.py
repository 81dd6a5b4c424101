"""Conversations of users of the service: what is kept of each question, and how long. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.references import Named

TurnState = Literal["answering", "answered", "failed", "canceled", "interrupted"]
#: A conversation ends at so many turns, and a user has so many conversations.
MOST_TURNS, MOST_TALKS = 1000, 1000
TITLE_CHARS = 80


class Talk(NamedTuple):
    """`turns` is how many there are. Times are UTC."""

    id: str
    owner: str
    title: str
    created: datetime
    updated: datetime
    turns: int = 0


class Asked(NamedTuple):
    """One question. `until`: if it is still `answering` then, its service is gone."""

    talk: str
    n: int
    owner: str
    words: str
    created: datetime
    until: datetime
    state: TurnState = "answering"
    reply: str = ""
    planner: PlannerNote | None = None
    plan: str | None = None
    made: tuple[Named, ...] = ()
    touched: tuple[Named, ...] = ()
    #: What came of it, as JSON data: the contract of `plan --json`. None unless it was answered.
    answer: Mapping[str, Any] | None = None
    #: Why not, as JSON data.
    problems: tuple[Mapping[str, Any], ...] = ()
    #: The number of the last event of its answer.
    events: int = 0
    finished: datetime | None = None

    @property
    def over(self) -> bool:
        return self.state != "answering"

    def seen(self, now: datetime) -> Asked:
        """As it is to be told: one whose service is gone is over."""
        if self.over or now < self.until:
            return self
        return self._replace(state="interrupted", finished=self.until)
