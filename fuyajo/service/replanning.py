"""`plan --again`: the same request as an earlier plan, against the host as it is now."""

from __future__ import annotations

from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.request import Reply
from fuyajo.domain.spec import Spec
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.planning import Draft, Planned
from fuyajo.service.policing import decision_on


def again(actor: Actor, plan_id: str) -> Planned:
    """A fresh plan of the same spec, saved; the old one stays as it was. Raises as planning does.

    What tainted the old one taints this one. What "it" was taken for is not said again: the machine of that
    name may be another one by now.
    """
    old = actor.plans.load(actor.user, plan_id)
    draft = Draft(actor, planning.look(actor, old.spec.snapshots_of), taint=old.taint)
    if problems := draft.spec_problems(_asked_for(old.spec)):
        raise InvalidInput(problems)
    plan = draft.plan(f"{actor.door}: again {old.id}", (), old.planner, old.conversation)
    actor.plans.save(plan)
    reply = Reply(type="config", message="")
    return Planned(reply, plan, "again", old.planner, decision=decision_on(actor, plan)[0])


def _asked_for(spec: Spec) -> Spec:
    """Without what the trash had to give up for the deletions of then: the trash of now is looked at anew."""
    if not spec.kept:
        return spec
    operations = tuple(o for o in spec.operations if o.op != "purge")
    return spec.model_copy(update={"operations": operations, "kept": {}})
