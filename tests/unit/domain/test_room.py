"""Room: every object once, each size with its larger value, whatever order things are seen in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.context import Quota
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.room import (
    Budget,
    Claim,
    Held,
    Pool,
    account_problems,
    adds,
    claims_of,
    host_problems,
    total,
)
from tests.support.claims import URI, machine_of, plan_of


def host_with(*machines: Machine, memory_mib: int = 8192) -> HostView:
    return HostView(HostFacts(URI, memory_mib), {m.name: m for m in machines})


def held(owner: str, claim: Claim, run: str = "r-1", host: str = URI) -> Held:
    return Held(run, owner, owner, host, claim)


numbers = st.integers(0, 9)
claims = st.builds(
    Claim, st.sampled_from("abc"), numbers, numbers, numbers, numbers, numbers, numbers
)


@given(st.lists(claims), st.lists(claims))
def test_more_is_never_less_and_twice_is_once(some: list[Claim], more: list[Claim]) -> None:
    one = total(some)
    assert total([*some, *some]) == one
    assert all(one[key] <= value for key, value in total([*some, *more]).items())
    assert total(reversed(some)) == one


def test_started_by_one_run_and_made_larger_by_another() -> None:
    start, grow = Claim("a", 1, 1, 1024, 10, running_mib=1024), Claim("a", 1, 1, 4096, 10)
    assert total([start, grow])["running_mib"] == 4096


@pytest.mark.parametrize(
    ("action", "after", "claim"),
    [
        (
            "create",
            {"cpus": 2, "memory_mib": 2048, "disk_gib": 5, "state": "running"},
            (2, 2048, 5),
        ),
        ("update", {"memory_mib": 4096}, (1, 4096, 10)),
        ("start", {"state": "running"}, (1, 1024, 10)),
        ("stop", {"state": "stopped"}, None),
        ("delete", {}, None),
        ("snapshot", {"snapshot": "s"}, None),
    ],
)
def test_what_a_change_claims(
    action: str, after: dict[str, int | str], claim: tuple[int, int, int] | None
) -> None:
    there = () if action == "create" else (machine_of("mika", "web"),)
    plan = plan_of("mika", action, "web", **after)  # type: ignore[arg-type]
    found = claims_of(plan, host_with(*there))
    assert [(c.vms, c.cpus, c.memory_mib, c.disk_gib) for c in found] == (
        [(1, *claim)] if claim else []
    )
    assert adds(plan) == bool(claim)


def test_a_machine_that_is_made_already_counts_once() -> None:
    plan = plan_of("mika", "create", "new", cpus=1, memory_mib=1024, disk_gib=10)
    being_made = held("mika", Claim("web", 1, 1, 1024, 10))
    for machines in ((), (machine_of("mika", "web"),)):
        host = host_with(*machines)
        assert account_problems(plan, host, [being_made], Quota(vms=2)) == []
        codes = [p.code for p in account_problems(plan, host, [being_made], Quota(vms=1))]
        assert codes == ["over_quota_vms", "claims_open"]


def test_claims_of_others_and_of_other_hosts_do_not_count() -> None:
    plan = plan_of("mika", "create", "new", cpus=1, memory_mib=1024, disk_gib=10)
    others = [
        held("noriko", Claim("web", 1, 1, 1024, 10)),
        held("mika", Claim("web", 1, 1, 1024, 10), host="qemu+ssh://elsewhere/system"),
    ]
    assert account_problems(plan, host_with(), others, Quota(vms=1)) == []


def test_over_the_limit_already_and_asking_for_nothing_more() -> None:
    host = host_with(machine_of("mika", "a"), machine_of("mika", "b", state="stopped"))
    plan = plan_of("mika", "start", "b", uuid="uuid-b", state="running")
    assert account_problems(plan, host, [], Quota(vms=1, cpus=1, memory_mib=1)) == []


def test_everything_that_is_too_much_is_said_at_once() -> None:
    plan = plan_of("mika", "create", "new", cpus=4, memory_mib=4096, disk_gib=40)
    found = account_problems(plan, host_with(), [], Quota(0, 1, 1024, 10))
    assert [p.code for p in found] == [
        f"over_quota_{key}" for key in ("vms", "cpus", "memory_mib", "disk_gib")
    ]
    assert found[2].params == {"wanted": 4096, "left": 1024, "limit": 1024}


def test_somebody_elses_machine_is_on_its_owners_account() -> None:
    host = host_with(machine_of("mika", "web"))
    plan = plan_of("noriko", "update", "web", uuid="uuid-web", account="mika", memory_mib=4096)
    assert plan.account == "mika"
    assert account_problems(plan, host, [], Quota(memory_mib=4096)) == []
    found = account_problems(plan, host, [], Quota(memory_mib=4095))
    assert [p.params["wanted"] for p in found] == [3072]


def test_what_goes_to_the_trash_first_makes_room_and_what_is_destroyed_last_does_not() -> None:
    host = host_with(machine_of("mika", "web"))
    for until, codes in (("2026-11-26T00:00:00Z", []), (None, ["over_quota_vms"])):
        gone = plan_of("mika", "delete", "web", uuid="uuid-web", until=until)
        new = plan_of("mika", "create", "new", cpus=1, memory_mib=1024, disk_gib=10)
        plan = gone.model_copy(update={"changes": (*gone.changes, *new.changes)})
        assert [p.code for p in account_problems(plan, host, [], Quota(vms=1))] == codes


@pytest.mark.parametrize(("memory", "codes"), [(1.0, ["host_memory"]), (1.5, [])])
def test_the_hosts_memory_is_for_everybody_that_runs(memory: float, codes: list[str]) -> None:
    host = host_with(
        machine_of("noriko", "a", memory_mib=2048),
        machine_of("noriko", "off", memory_mib=8192, state="stopped"),
        memory_mib=4096,
    )
    claim = held("ken", Claim("b", 1, 1, 1024, 10, running_mib=1024))
    plan = plan_of("mika", "create", "c", cpus=1, memory_mib=2048, disk_gib=1, state="running")
    found = host_problems(plan, host, None, [claim], Budget(memory=memory))
    assert [p.code for p in found] == codes
    off = plan_of("mika", "create", "c", cpus=1, memory_mib=2048, disk_gib=1, state="stopped")
    assert host_problems(off, host, None, [claim], Budget()) == []


def test_the_pool_promises_no_more_than_its_budget() -> None:
    pool = Pool({"a": 20, "trash-123": 20}, gib=15)
    claim = held("noriko", Claim("b", 1, 1, 1024, 10, pool_gib=10))
    for gib, codes in ((10, []), (11, ["host_disk"])):
        plan = plan_of("mika", "create", "c", cpus=1, memory_mib=1, disk_gib=gib)
        found = host_problems(plan, host_with(), pool, [claim], Budget(disk=4.0))
        assert [p.code for p in found] == codes
        assert host_problems(plan, host_with(), None, [claim], Budget()) == []
