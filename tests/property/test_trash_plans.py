"""Any request: each machine that it removes goes one way, and the trash module accepts what is rendered."""

from __future__ import annotations

import json
from uuid import NAMESPACE_DNS, uuid5

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_want as _want
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_trash import trash_spec
from hypothesis import given, settings
from hypothesis import strategies as st

from fuyajo.domain.machine import HostView, Machine, Trashed
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.planning import changes_of
from fuyajo.domain.policy import Trash
from fuyajo.domain.spec import OperationSpec
from fuyajo.domain.trash import settled, trash_name
from fuyajo.engine.render import run_document
from tests.property.test_plans import AROUND, FACTS, NOW, OPERATIONS, plans, there

IN_TRASH = ("old", "older", "oldest")
#: What cannot be undone whatever it is about; a `delete` only where it does not go into the trash.
LOST = ("revert", "purge", "delete-snapshot")


def kept(name: str) -> Machine:
    uuid = str(uuid5(NAMESPACE_DNS, name))
    mark = Trashed(f"was-{name}", f"2026-11-{len(name):02}T10:00:00Z", "2026-11-26T10:00:00Z")
    return Machine(trash_name(uuid), uuid, "stopped", 1, 1024, 10, owner="mika", trashed=mark)


@st.composite
def trashing(draw: st.DrawFn) -> Plan:
    """A plan that deletes into the trash, and takes some of it out again."""
    plan = draw(plans())
    inside = {name: kept(name) for name in IN_TRASH}
    here = [there(f"there-{op}", "running") for op in (*OPERATIONS, "resize")]
    # Some of what is wished away exists.
    here += [
        there(vm.name, draw(st.sampled_from(["running", "unfinished"])))
        for vm in plan.spec.vms
        if vm.state == "absent"
    ]
    host = HostView(FACTS, {m.name: m for m in (*here, *inside.values())})
    taken = draw(st.dictionaries(st.sampled_from(IN_TRASH), st.sampled_from(["recover", "purge"])))
    state = draw(st.sampled_from(["running", None]))
    out = [
        OperationSpec.model_validate(
            {"op": op, "vm": f"was-{name}", "uuid": inside[name].uuid}
            | ({"power": state} if op == "recover" else {})
        )
        for name, op in taken.items()
    ]
    wish = plan.spec.model_copy(update={"operations": (*plan.spec.operations, *out)})
    policy = Trash(budget_gib=draw(st.integers(0, 60)), grace_hours=draw(st.integers(0, 2)))
    spec = settled(wish, host, "mika", policy, NOW)
    changes, problems = changes_of(spec, host, "mika")
    assert problems == []
    return plan.model_copy(update={"spec": spec, "changes": changes})


@given(trashing())
@settings(max_examples=80)
def test_each_goes_one_way_and_the_module_accepts_it(plan: Plan) -> None:
    document = json.loads(json.dumps(run_document(plan, "r-1", AROUND)))
    for item in document["trash"]:
        item.pop("name", None)  # the playbook's own
        result = ArgumentSpecValidator(trash_spec()).validate(item)
        assert result.error_messages == []
        check = Checker()
        _want.parse_trash(check, "it", result.validated_parameters)
        assert check.problems == []
    gone = {c.uuid for c in plan.changes if c.action == "delete" and c.uuid and not c.until}
    ended = {vm.get("uuid") for vm in document["stack"]["vms"] if vm["state"] == "absent"}
    assert ended - {None} == gone
    for state, action in (("trashed", "delete"), ("restored", "recover"), ("purged", "purge")):
        entries = [item["uuid"] for item in document["trash"] if item["state"] == state]
        assert len(entries) == len(set(entries))
        assert set(entries) == {c.uuid for c in plan.changes if c.action == action} - gone
    states = [item["state"] for item in document["trash"]]
    assert states == sorted(states, key=["trashed", "restored", "purged"].index)
    names = [vm["name"] for vm in document["stack"]["vms"]]
    assert len(names) == len(set(names))
    lost = [c for c in plan.changes if c.action in LOST or c.uuid in gone or _forced(c)]
    assert [c for c in plan.changes if c.irreversible] == lost


def _forced(change: Change) -> bool:
    """The power is cut: what the guest had not saved is lost."""
    return any(field.path == "force" for field in change.fields)
