"""What an assistant wants done: a plan, what policy says to it, and a run where that lets it through.

An assistant never agrees to anything by itself. Where policy counts its word (`accept = ["assistant"]`), it
counts for a plan that it was shown, by its digest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Literal, NamedTuple

from fuyajo.domain.backups import Backup
from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Conflict, Problem, Refused, shown
from fuyajo.domain.machine import Machine
from fuyajo.domain.ours import missing
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision, allowed
from fuyajo.domain.suggestion import Suggestion
from fuyajo.service import approving, drifting, following, planning, submitting, trashing
from fuyajo.service.backups import shelf_of
from fuyajo.service.context import Actor
from fuyajo.service.drifting import Report
from fuyajo.service.machines import get_vm, list_vms, one_of
from fuyajo.service.policing import decision_on, role_of
from fuyajo.service.runs import events, list_runs
from fuyajo.service.snapshots import Chosen, Tree, list_snapshots
from fuyajo.store.jobs import Job

Standing = Literal["nothing", "planned", "waits", "queued"]
MOST_EVENTS = 2000  # of one run
#: How long who has read what a guest wrote is taken to act on it.
TAINT_FOR = timedelta(hours=1)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Step(NamedTuple):
    """`nothing`: it is so already; `planned`: that was all; `waits`: for a person; `queued`: as `job`."""

    plan: Plan
    decision: Decision
    standing: Standing
    job: Job | None = None


class Wish(NamedTuple):
    """`applies`: a run may come of it; `taint`: what a guest wrote was read before it was said."""

    applies: bool = False
    taint: bool = False


class Lines(NamedTuple):
    """Events of one run from the one behind `after` on; `more` where that is not all."""

    run: str
    events: tuple[dict[str, Any], ...]
    more: bool


def named(actor: Actor, said: str) -> Machine:
    """A machine that this actor sees, by its name or its UUID. Any other looks exactly like none."""
    if not _UUID.fullmatch(said):
        return get_vm(actor, said)
    for machine in list_vms(actor):
        if machine.uuid == said.lower():
            return machine
    raise missing("vm", said)


def with_snapshots(actor: Actor, said: str) -> Machine:
    """The same, with its snapshots read."""
    machine = named(actor, said)
    host = planning.look(actor, frozenset({machine.name}))
    return one_of(host, actor.user, machine.name)


def restore_points(actor: Actor, said: str) -> tuple[Machine, list[Backup]]:
    """The same with its own backups; where several hypervisors keep theirs, none are known."""
    machine = with_snapshots(actor, said)
    if actor.settings.several:
        return machine, []
    found = shelf_of(actor, actor.user, machine.name).get(machine.name, ())
    return machine, [one for one in found if one.uuid == machine.uuid]


def operate(actor: Actor, op: str, said: str, wish: Wish, **more: Any) -> Step:
    """One operation on one machine."""
    wanted = {key: value for key, value in more.items() if value is not None}
    operation = {"op": op, "vm": named(actor, said).name, **wanted}
    return _attempt(actor, _plan(actor, {"operations": [operation]}, op, wish), wish)


def restore(actor: Actor, said: str, wish: Wish, *, start: bool = False) -> Step:
    """A machine back from the trash, by the name that it had or its UUID."""
    plan = trashing.plan_restore(actor, (said,), start=start, taint=wish.taint)
    return _attempt(actor, plan, wish)


def trees(
    actor: Actor, said: tuple[str, ...], environment: str | None, tag: str | None
) -> list[Tree]:
    """Snapshots of these machines and groups, of all that have any where nothing is said; by name."""
    names = tuple(named(actor, one).name for one in said)
    found = list_snapshots(actor, Chosen(names, environment, tag))
    return sorted(found, key=lambda one: one.vm)


def suggested(actor: Actor, said: str | None) -> list[Suggestion]:
    """What might be done with own machines, or with that one."""
    from fuyajo.service.suggesting import suggestions  # what is measured is seldom asked for

    return suggestions(actor, (_by_name(actor, said),) if said is not None else ())


def drifted(actor: Actor, said: str | None) -> Report:
    """What was changed of own machines, or of that one, beside Fuyajo."""
    return drifting.drift(actor, (_by_name(actor, said),) if said is not None else ())


def _by_name(actor: Actor, said: str) -> str:
    """A machine that is gone has a name still, and no UUID that anybody could look up."""
    return named(actor, said).name if _UUID.fullmatch(said) else said


def create(actor: Actor, wanted: Mapping[str, Any], wish: Wish) -> Step:
    """Machines that are to be there. Raises `Conflict` where one of that name is there and is another one."""
    plan = _plan(actor, {"vms": [dict(wanted)]}, "create", wish, additive=True)
    return _attempt(actor, plan, wish)


def draft(actor: Actor, request: Mapping[str, Any], wish: Wish) -> Step:
    """A plan of any request, and what it needs; nothing happens."""
    return _attempt(actor, _plan(actor, dict(request), "plan", wish), Wish(taint=wish.taint))


def carry_out(actor: Actor, plan_id: str, digest: str) -> Step:
    """A run of the plan with that digest; of one that was carried out, that run.

    Raises `Conflict` for another digest, for a plan that expired or does not fit the host any more.
    """
    plan = actor.plans.load(actor.user, plan_id)
    if digest != plan.digest:
        raise Conflict(Problem("digest", "assistant_digest", {"value": plan.id}))
    decision, _ = decision_on(actor, plan)
    if plan.nothing_to_do:
        return Step(plan, decision, "nothing")
    for job in actor.jobs.of(actor.user):
        if job.plan == plan_id and not job.check:
            return Step(plan, decision, "queued", job)
    approving.check_open(actor, plan)
    return _attempt(actor, plan, Wish(applies=True), agrees=True)


def takes_answer(actor: Actor, plan: Plan, client: str) -> bool:
    """Whether it counts what a person says to a question of that client. `client` is its own word."""
    role = role_of(actor, plan.owner)
    if "elicitation" not in approving.accepted(plan, role):
        return False
    named = allowed(role.approvals.elicitation_clients, client)
    return named and approving.may(actor, plan, role, actor.user)


def agreed(actor: Actor, plan_id: str, digest: str, client: str) -> Step:
    """A person said yes to a question of that client about this plan. Raises as `approve` and `carry_out`."""
    plan = actor.plans.load(actor.user, plan_id)
    if digest != plan.digest:
        raise Conflict(Problem("digest", "assistant_digest", {"value": plan.id}))
    if not takes_answer(actor, plan, client):
        raise Refused(Problem("", "consent_kind", {"kind": "elicitation", "plan": plan.id}))
    consent = Consent(actor.user, "elicitation", actor.door)
    approving.approve(actor, plan, consent, f"client: {shown(client, 64)}")
    return carry_out(actor, plan_id, digest)


def waiting(actor: Actor, plan_id: str) -> Step:
    """A plan that somebody did not agree to, as it stands."""
    plan = actor.plans.load(actor.user, plan_id)
    return Step(plan, decision_on(actor, plan)[0], "waits")


def _plan(
    actor: Actor, data: dict[str, Any], what: str, wish: Wish, *, additive: bool = False
) -> Plan:
    """Saved, unless it is not what was meant."""
    config = parse_config(data)
    plan, _, _ = planning.of_config(actor, config, f"assistant {what}", taint=wish.taint)
    for change in plan.changes if additive else ():
        if change.action not in ("create", "noop"):
            raise Conflict(Problem("name", "assistant_there", {"value": change.name}))
    actor.plans.save(plan)
    return plan


def _attempt(actor: Actor, plan: Plan, wish: Wish, *, agrees: bool = False) -> Step:
    decision, problems = decision_on(actor, plan)
    if plan.nothing_to_do:
        return Step(plan, decision, "nothing")
    if not wish.applies:
        return Step(plan, decision, "planned")
    approving.refuse_rejected(actor, plan)
    if problems:
        raise Refused(problems)
    role = role_of(actor, plan.owner)
    waits = decision.need == "approval" and approving.standing(actor, plan, role) is None
    if waits and not (agrees and "assistant" in approving.accepted(plan, role)):
        return Step(plan, decision, "waits")
    job = submitting.submit(actor, plan.id, "assistant" if waits else None)
    return Step(plan, decision, "queued", job)


def stop(actor: Actor, run_id: str) -> following.Seen:
    """Ask for the end of a run; one that is over stays as it is."""
    found = following.seen(actor, run_id)
    return found if found.over else following.cancel(actor, run_id)


def lines_about(actor: Actor, said: str, run_id: str | None, after: int, most: int) -> Lines | None:
    """What runs of this actor said about a machine: that run, or the newest. None where there is none."""
    machine = named(actor, said)
    records = [one for one in list_runs(actor) if machine.name in one.vms]
    found = next((one for one in records if run_id in (None, one.id)), None)
    if found is None and run_id is not None:
        raise missing("run", run_id)
    if found is None:
        return None
    behind = (event for event in events(actor, found.id) if int(event.get("seq", 0)) > after)
    told = tuple(islice(behind, min(most, MOST_EVENTS) + 1))
    return Lines(found.id, told[:most], len(told) > most)
