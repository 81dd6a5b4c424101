"""The shapes of conversations and of what is stored about people, for the API's description."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.talks import TurnState
from fuyajo.http.problems import Finding
from fuyajo.http.shapes import PlannedView, example


class TalkView(BaseModel):
    """A conversation; `turns` is how many there are."""

    model_config = example(
        id="c-1a2b3c4d5e6f7a8b",
        title="the new shop",
        created="2026-11-22T21:04:55.000000+00:00",
        updated="2026-11-22T21:05:10.000000+00:00",
        turns=2,
    )

    id: str
    title: str
    created: datetime
    updated: datetime
    turns: int


class TurnView(BaseModel):
    """One question. `answer` is what `POST plans` answers, once it is `answered`; `problems` say why not."""

    model_config = example(
        conversation="c-1a2b3c4d5e6f7a8b",
        n=1,
        state="answering",
        words="a web server called hello",
        reply="",
        plan=None,
        planner=None,
        answer=None,
        problems=[],
        created="2026-11-22T21:05:10.000000+00:00",
        finished=None,
    )

    conversation: str
    n: int
    state: TurnState
    words: str
    reply: str
    plan: str | None
    planner: PlannerNote | None
    answer: PlannedView | None
    problems: list[Finding]
    created: datetime
    finished: datetime | None


class StaysView(BaseModel):
    """`machines` null: the host did not say. `runs` and `audit` are counts."""

    machines: list[str] | None
    schedules: list[str]
    alerts: list[str]
    runs: int
    audit: int


class ForgottenView(BaseModel):
    """How many of each are gone, and what stays."""

    conversations: int
    plans: int
    stays: StaysView


class ExportView(BaseModel):
    """Everything that is stored about a user."""

    model_config = ConfigDict(title="Export")

    user: dict[str, Any]
    tokens: list[dict[str, Any]]
    conversations: list[dict[str, Any]]
    terminal: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    approvals: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    schedules: list[dict[str, Any]]
    machines: list[str]
    audit: list[dict[str, Any]]


class GuestView(BaseModel):
    """`token` is shown this once; it ends by itself, with everything of its user."""

    user: str
    token: str
    expires: datetime | None = Field(default=None)
