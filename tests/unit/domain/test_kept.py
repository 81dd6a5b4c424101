"""Snapshots and the trash while runs go on: every one counted once, the limit kept whatever comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.kept import (
    keeps,
    kept_claims,
    more_snapshots,
    snapshot_problems,
    to_be_read,
    trash_problems,
)
from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot, Trashed
from fuyajo.domain.plan import Action, Plan
from fuyajo.domain.room import Claim, Held
from fuyajo.domain.trash import trash_name
from tests.support.claims import URI, machine_of, plan_of

UNTIL = "2026-11-26T00:00:00Z"


def host_with(*machines: Machine) -> HostView:
    return HostView(HostFacts(URI, 8192), {m.name: m for m in machines})


def with_snapshots(name: str, *taken: str, owner: str = "mika") -> Machine:
    snapshots = tuple(Snapshot(one) for one in taken)
    return replace(machine_of(owner, name), snapshots=snapshots)


def in_trash(name: str, disk: int = 10, *taken: str) -> Machine:
    was = replace(machine_of("mika", name, disk_gib=disk), state="stopped")
    mark = Trashed(name, "2026-11-20T10:00:00Z", UNTIL)
    snapshots = tuple(Snapshot(one) for one in taken)
    return replace(was, name=trash_name(was.uuid), trashed=mark, snapshots=snapshots)


def taking(name: str, snapshot: str, **more: str) -> Plan:
    return plan_of(
        more.get("by", "mika"), "snapshot", name, uuid=f"uuid-{name}", account=more.get("account"),
        snapshot=snapshot,
    )  # fmt: skip


def held(plan: Plan, host: HostView, run: str = "r-1") -> list[Held]:
    return [Held(run, plan.owner, plan.account, URI, one) for one in kept_claims(plan, host)]


def codes(plan: Plan, host: HostView, others: list[Held], limit: int | None) -> list[str]:
    found = snapshot_problems(plan.changes, host, plan.account, others, limit)
    return [problem.code for problem in found]


def test_two_snapshots_of_one_machine_by_two_runs_are_two() -> None:
    host = host_with(with_snapshots("web", "old"))
    others = held(taking("web", "first"), host)
    assert codes(taking("web", "second"), host, others, 3) == []
    assert codes(taking("web", "second"), host, others, 2) == ["over_quota_snapshots"]
    assert codes(taking("web", "second"), host, [], 2) == []
    assert codes(taking("web", "second"), host, others, None) == []


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_how_far_the_others_are_makes_no_difference(taken: list[bool]) -> None:
    """Some of those that claimed one have taken it, some have not."""
    names = [f"s{i}" for i in range(len(taken))]
    before = host_with(machine_of("mika", "web"))
    others = [one for name in names for one in held(taking("web", name), before)]
    done = [name for name, there in zip(names, taken, strict=True) if there]
    host, mine = host_with(with_snapshots("web", *done)), taking("web", "mine")
    assert codes(mine, host, others, len(names) + 1) == []
    assert codes(mine, host, others, len(names)) == ["over_quota_snapshots"]


def test_what_comes_back_from_the_trash_brings_its_snapshots() -> None:
    kept = in_trash("old", 10, "a", "b")
    host = host_with(with_snapshots("web", "first"), kept)
    plan = plan_of("mika", "recover", "old", uuid=kept.uuid, cpus=1)
    assert to_be_read(plan.changes, host, "mika") == {"web", kept.name}
    assert [claim.name for claim in kept_claims(plan, host)] == ["old/a", "old/b"]
    assert codes(plan, host, [], 3) == []
    assert codes(plan, host, [], 2) == ["over_quota_snapshots"]


def test_what_goes_to_the_trash_takes_its_snapshots_along() -> None:
    host = host_with(with_snapshots("web", "first"), with_snapshots("db"))
    gone = plan_of("mika", "delete", "web", uuid="uuid-web", until=UNTIL)
    plan = gone.model_copy(update={"changes": (*gone.changes, *taking("db", "s").changes)})
    assert codes(plan, host, [], 1) == []
    assert codes(taking("db", "s"), host, [], 1) == ["over_quota_snapshots"]


def test_a_snapshot_of_somebody_elses_machine_is_on_its_owners_account() -> None:
    host = host_with(with_snapshots("web", "first"), with_snapshots("own", "s", owner="noriko"))
    plan = taking("web", "second", by="noriko", account="mika")
    found = snapshot_problems(plan.changes, host, plan.account, [], 1)
    assert [p.params for p in found] == [{"wanted": 1, "left": 0, "limit": 1}]


def test_over_the_limit_already_and_bringing_none() -> None:
    host = host_with(with_snapshots("web", "a", "b"), in_trash("old"))
    plan = plan_of("mika", "recover", "old", uuid="uuid-old", cpus=1)
    assert codes(plan, host, [], 1) == []


@pytest.mark.parametrize(
    ("action", "until", "any_kept", "any_snapshots"),
    [
        ("snapshot", None, True, True),
        ("recover", None, True, True),
        ("delete", UNTIL, True, False),
        ("delete", None, False, False),
        ("revert", None, False, False),
        ("stop", None, False, False),
    ],
)
def test_what_has_to_be_claimed(
    action: Action, until: str | None, any_kept: bool, any_snapshots: bool
) -> None:
    plan = plan_of("mika", action, "web", uuid="uuid-web", until=until, snapshot="s")
    assert (keeps(plan), more_snapshots(plan.changes)) == (any_kept, any_snapshots)


# --- the trash ---------------------------------------------------------------------------------------


def binning(name: str) -> Plan:
    return plan_of("mika", "delete", name, uuid=f"uuid-{name}", until=UNTIL)


def test_deletions_at_once_stay_within_the_budget() -> None:
    host = host_with(*(machine_of("mika", name, disk_gib=30) for name in ("a", "b")))
    others = held(binning("a"), host)
    assert trash_problems(binning("b"), host, others, 60) == []
    (problem,) = trash_problems(binning("b"), host, others, 59)
    assert problem.code == "trash_full"
    assert problem.params == {"wanted": 30, "left": 29, "limit": 59, "plan": "p-00000001"}


def test_one_that_is_there_already_counts_once() -> None:
    before = host_with(machine_of("mika", "a", disk_gib=30), machine_of("mika", "b", disk_gib=30))
    others = held(binning("a"), before)
    after = host_with(in_trash("a", 30), machine_of("mika", "b", disk_gib=30))
    assert trash_problems(binning("b"), after, others, 60) == []
    assert trash_problems(binning("a"), after, others, 10) == [], "gone on with"


def test_what_the_same_plan_ends_makes_room() -> None:
    host = host_with(in_trash("old", 30), machine_of("mika", "a", disk_gib=30))
    ends = plan_of("mika", "purge", "old", uuid="uuid-old")
    plan = ends.model_copy(update={"changes": (*binning("a").changes, *ends.changes)})
    assert trash_problems(plan, host, [], 30) == []
    assert len(trash_problems(binning("a"), host, [], 30)) == 1


def test_the_trash_of_others_is_theirs() -> None:
    host = host_with(machine_of("mika", "a", disk_gib=30))
    claim = Claim("trash-0123456789ab", trash_gib=100)
    others = [Held("r-1", "noriko", "noriko", URI, claim), Held("r-2", "mika", "mika", "x", claim)]
    assert trash_problems(binning("a"), host, others, 30) == []
