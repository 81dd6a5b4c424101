"""Any request: the plan survives its file, every change of that file is found, its options are accepted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import snapshot_want as _want
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import VM_STATES
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_snapshot import snapshot_spec
from ansible_collections.fuyajo.libvirt.plugins.modules import stack
from hypothesis import given, settings
from hypothesis import strategies as st

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import NotFound
from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan, cost_of, plan_digest, risk_of
from fuyajo.domain.planning import changes_of, fingerprint
from fuyajo.domain.spec import SNAPSHOT_OPS, normalise
from fuyajo.engine.render import BaseImage, Surroundings, run_document
from fuyajo.service import demo
from fuyajo.service.context import Actor, Settings
from fuyajo.store.home import Home
from fuyajo.store.plans import PlanStore

FACTS = HostFacts("qemu:///system", 1 << 30, images=frozenset({"debian-12"}))
AROUND = Surroundings(
    uri="qemu:///system",
    pool="fuyajo",
    pool_path=Path("/var/lib/pool"),
    public_key="ssh-ed25519 AAAA fuyajo",
    private_key=Path("/keys/id"),
    known_hosts=Path("/keys/known_hosts"),
    images=(BaseImage("debian-12", Path("/images/d.qcow2"), "0" * 64),),
    accelerator="tcg",
)
MARKS = "{}#%"
TEXTS = st.text(
    st.characters(exclude_characters=MARKS, exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn"]),
    max_size=40,
)
CPUS = st.integers(1, 64)
MEMORY = st.one_of(st.integers(256, 4096), st.integers(1, 8).map(lambda n: f"{n}GiB"))
DISK = st.one_of(st.integers(10, 100), st.integers(10, 100).map(lambda n: f"{n} GB"))
OPERATIONS = ("start", "stop", "restart", "delete", "snapshot", "revert", "delete-snapshot")
NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


def optional(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=values)


@st.composite
def machines(draw: st.DrawFn, name: str) -> dict[str, Any]:
    template = TEMPLATES[draw(st.sampled_from(sorted(TEMPLATES)))]
    said = draw(
        optional(
            cpus=CPUS,
            memory=MEMORY,
            disk=DISK,
            count=st.integers(1, 3),
            state=st.sampled_from(["running", "stopped", "absent"]),
            vars=optional(**dict.fromkeys(template.variables, TEXTS)),
        )
    )
    return {"name": name, "template": template.name, **said}


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(
        st.lists(st.from_regex(r"\A[a-z][a-z0-9]{0,9}\Z"), min_size=1, max_size=4, unique=True)
    )
    request: dict[str, Any] = {"vms": [draw(machines(name)) for name in names]}
    for place, vm in enumerate(request["vms"]):
        # Only after what stands above and runs: everything else is refused, see test_order.py.
        above = [
            v["name"] for v in request["vms"][:place] if v.get("state", "running") == "running"
        ]
        if above and draw(st.booleans()):
            vm["after"] = draw(st.lists(st.sampled_from(above), unique=True, max_size=2))
        vm["ready"] = draw(st.sampled_from(["running", "configured"]))
    if draw(st.booleans()):
        request["networks"] = [{"name": "back", "cidr": "10.9.0.0/24"}]
        request["vms"][0]["network"] = "back"
    operations: list[dict[str, Any]] = [
        {"op": op, "vm": f"there-{op}", **draw(snapshot_names(op))}
        for op in draw(st.lists(st.sampled_from(OPERATIONS), unique=True, max_size=7))
    ]
    sizes = draw(optional(cpus=CPUS, memory=MEMORY, disk=st.integers(10, 100)))
    if sizes:
        operations.append({"op": "resize", "vm": "there-resize", **sizes})
    return {**request, "operations": operations}


def snapshot_names(op: str) -> st.SearchStrategy[dict[str, Any]]:
    known = st.sampled_from(["first", "second"])
    names = {"snapshot": st.one_of(known, st.just("third")), "revert": known}
    if op == "delete-snapshot":
        return st.fixed_dictionaries({"snapshot": known})
    if op == "restart":
        return optional(force=st.booleans())
    return optional(snapshot=names[op]) if op in names else st.just({})


def there(name: str, state: str) -> Machine:
    before = tuple(
        Snapshot(n, f"2026-11-2{i}T10:00:00Z") for i, n in enumerate(["first", "second"])
    )
    more: dict[str, Any] = {"owner": "mika", "template": "web-server", "snapshots": before}
    return Machine(name, str(uuid5(NAMESPACE_DNS, name)), state, 1, 1024, 10, **more)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    spec = normalise(parse_config(draw(requests())), moment=NOW)
    state = st.sampled_from(["running", "stopped"])
    names = [f"there-{op}" for op in (*OPERATIONS, "resize")]
    host = HostView(FACTS, {name: there(name, draw(state)) for name in names})
    changes, problems = changes_of(spec, host, "mika")
    assert problems == []
    plan = Plan(
        id="p-0123abcd",
        owner="mika",
        created=NOW,
        expires=NOW + timedelta(hours=1),
        digest="",
        fingerprint=fingerprint(spec, host),
        risk=risk_of(changes),
        cost=cost_of(changes),
        spec=spec,
        changes=changes,
        reason="test",
    )
    return plan.model_copy(update={"digest": plan_digest(plan)})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PlanStore:
    return PlanStore(Home(tmp_path_factory.mktemp("home")))


@given(plans())
@settings(max_examples=60)
def test_a_plan_survives_its_file(store: PlanStore, plan: Plan) -> None:
    store.save(plan)
    assert store.load("mika", plan.id) == plan


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [found for key in value for found in leaves(value[key], (*path, key))]
    if isinstance(value, list) and value:
        return [found for n, item in enumerate(value) for found in leaves(item, (*path, n))]
    return [path]


@given(plans(), st.data())
@settings(max_examples=100)
def test_every_change_of_the_file_is_found(store: PlanStore, plan: Plan, data: Any) -> None:
    store.save(plan)
    file = store.home.plans("mika") / f"{plan.id}.json"
    raw = json.loads(file.read_text())
    *way, last = data.draw(st.sampled_from(leaves(raw)))
    inner = raw
    for step in way:
        inner = inner[step]
    was = inner[last]
    inner[last] = data.draw(
        st.one_of(st.none(), st.booleans(), st.integers(), TEXTS, st.just("destroy")).filter(
            # JSON has one truth and one number more than Python compares apart.
            lambda value: json.dumps(value) != json.dumps(was) and [value] != [was]
        )
    )
    file.write_text(json.dumps(raw))
    with pytest.raises(NotFound):
        store.load("mika", plan.id)


def stack_spec() -> dict[str, Any]:
    """The argument spec that the module hands to Ansible."""
    caught: list[dict[str, Any]] = []

    class Caught(Exception):
        pass

    def catch(argument_spec: dict[str, Any], **_: Any) -> None:
        caught.append(argument_spec)
        raise Caught

    before = stack.AnsibleModule
    stack.AnsibleModule = catch
    try:
        with pytest.raises(Caught):
            stack.main()
    finally:
        stack.AnsibleModule = before
    return caught[0]


@given(plans())
@settings(max_examples=100)
def test_the_module_accepts_what_is_rendered(plan: Plan) -> None:
    document = run_document(plan, "r-1", AROUND)
    options = json.loads(json.dumps(document))["stack"]
    result = ArgumentSpecValidator(stack_spec()).validate(options)
    assert result.error_messages == []
    assert result.unsupported_parameters == set()
    assert {vm["state"] for vm in options["vms"]} <= set(VM_STATES)
    # Deleting a machine has always meant its disks as well.
    assert all(
        vm.get("remove_storage", False) == (vm["state"] == "absent") for vm in options["vms"]
    )
    about = {o.vm: o.op for o in plan.spec.operations if o.op in SNAPSHOT_OPS}
    named = [change.name for change in plan.changes if change.object == "vm"]
    assert [vm["name"] for vm in options["vms"]] == [name for name in named if name not in about]
    for key, op in zip(("snapshots", "reverts", "snapshot_deletions"), SNAPSHOT_OPS, strict=True):
        assert [item["vm"] for item in document[key]] == [n for n in named if about.get(n) == op]


@given(plans())
@settings(max_examples=100)
def test_who_comes_later_is_made_first_and_started_in_turn(plan: Plan) -> None:
    document = json.loads(json.dumps(run_document(plan, "r-1", AROUND)))
    guests = document["guests"]
    turns = [(g["wave"], g["round"]) for g in guests]
    assert turns == sorted(turns), "batches are cut from this order"
    assert sorted({wave for wave, _ in turns}) == list(range(len({wave for wave, _ in turns})))
    held = {g["name"] for g in guests if g["held"]}
    assert held <= {g["name"] for g, turn in zip(guests, turns, strict=True) if turn > (0, 0)}
    assert ("first" in document) == bool(held)
    rounds = max((round_ for _, round_ in turns), default=0)
    waits = any(g["after"] for g in guests)
    assert document.get("turns") == (list(range(rounds + 1)) if waits else None)
    whole = document["stack"]["vms"]
    for now, later in zip(document.get("first", whole), whole, strict=True):
        kept = {**later, "state": "present"} if later["name"] in held else later
        assert now == kept
        assert later["name"] not in held or later["state"] == "started"
    options = {**document["stack"], "vms": document.get("first", whole)}
    assert ArgumentSpecValidator(stack_spec()).validate(options).error_messages == []


@given(plans())
@settings(max_examples=50)
def test_the_snapshot_module_accepts_what_is_rendered(plan: Plan) -> None:
    document = json.loads(json.dumps(run_document(plan, "r-1", AROUND)))
    states = {"snapshots": "present", "reverts": "reverted", "snapshot_deletions": "absent"}
    for key, state in states.items():
        for item in document[key]:
            result = ArgumentSpecValidator(snapshot_spec()).validate({**item, "state": state})
            assert result.error_messages == []
            check = Checker()
            _want.parse_snapshot(check, "it", result.validated_parameters)
            assert check.problems == []


@given(plans())
@settings(max_examples=30)
def test_rendering_is_steady_and_cost_adds_up(plan: Plan) -> None:
    assert run_document(plan, "r", AROUND) == run_document(plan, "r", AROUND)
    created = [c for c in plan.changes if c.object == "vm" and c.action == "create"]
    deleted = [c for c in plan.changes if c.action == "delete"]
    assert plan.cost["vms"] == len(created) - len(deleted)
    lost = deleted + [c for c in plan.changes if c.action in ("revert", "delete-snapshot")]
    cut = {o.vm for o in plan.spec.operations if o.force}
    lost += [c for c in plan.changes if c.action == "restart" and c.name in cut]
    assert (plan.risk == "destroy") == bool(lost)
    assert [c for c in plan.changes if c.irreversible] == [c for c in plan.changes if c in lost]


@pytest.mark.parametrize("pool", [True, False])
def test_the_module_accepts_what_the_demo_removes(tmp_path: Path, pool: bool) -> None:
    settings_ = Settings(tmp_path, "qemu:///system", "fuyajo", Path("/var/lib/pool"))
    noted = demo.Made(images=("debian-12",), bases={"debian-12": "0" * 64}, pool=pool)
    document = demo._removal_document(Actor("mika", settings_), noted, "r-1")
    result = ArgumentSpecValidator(stack_spec()).validate(document["stack"])
    assert result.error_messages == []
