"""Policy: what a user may use and what each kind of plan needs. Values only; `ruling.py` decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from fuyajo.domain.consent import Kind
from fuyajo.domain.context import Quota
from fuyajo.domain.hours import Days, Minute, Zone, checked_days
from fuyajo.domain.plan import Risk
from fuyajo.domain.request import Strict
from fuyajo.domain.sizes import total_disk, total_memory

Need = Literal["nothing", "approval", "refused"]
Patterns = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=128)], ...], Field(strict=False)
]
Kinds = Annotated[tuple[Kind, ...], Field(strict=False, min_length=1)]
Risks = Annotated[tuple[Risk, ...], Field(strict=False, min_length=1)]
DEFAULT_ROLE = "default"
GROUP = "@"


class Data(Strict):
    """Sizes have their friendlier names in the file; in Python both names are taken."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, populate_by_name=True, defer_build=True
    )


class Needs(Data):
    """What a plan of each risk needs before it runs."""

    start: Need = "nothing"
    change: Need = "nothing"
    destroy: Need = "approval"


class Limits(Data):
    """In total per user; None: no limit. Memory MiB, disk GiB; running hours in a calendar month (UTC)."""

    vms: Annotated[int, Field(ge=0)] | None = None
    cpus: Annotated[int, Field(ge=0)] | None = None
    memory_mib: Annotated[int, BeforeValidator(total_memory)] | None = Field(
        default=None, validation_alias="memory"
    )
    disk_gib: Annotated[int, BeforeValidator(total_disk)] | None = Field(
        default=None, validation_alias="disk"
    )
    snapshots: Annotated[int, Field(ge=0)] | None = None
    hours: Annotated[int, Field(ge=0)] | None = None

    @property
    def quota(self) -> Quota:
        return Quota(self.vms, self.cpus, self.memory_mib, self.disk_gib)


class Approvals(Data):
    """`by_other`: nobody approves their own plan.

    `elicitation_clients` are names of assistants' clients, as they call themselves, whose users may answer.
    `schedule`: what somebody said once, when they added it, of the copies that its pattern keeps no longer.
    """

    accept: Kinds = ("terminal", "flag", "web", "schedule")
    elicitation_clients: Patterns = ()
    valid_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    by_other: bool = False


class Trash(Data):
    """`grace_hours` 0: what is deleted is gone at once. `budget_gib` is of virtual disk sizes per user."""

    grace_hours: Annotated[int, Field(ge=0, le=8_760)] = 72
    budget_gib: Annotated[int, Field(ge=0)] = 200


class Hours(Data):
    """Working hours, and what plans of these risks need outside of them.

    `begin` and `end` are minutes of a day on the clock of `zone`; an end that is not after its beginning lies
    on the next day.
    """

    days: Annotated[Days, BeforeValidator(checked_days)] = ("mon", "tue", "wed", "thu", "fri")
    begin: Minute = Field(default=0, validation_alias="from")
    end: Minute = Field(default=24 * 60, validation_alias="to")
    zone: Zone = "UTC"
    risks: Risks = ("change", "destroy")
    outside: Literal["approval", "refused"] = "approval"


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
    hours: Hours | None = None
    approvals: Approvals = Approvals()
    #: Whose plans this role may approve and reject, besides its own.
    approves: Patterns = ()
    #: Which rows of the audit it sees.
    audit: Literal["own", "all"] = "own"
    trash: Trash = Trash()
    #: What becomes of machines that a failed run made.
    on_failure: Literal["keep", "undo"] = "keep"


class Policy(Data):
    """Everything of `policy.toml`. Who is in no role has the role `default`.

    `users` maps names, and groups of the operating system (`@wheel`), to roles.
    """

    version: Literal[1] = 1
    roles: dict[str, Role] = Field(default_factory=lambda: {DEFAULT_ROLE: Role()})
    users: dict[str, str] = Field(default_factory=dict)

    def role_name(self, user: str, groups: Collection[str]) -> str:
        """By the user's own name, else by the first group of theirs in the file's order."""
        own = self.users.get(user)
        if own is not None:
            return own
        return next(
            (
                role
                for who, role in self.users.items()
                if who.startswith(GROUP) and who.removeprefix(GROUP) in groups
            ),
            DEFAULT_ROLE,
        )

    def role(self, user: str, groups: Collection[str]) -> Role:
        return self.roles.get(self.role_name(user, groups)) or Role()

    @property
    def names_groups(self) -> bool:
        return any(who.startswith(GROUP) for who in self.users)


class Decision(Data):
    """What has to happen before a plan may run; `because` are the text codes of that need."""

    need: Need
    because: Annotated[tuple[str, ...], Field(strict=False)] = ()


def allowed(patterns: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def smaller(one: Quota, other: Quota) -> Quota:
    """Of two limits the smaller counts, each by itself."""
    return Quota(
        **{
            key: min(said)
            for key in ("vms", "cpus", "memory_mib", "disk_gib")
            if (said := [v for v in (getattr(one, key), getattr(other, key)) if v is not None])
        }
    )
