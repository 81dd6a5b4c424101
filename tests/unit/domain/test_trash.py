"""What goes into the trash, until when, and what has to leave it: the budget holds whatever is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.machine import HostFacts, HostView, Machine, Trashed
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change, cost_of, risk_of
from fuyajo.domain.planning import changes_of, fingerprint
from fuyajo.domain.policy import Trash
from fuyajo.domain.quota import used
from fuyajo.domain.spec import OperationSpec, Spec, normalise
from fuyajo.domain.trash import expired, settled, stamp, trash_name, without_trash

FACTS = HostFacts("qemu:///system", 1 << 30, images=frozenset({"debian-12"}))
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
UNTIL = "2026-11-26T10:00:00Z"
POLICY = Trash()


def machine(name: str, **more: Any) -> Machine:
    base = Machine(
        name, f"uuid-{name}", "running", 1, 1024, 10, owner="mika", template="web-server"
    )
    return replace(base, **more)


def kept(name: str, since: str = "2026-11-20T10:00:00Z", **more: Any) -> Machine:
    made = machine(name, state="stopped", trashed=Trashed(name, since, UNTIL), **more)
    return replace(made, name=trash_name(made.uuid))


def host(*machines: Machine, leftovers: frozenset[str] = frozenset()) -> HostView:
    return HostView(FACTS, {m.name: m for m in machines}, leftovers)


def wish(*operations: dict[str, Any], **more: Any) -> Spec:
    return normalise(parse_config({"operations": list(operations), **more}))


def delete(*names: str) -> Spec:
    return wish(*({"op": "delete", "vm": name} for name in names))


def plan(
    spec: Spec, found: HostView, policy: Trash = POLICY
) -> tuple[Spec, tuple[Change, ...], list[str]]:
    whole = settled(spec, found, "mika", policy, NOW)
    changes, problems = changes_of(whole, found, "mika")
    return whole, changes, [p.code for p in problems]


def test_a_deletion_is_kept_for_the_time_of_the_policy() -> None:
    absent = normalise(parse_config({"vms": [{"name": "web", "state": "absent"}]}))
    for spec in (delete("web"), absent):
        _, (change,), problems = plan(spec, host(machine("web")))
        assert problems == []
        assert (change.action, change.until, change.irreversible) == ("delete", UNTIL, False)
        assert risk_of((change,)) == "destroy", "it still needs an approval"
        assert cost_of((change,))["disk_gib"] == -10


def test_three_ways_to_be_gone_at_once() -> None:
    found = host(machine("web"))
    for spec, policy in (
        (delete("web"), Trash(grace_hours=0)),
        (without_trash(delete("web")), POLICY),
        (delete("web"), Trash(budget_gib=9)),
    ):
        whole, (change,), _ = plan(spec, found, policy)
        assert (change.until, change.irreversible, whole.kept) == (None, True, {})
        assert all(o.purge for o in whole.operations)


def test_what_was_never_completed_is_not_kept() -> None:
    _, (change,), _ = plan(delete("web"), host(machine("web", state="unfinished", disk_gib=0)))
    assert change.irreversible
    _, (cleared,), _ = plan(delete("web"), host(leftovers=frozenset({"web"})))
    assert cleared.irreversible


def test_the_oldest_make_room_and_the_plan_says_so() -> None:
    old = kept("old", since="2026-11-01T10:00:00Z", disk_gib=100)
    new = kept("new", since="2026-11-22T10:00:00Z", disk_gib=90)
    whole, changes, problems = plan(delete("web"), host(machine("web", disk_gib=20), new, old))
    assert problems == []
    assert [(c.action, c.name, c.irreversible) for c in changes] == [
        ("delete", "web", False),
        ("purge", "old", True),
    ]
    # Again it is the same: what goes already is not counted twice.
    assert plan(whole, host(machine("web", disk_gib=20), new, old))[0] == whole


def test_in_the_trash_is_nobodys_machine() -> None:
    found = host(kept("web"))
    assert (found.owned("mika"), used(found.owned("mika").values())["vms"]) == ({}, 0)
    for op in ("start", "stop", "delete"):
        assert plan(wish({"op": op, "vm": "web"}), found)[2] == ["unknown_vm"]
    # Its name is free, the one that it has there is not.
    again = {"vms": [{"name": "web", "template": "web-server"}]}
    _, (change,), problems = plan(normalise(parse_config(again)), found)
    assert (change.action, problems) == ("create", [])
    theirs = {"vms": [{"name": trash_name("uuid-web"), "state": "absent"}]}
    assert plan(normalise(parse_config(theirs)), found)[2] == ["name_in_trash"]


def out(op: str, uuid: str = "uuid-web", **more: Any) -> Spec:
    return Spec(
        operations=(OperationSpec.model_validate({"op": op, "vm": "web", "uuid": uuid, **more}),)
    )


def test_back_costs_what_a_new_one_would_and_gone_gives_nothing_back() -> None:
    found = host(kept("web"))
    _, (back,), problems = plan(out("recover", power="running"), found)
    assert (back.action, back.name, risk_of((back,)), problems) == ("recover", "web", "start", [])
    assert cost_of((back,)) == {"vms": 1, "cpus": 1, "memory_mib": 1024, "disk_gib": 10}
    _, (gone,), _ = plan(out("purge"), found)
    assert (gone.irreversible, risk_of((gone,))) == (True, "destroy")
    assert set(cost_of((gone,)).values()) == {0}


def test_what_cannot_come_back() -> None:
    assert plan(out("recover"), host())[2] == ["not_in_trash"]
    assert plan(out("recover"), host(kept("web", owner="eve")))[2] == ["not_in_trash"]
    assert plan(out("purge"), host(machine("web")))[2] == ["not_in_trash"]
    newer = machine("web", uuid="another")
    assert plan(out("recover"), host(kept("web"), newer))[2] == ["recover_taken"]
    lying = replace(kept("web"), trashed=Trashed("../x", "", UNTIL))
    assert plan(out("recover"), host(lying))[2] == ["bad_name"]


def test_a_plan_is_about_the_very_machine_in_the_trash() -> None:
    seen = {
        fingerprint(out("recover"), found)
        for found in (
            host(),
            host(kept("web")),
            host(kept("web"), machine("web", uuid="another")),
            host(replace(kept("web"), trashed=Trashed("web", "", "2027-01-01T00:00:00Z"))),
        )
    }
    assert len(seen) == 4


def test_whoever_was_cut_off_on_the_way_is_asked_for_again() -> None:
    named = replace(kept("web"), name="web")  # the mark is there, the name is not changed yet
    assert plan(delete("web"), host(named))[2] == []
    resumed = Spec(operations=(OperationSpec(op="delete", vm="web", uuid="uuid-web"),))
    newer = machine("web", uuid="another")
    _, (change,), _ = plan(resumed, host(kept("web"), newer))
    assert (change.uuid, change.name, change.until) == ("uuid-web", "web", UNTIL)


def test_expired() -> None:
    assert not expired(kept("web"), NOW)
    assert expired(kept("web"), NOW + timedelta(days=3))
    for odd in ("", "soon", "2020-01-01T00:00:00"):
        assert not expired(replace(kept("web"), trashed=Trashed("web", "", odd)), NOW)


SIZES = st.lists(st.integers(1, 60), max_size=6)


@given(SIZES, SIZES, st.integers(0, 150))
def test_the_budget_holds(inside: list[int], going: list[int], budget: int) -> None:
    there = [
        kept(f"k{n}", since=f"2026-11-0{n + 1}T10:00:00Z", disk_gib=g) for n, g in enumerate(inside)
    ]
    own = [machine(f"m{n}", disk_gib=g) for n, g in enumerate(going)]
    found = host(*there, *own)
    spec = Spec(operations=tuple(OperationSpec(op="delete", vm=m.name) for m in own))
    whole, changes, problems = plan(spec, found, Trash(budget_gib=budget))
    assert problems == []
    purged = {c.uuid for c in changes if c.action == "purge"}
    new = [m for m in own if m.name in whole.kept]
    left = sum(m.disk_gib for m in (*new, *(k for k in there if k.uuid not in purged)))
    if new:
        assert left <= budget
    # Nothing goes that need not, and the oldest go first.
    stays = [k.uuid not in purged for k in there]
    assert stays == sorted(stays)
    if purged:
        last = there[len(purged) - 1]
        assert left + last.disk_gib > budget
    assert {c.name for c in changes if c.until} == {m.name for m in new}
    assert all(whole.kept[m.name] == stamp(NOW + timedelta(hours=72)) for m in new)
