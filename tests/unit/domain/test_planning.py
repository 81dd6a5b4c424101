"""Spec × host → changes: the same spec twice is nothing, and only what was said is a difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change, cost_of, risk_of
from fuyajo.domain.planning import changes_of, fingerprint, guest_digest
from fuyajo.domain.spec import Spec, normalise

FACTS = HostFacts("qemu:///system", 32_000, images=frozenset({"debian-12"}))
EMPTY = HostView(FACTS)


def spec(data: dict[str, Any]) -> Spec:
    return normalise(parse_config(data))


def machine(name: str, **more: Any) -> Machine:
    base = Machine(
        name=name,
        uuid=f"uuid-{name}",
        state="running",
        cpus=1,
        memory_mib=1024,
        disk_gib=10,
        owner="mika",
        template="web-server",
        configured="x",
    )
    return replace(base, **more)


def host(*machines: Machine) -> HostView:
    return HostView(FACTS, {m.name: m for m in machines})


def plan(wanted: Spec, found: HostView) -> tuple[tuple[Change, ...], list[str]]:
    changes, problems = changes_of(wanted, found, "mika")
    return changes, [p.code for p in problems]


WEB = {"vms": [{"name": "web", "template": "web-server", "memory": "1GB"}]}


def test_create_takes_defaults_of_the_template() -> None:
    changes, problems = plan(spec(WEB), EMPTY)
    assert problems == []
    (change,) = changes
    assert change.action == "create"
    values = {f.path: f.after for f in change.fields}
    assert values["memory_mib"] == 1024
    assert values["disk_gib"] == TEMPLATES["web-server"].disk_gib
    assert risk_of(changes) == "start"
    assert cost_of(changes) == {"vms": 1, "cpus": 1, "memory_mib": 1024, "disk_gib": 10}


def test_the_same_again_is_nothing() -> None:
    wanted = spec(WEB)
    found = host(machine("web", configured=guest_digest(wanted.vms[0])))
    changes, problems = plan(wanted, found)
    assert (changes[0].action, problems) == ("noop", [])


def test_what_nobody_said_is_never_changed_back() -> None:
    found = host(machine("web", cpus=8, disk_gib=99))
    changes, _ = plan(spec(WEB), found)
    assert changes[0].action == "noop"


def test_a_guest_that_was_never_configured_is_configured() -> None:
    changes, _ = plan(spec(WEB), host(machine("web", configured=None)))
    assert [f.path for f in changes[0].fields] == ["configured"]


def test_other_options_are_a_difference() -> None:
    data = {"vms": [{"name": "web", "template": "web-server", "vars": {"title": "x"}}]}
    changes, _ = plan(spec(data), host(machine("web")))
    assert changes[0].action == "update"


def test_foreign_machines_are_taken_names_and_unknown_targets() -> None:
    foreign = host(machine("web", owner="eve"))
    assert plan(spec(WEB), foreign)[1] == ["name_taken"]
    delete = spec({"operations": [{"op": "delete", "vm": "web"}]})
    assert plan(delete, foreign)[1] == ["unknown_vm"]
    unmanaged = host(machine("web", owner=None))
    assert plan(delete, unmanaged)[1] == ["unknown_vm"]


def test_delete_is_irreversible_and_bound_to_the_uuid() -> None:
    changes, _ = plan(spec({"operations": [{"op": "delete", "vm": "web"}]}), host(machine("web")))
    assert changes[0].irreversible
    assert changes[0].uuid == "uuid-web"
    assert risk_of(changes) == "destroy"
    assert cost_of(changes)["memory_mib"] == -1024


def test_a_leftover_disk_is_neither_taken_over_nor_a_dead_end() -> None:
    left = HostView(FACTS, {}, frozenset({"web"}))
    assert plan(spec(WEB), left)[1] == ["leftover"]
    for wish in (
        {"operations": [{"op": "delete", "vm": "web"}]},
        {"vms": [{"name": "web", "template": "web-server", "state": "absent"}]},
    ):
        changes, problems = plan(spec(wish), left)
        assert ([c.action for c in changes], problems) == (["delete"], [])
        assert risk_of(changes) == "destroy"
    assert plan(spec({"operations": [{"op": "start", "vm": "web"}]}), left)[1] == ["unknown_vm"]
    assert fingerprint(spec(WEB), left) != fingerprint(spec(WEB), EMPTY)


def test_an_unfinished_machine_is_made_anew_or_removed() -> None:
    cut = host(machine("web", state="unfinished", disk_gib=0, template=None, configured=None))
    changes, problems = plan(spec(WEB), cut)
    assert ([c.action for c in changes], problems) == (["create"], [])
    assert changes[0].uuid == "uuid-web", "somebody else may have taken it up since the plan"
    assert {f.path for f in changes[0].fields} >= {"image", "disk_gib"}
    changes, problems = plan(spec({"operations": [{"op": "delete", "vm": "web"}]}), cut)
    assert ([c.action for c in changes], problems) == (["delete"], [])
    for op in ("start", "stop", "restart"):
        assert plan(spec({"operations": [{"op": op, "vm": "web"}]}), cut)[1] == ["unfinished"]
    assert fingerprint(spec(WEB), cut) != fingerprint(spec(WEB), host(machine("web")))


def test_a_disk_never_shrinks_and_memory_needs_a_restart() -> None:
    resize = spec({"operations": [{"op": "resize", "vm": "web", "disk": "5G", "memory": "2G"}]})
    changes, problems = plan(resize, host(machine("web")))
    assert problems == ["disk_shrink"]
    assert {f.path: f.live for f in changes[0].fields}["memory_mib"] is False
    changes, _ = plan(resize, host(machine("web", state="stopped", disk_gib=5)))
    assert {f.path: f.live for f in changes[0].fields} == {"memory_mib": True}


def test_power_operations_know_when_they_are_done() -> None:
    for op, state, action in [
        ("start", "running", "noop"),
        ("start", "stopped", "start"),
        ("stop", "stopped", "noop"),
        ("stop", "running", "stop"),
        ("restart", "running", "restart"),
        ("restart", "stopped", "start"),
    ]:
        wanted = spec({"operations": [{"op": op, "vm": "web"}]})
        changes, _ = plan(wanted, host(machine("web", state=state)))
        assert changes[0].action == action, (op, state)


def test_admission_names_what_is_missing() -> None:
    bare = HostView(HostFacts("qemu:///session", 512))
    data = {**WEB, "networks": [{"name": "n", "cidr": "10.9.0.0/24"}]}
    _, problems = plan(spec(data), bare)
    assert sorted(problems) == ["image_missing", "network_session"]


def test_names_are_made_up_only_where_none_was_given() -> None:
    short = parse_config({"template": "web-server"})
    assert normalise(short).vms[0].name == "web"
    assert normalise(short, taken={"web", "web2"}).vms[0].name == "web3"
    three = parse_config({"vms": [{"template": "web-server", "count": 3}]})
    names = [vm.name for vm in normalise(three, taken={"web-2"}).vms]
    assert names == ["web2-1", "web2-2", "web2-3"]


def test_fingerprint_moves_with_the_objects_it_names_and_no_others() -> None:
    wanted = spec(WEB)
    base = fingerprint(wanted, host(machine("web")))
    assert base == fingerprint(wanted, host(machine("web"), machine("other")))
    for moved in (
        host(),
        host(machine("web", uuid="another")),
        host(machine("web", state="stopped")),
        host(machine("web", memory_mib=2048)),
        host(machine("web", owner="eve")),
    ):
        assert fingerprint(wanted, moved) != base


@given(
    st.integers(1, 8),
    st.integers(256, 4096),
    st.integers(1, 100),
    st.sampled_from(["running", "stopped"]),
)
def test_what_was_created_as_said_needs_nothing(
    cpus: int, memory: int, disk: int, state: str
) -> None:
    data = {"vms": [{"name": "a", "cpus": cpus, "memory": memory, "disk": disk, "state": state}]}
    wanted = spec(data)
    vm = wanted.vms[0]
    found = machine(
        "a",
        cpus=cpus,
        memory_mib=memory,
        disk_gib=disk,
        state=state,
        template="basic-server",
        configured=guest_digest(vm) if state == "running" else None,
    )
    changes, problems = plan(wanted, host(found))
    assert (changes[0].action, problems) == ("noop", [])
