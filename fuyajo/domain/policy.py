"""Policy: what a user may use and what each kind of plan needs. Data and one pure decision."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from fuyajo.domain.consent import Kind
from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import Plan, Risk
from fuyajo.domain.request import Strict

Need = Literal["nothing", "approval", "refused"]
Patterns = Annotated[tuple[Annotated[str, Field(max_length=128)], ...], Field(strict=False)]


class Data(Strict):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Needs(Data):
    """What a plan of each risk needs before it runs."""

    start: Need = "nothing"
    change: Need = "nothing"
    destroy: Need = "approval"


class Limits(Data):
    """In total per user; None: no limit. Memory MiB, disk GiB, `hours` of running machines a month."""

    vms: Annotated[int, Field(ge=0)] | None = None
    cpus: Annotated[int, Field(ge=0)] | None = None
    memory_mib: Annotated[int, Field(ge=0)] | None = None
    disk_gib: Annotated[int, Field(ge=0)] | None = None
    snapshots: Annotated[int, Field(ge=0)] | None = None
    hours: Annotated[int, Field(ge=0)] | None = None


class Approvals(Data):
    """`by_other`: nobody approves their own plan."""

    accept: Annotated[tuple[Kind, ...], Field(strict=False)] = ("terminal", "flag", "web")
    valid_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    by_other: bool = False


class Trash(Data):
    """`grace_hours` 0: what is deleted is gone at once. `budget_gib` is of virtual disk sizes per user."""

    grace_hours: Annotated[int, Field(ge=0, le=8_760)] = 72
    budget_gib: Annotated[int, Field(ge=0)] = 200


class Role(Data):
    """One role. Names are patterns (`web-*`); of its limits and the settings `quota_*` the smaller count."""

    templates: Patterns = ("*",)
    images: Patterns = ("*",)
    networks: Patterns = ("*",)
    pools: Patterns = ("*",)
    hosts: Patterns = ("*",)
    #: VMs that may be neither deleted nor reverted nor purged.
    protected: Patterns = ()
    needs: Needs = Needs()
    limits: Limits = Limits()
    approvals: Approvals = Approvals()
    trash: Trash = Trash()
    #: What becomes of machines that a failed run made.
    on_failure: Literal["keep", "undo"] = "keep"


class Policy(Data):
    """Everything of `policy.toml`. Who is in no role has the role `default`."""

    version: Literal[1] = 1
    roles: dict[str, Role] = Field(default_factory=lambda: {"default": Role()})
    users: dict[str, str] = Field(default_factory=dict)

    def role(self, user: str) -> Role:
        name = self.users.get(user, "default")
        return self.roles.get(name) or Role()


class Decision(Data):
    """What has to happen before a plan may run; `because` are the text codes of that need."""

    need: Need
    because: Annotated[tuple[str, ...], Field(strict=False)] = ()


def allowed(patterns: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def decide(role: Role, plan: Plan, _now: datetime) -> tuple[Decision, list[Problem]]:
    """What this plan needs, and everything for which it is refused (then nothing else counts)."""
    problems = _protected(role, plan)
    need = _need(role.needs, plan.risk)
    because = [f"risk_{plan.risk}"] if need == "approval" else []
    if plan.taint and need != "refused":
        need, because = "approval", [*because, "taint"]
    if need == "refused":
        problems.append(Problem("", "policy_refused", {"risk": plan.risk}))
    return Decision(need="refused" if problems else need, because=tuple(because)), problems


def _need(needs: Needs, risk: Risk) -> Need:
    found: dict[str, Need] = {
        "start": needs.start,
        "change": needs.change,
        "destroy": needs.destroy,
    }
    return found.get(risk, "nothing")


def _protected(role: Role, plan: Plan) -> list[Problem]:
    doomed = [c.name for c in plan.changes if c.action in ("delete", "revert", "purge")]
    return [
        Problem("", "policy_protected", {"value": name})
        for name in doomed
        if allowed(role.protected, name)
    ]
