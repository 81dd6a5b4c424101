"""Placement: never on what cannot take it, always where most is left, whatever the order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.errors import Problem
from fuyajo.domain.hosts import Hypervisor
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.placement import Candidate, choose, homes, merged, mixed, unsuitable
from fuyajo.domain.spec import OperationSpec, Spec, VmSpec

OUT = (Problem("", "host_drained"),)
NAMES = [f"kvm{i}" for i in range(6)]
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.sampled_from(NAMES),
        st.integers(0, 9000),
        st.integers(0, 12000),
        st.floats(0.01, 100),
        st.sampled_from([(), (), OUT]),
    ),
    unique_by=lambda one: one.name,
    max_size=6,
)


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_the_largest_share_wins_whatever_the_order(found: list[Candidate], luck: object) -> None:
    chosen, standings = choose(found)
    fit = {one.name: one for one in found if not one.problems}
    assert (chosen is None) == (not fit)
    if chosen is not None:
        best = fit[chosen]
        assert all(one.free * one.weight <= best.free * best.weight for one in fit.values())
        ties = [o.name for o in fit.values() if o.free * o.weight == best.free * best.weight]
        assert chosen == min(ties)
    mixed_up = list(found)
    luck.shuffle(mixed_up)  # type: ignore[attr-defined]
    assert choose(mixed_up) == (chosen, standings)
    # Everybody is accounted for, and who is out has a reason.
    assert sorted(one.host for one in standings) == sorted(one.name for one in found)
    assert [one.host for one in standings if one.chosen] == ([chosen] if chosen else [])
    assert all(bool(one.why) == (one.host not in fit) for one in standings)


@given(CANDIDATES, st.integers(1, 4000))
def test_more_room_never_loses(found: list[Candidate], more: int) -> None:
    chosen, _ = choose(found)
    if chosen is None:
        return
    roomier = [
        one._replace(taken_mib=max(0, one.taken_mib - more)) if one.name == chosen else one
        for one in found
    ]
    assert choose(roomier)[0] == chosen


LABELS = st.frozensets(st.sampled_from(["ssd", "gpu", "rack-a"]))


@given(LABELS, LABELS, st.booleans(), st.booleans(), st.sampled_from([None, "kvm1", "kvm2"]))
def test_only_what_was_asked_for(
    has: frozenset[str], wanted: frozenset[str], drain: bool, hangs: bool, asked: str | None
) -> None:
    host = Hypervisor("kvm1", "qemu:///system", labels=has, drain=drain)
    spec = Spec(vms=(VmSpec(name="a", template="web-server"),), labels=tuple(wanted), host=asked)
    codes = {p.code for p in unsuitable(host, spec, {"kvm1": "?"} if hangs else {})}
    assert ("host_label" in codes) == bool(wanted - has)
    assert ("host_drained" in codes) == drain
    assert ("host_silent" in codes) == hangs
    assert ("host_other" in codes) == (asked == "kvm2")


def machine(name: str, owner: str | None, host: str) -> Machine:
    return Machine(name, f"{host}-{name}", "running", 1, 512, 10, owner=owner, host=host)


def view(machines: list[Machine]) -> HostView:
    hosts = {
        host: HostView(HostFacts(host, 8192), {m.name: m for m in machines if m.host == host})
        for host in ("kvm1", "kvm2")
    }
    return HostView(HostFacts("", 16384), merged(hosts), hosts=hosts)


MACHINES = st.lists(
    st.builds(
        machine,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["mika", "noriko", None]),
        st.sampled_from(["kvm1", "kvm2"]),
    ),
    unique_by=lambda m: m.name,
)


@given(MACHINES)
def test_a_plan_is_where_its_machines_lie_and_tells_nothing_of_others(found: list[Machine]) -> None:
    everything = view(found)
    spec = Spec(operations=tuple(OperationSpec(op="stop", vm=n) for n in ("a", "b")))
    where = homes(spec, everything, "mika")
    own = {m.name: m.host for m in found if m.owner in ("mika", None) and m.name in ("a", "b")}
    assert where == own
    problems = mixed(where, None)
    assert bool(problems) == (len(set(own.values())) > 1)
    assert not any("noriko" in str(p.params) for p in problems)
