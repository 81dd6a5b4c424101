"""A saved plan as it stands now: whether it still can run, what speaks against it, and who may say what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from fuyajo.domain.consent import Kind
from fuyajo.domain.errors import FuyajoError, NotFound, Problem, Refused, shown
from fuyajo.domain.jobs import OVER
from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision, Role
from fuyajo.domain.quota import KEYS, used
from fuyajo.domain.ruling import to_type
from fuyajo.service import approving, following, hosting, planning
from fuyajo.service.context import Actor
from fuyajo.service.policing import decision_on, quota_of, role_of
from fuyajo.service.staleness import differences, is_stale
from fuyajo.store.approvals import Approval
from fuyajo.views.inert import inert

#: `unseen`: the host does not answer, so nobody knows. `running` and `failed` are of the run that took it.
State = Literal[
    "open", "nothing", "refused", "stale", "unseen", "expired", "rejected", "running", "done", "failed"
]  # fmt: skip
#: Nothing was done with it, and it could be said that nothing ever is.
UNDECIDED: frozenset[State] = frozenset({"open", "nothing", "refused", "stale", "unseen"})
PERSON: Kind = "web"


class Room(NamedTuple):
    """One limit of the account that a plan counts on: used now, and after it. MiB and GiB."""

    key: str
    limit: int
    used: int
    after: int


@dataclass(frozen=True)
class Review:
    """`asks`: a yes is missing. `barred`: why that of the one who looks would not do: policy takes none of
    a page (`door`), or wants somebody else's (`other`).

    `problems` say why it cannot run now; `approval` is a good one that waits for its run, `verdict` the one
    that ended it. What is over has no approval: nobody asks policy about it any more.
    """

    plan: Plan
    state: State
    mine: bool
    decision: Decision | None = None
    problems: tuple[Problem, ...] = ()
    run: str | None = None
    approval: Approval | None = None
    verdict: Approval | None = None
    asks: bool = False
    barred: Literal["", "door", "other"] = ""
    room: tuple[Room, ...] = ()

    def stands(self, *states: State) -> bool:
        """Whether it is in one of these."""
        return self.state in states

    @property
    def may_move(self) -> bool:
        """Whether somebody else, or the host, may still change how it stands."""
        return self.state in UNDECIDED or self.state == "running"

    @property
    def may_apply(self) -> bool:
        return self.mine and self.state == "open" and not (self.asks and self.barred)

    @property
    def may_approve(self) -> bool:
        return not self.mine and self.state == "open" and self.asks and not self.barred

    @property
    def may_reject(self) -> bool:
        return self.state in UNDECIDED

    @property
    def may_renew(self) -> bool:
        return self.mine and self.state in ("stale", "expired", "rejected", "done")

    @property
    def may_continue(self) -> bool:
        """A run left something undone: what is left makes a plan of its own."""
        return self.mine and self.state == "failed"

    @property
    def to_type(self) -> str | None:
        """What somebody types who agrees. Nobody is asked for what somebody else agreed to."""
        return to_type(self.plan) if self.approval is None else None

    def check_typed(self, typed: str) -> None:
        """Raises `Refused` unless the name that was typed is the one that has to be.

        What nobody can see is compared as it is shown: a page prints names without such characters.
        """
        name = self.to_type
        if name is not None and inert(typed.strip()) != inert(name.strip()):
            raise Refused(Problem("", "plan_unnamed", {"value": shown(name)}))


@dataclass
class Looks:
    """The hosts and the queue as they are now, each looked at once, however many plans are reviewed."""

    actor: Actor
    _queued: dict[str, dict[str | None, str]] = field(default_factory=dict)
    _seen: dict[tuple[str | None, frozenset[str]], HostView | FuyajoError] = field(
        default_factory=dict
    )

    def at(self, plan: Plan) -> HostView:
        """Raises what looking raises, again for every plan."""
        key = (plan.host, plan.spec.snapshots_of)
        if key not in self._seen:
            try:
                self._seen[key] = planning.look(hosting.at(self.actor, plan), key[1])
            except FuyajoError as error:
                self._seen[key] = error
        found = self._seen[key]
        if isinstance(found, FuyajoError):
            raise found
        return found

    def queued(self, plan: Plan) -> str | None:
        """The run that is about to take this plan."""
        if plan.owner not in self._queued:
            jobs = self.actor.jobs.of(plan.owner, ("queued", "starting", "running"))
            self._queued[plan.owner] = {job.plan: job.run for job in jobs if not job.check}
        return self._queued[plan.owner].get(plan.id)


def review(actor: Actor, plan: Plan, looks: Looks | None = None) -> Review:
    """How a plan that this actor may look at stands. Changes nothing."""
    looks = looks or Looks(actor)
    found = _over(actor, Review(plan, "open", plan.owner == actor.user), looks)
    if found.state != "open":
        return found
    if plan.nothing_to_do:
        return replace(found, state="nothing")
    role = role_of(actor, plan.owner)
    decision, refusals = decision_on(actor, plan)
    approval = approving.standing(actor, plan, role)
    found = replace(
        found,
        decision=decision,
        approval=approval,
        asks=decision.need == "approval" and approval is None,
        barred=_barred(actor, plan, role),
    )
    return _held(actor, found, refusals, looks)


def _barred(actor: Actor, plan: Plan, role: Role) -> Literal["", "door", "other"]:
    if not approving.may(actor, plan, role, actor.user):
        return "other"
    return "" if PERSON in approving.accepted(plan, role) else "door"


def _over(actor: Actor, found: Review, looks: Looks) -> Review:
    """What was done with it, or that its time is over."""
    plan = found.plan
    taken = actor.plans.taken_by(plan)
    if taken is not None:
        return _taken(replace(actor, user=plan.owner), replace(found, run=taken))
    queued = looks.queued(plan)
    if queued is not None:
        return replace(found, state="running", run=queued)
    try:
        approving.check_open(actor, plan)
    except FuyajoError as error:
        if datetime.now(UTC) > plan.expires:
            return replace(found, state="expired", problems=error.problems)
        verdict = approving.rejected(actor, plan)
        return replace(found, state="rejected", problems=error.problems, verdict=verdict)
    return found


def _taken(owner: Actor, found: Review) -> Review:
    try:
        run = following.seen(owner, found.run or "")
    except NotFound:
        return replace(found, state="failed")
    if run.status not in OVER:
        return replace(found, state="running")
    return replace(found, state="done" if run.status == "successful" else "failed")


def _held(actor: Actor, found: Review, refusals: tuple[Problem, ...], looks: Looks) -> Review:
    """Against the host: what moved, and what the quota would be."""
    plan = found.plan
    if actor.settings.several and plan.host is None:
        hostless = Problem("", "plan_hostless", {"value": plan.id})
        return replace(found, state="stale", problems=(hostless,))
    try:
        host = looks.at(plan)
    except FuyajoError as error:
        return replace(found, state="unseen", problems=error.problems)
    if is_stale(plan, host):
        return replace(found, state="stale", problems=tuple(differences(plan, host)))
    found = replace(found, room=_room(actor, plan, host))
    return replace(found, state="refused", problems=refusals) if refusals else found


def _room(actor: Actor, plan: Plan, host: HostView) -> tuple[Room, ...]:
    limits, taken = quota_of(actor, plan.account), used(host.account(plan.account).values())
    return tuple(
        Room(key, limit, taken[key], taken[key] + plan.cost.get(key, 0))
        for key in KEYS
        if (limit := getattr(limits, key)) is not None
    )
