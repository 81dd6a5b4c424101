"""As `shapes.py`: shares, schedules, the policy, the audit's verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from fuyajo.domain.access import Right
from fuyajo.domain.schedule import End
from fuyajo.http.problems import Finding
from fuyajo.http.shapes import example


class ShareView(BaseModel):
    """`given`: by you. `vm` is null when the machine is not on this host now."""

    model_config = example(
        vm="hello", uuid="6f1c…", owner="mika", grantee="noriko", rights="read", given=True
    )

    vm: str | None
    uuid: str
    owner: str
    grantee: str
    rights: Right
    given: bool


class OutcomeView(BaseModel):
    """What came of the last time, as far as it came."""

    end: End
    plan: str | None
    run: str | None
    problems: list[Finding]


class ScheduleView(BaseModel):
    """`next` is null while it is disabled; `request` is the document that it plans."""

    model_config = example(
        id="s-1a2b3c4d",
        title="every night",
        cron="0 3 * * *",
        zone="Asia/Tokyo",
        enabled=True,
        next="2026-11-22T18:00:00+00:00",
        last=None,
        outcome=None,
        request='{"operations": [{"op": "snapshot", "vm": "hello"}]}',
        created="2026-11-22T12:00:00+00:00",
    )

    id: str
    title: str
    cron: str
    zone: str
    enabled: bool
    next: datetime | None
    last: datetime | None
    outcome: OutcomeView | None
    request: str
    created: datetime


class VerifiedView(BaseModel):
    """`head` is what a later look can be held against; nothing is wrong where `problems` is empty."""

    model_config = example(rows=42, head="42:9f86d081884c7d65…", problems=[])

    rows: int
    head: str | None
    problems: list[Finding]


class PlacedRule(BaseModel):
    """`place` is null for a default."""

    rule: str = Field(examples=["roles.user.may"])
    value: str
    place: str | None = Field(examples=["policy.toml:12"])


class SpentView(BaseModel):
    """Seconds that your machines ran in this calendar month, and the limit in hours."""

    month: str = Field(examples=["2026-11"])
    seconds: int
    limit: int | None


class PolicyView(BaseModel):
    """`file` is null where there is none and the defaults hold."""

    file: str | None
    digest: str
    role: str
    rules: list[PlacedRule]
    usage: SpentView
    policy: dict[str, Any]


class GoodPolicyView(BaseModel):
    """A bad one is a 422 that names every problem."""

    model_config = example(
        file="/var/lib/fuyajo/policy.toml",
        digest="9f86d081…",
        roles=2,
        users=5,
        problems=[],
        warnings=[],
    )

    file: str
    digest: str
    roles: int
    users: int
    problems: list[Literal[None]] = Field(max_length=0)
    warnings: list[str]
