"""Operations about backups: which one is meant, what a plan makes of it, and what goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from fuyajo.domain.backups import Backup, Trial, gone_of, settled
from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.losses import losses
from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot, Trashed
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change, cost_of, risk_of
from fuyajo.domain.planning import changes_of, fingerprint
from fuyajo.domain.room import Budget, claims_in, host_lacks
from fuyajo.domain.spec import Spec, normalise
from fuyajo.domain.undo import noted
from fuyajo.views.plan import there_words

NOW = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
WEB = Machine("web", "u-web", "stopped", 1, 1024, 10, owner="mika", template="web-server")


def backup(name: str, parent: str | None = None, **more: Any) -> Backup:
    chain = (name,) if parent is None else (parent, name)
    kind = "full" if parent is None else "incremental"
    at = f"2026-11-{int(name[-2:]) if name[-2:].isdigit() else 1:02}T03:00:00.000000Z"
    given = {"chain": chain, "cpus": 2, "memory_mib": 2048, "disk_gib": 20, **more}
    return Backup(name, "web", "u-web", "mika", kind, at, parent, **given)


def host(*machines: Machine) -> HostView:
    return HostView(HostFacts("qemu:///system", 32_000), {one.name: one for one in machines})


def planned(
    operation: dict[str, Any], found: HostView, *backups: Backup
) -> tuple[Change | None, list[str], Spec]:
    spec = normalise(parse_config({"operations": [{"vm": "web", **operation}]}), moment=NOW)
    spec, missing = settled(spec, {"web": backups} if backups else {}, found)
    changes, problems = changes_of(spec, found, "mika")
    codes = [one.code for one in (missing or problems)]
    return (noted(changes[0], found) if changes else None), codes, spec


def test_a_backup_is_a_change_that_loses_nothing() -> None:
    change, problems, spec = planned({"op": "backup"}, host(WEB))
    assert problems == [] and change is not None
    assert spec.operations[0].backup == "b-20261122-030000"
    assert (change.action, risk_of((change,)), change.undo) == ("backup", "change", "none")
    running, *_ = planned({"op": "backup"}, host(replace(WEB, state="running")))
    assert running is not None and (running.effect, running.why) == ("live", "backup")


def test_one_that_is_there_is_left_as_it_is() -> None:
    change, problems, _ = planned({"op": "backup", "backup": "b-01"}, host(WEB), backup("b-01"))
    assert change is not None and (problems, change.action) == ([], "noop")


def test_over_a_machine_everything_since_is_lost() -> None:
    change, problems, spec = planned({"op": "restore"}, host(WEB), backup("b-01"), backup("b-02"))
    assert problems == [] and change is not None
    assert spec.operations[0].backup == "b-02"  # the newest
    assert (change.uuid, change.effect, change.irreversible) == ("u-web", "destroy", True)
    assert (risk_of((change,)), change.undo) == ("destroy", "no")
    assert cost_of((change,)) == {"vms": 0, "cpus": 0, "memory_mib": 0, "disk_gib": 0}


def test_where_nothing_is_it_counts_as_a_new_one() -> None:
    for wish in ({"op": "restore"}, {"op": "restore", "to": "copy"}):
        there = (WEB,) if "to" in wish else ()
        change, problems, _ = planned(wish, host(*there), backup("b-01"))
        assert problems == [] and change is not None
        assert (change.name, change.uuid, change.irreversible) == (
            wish.get("to", "web"),
            None,
            False,
        )
        assert cost_of((change,)) == {"vms": 1, "cpus": 2, "memory_mib": 2048, "disk_gib": 20}
        assert (risk_of((change,)), change.undo) == ("start", "yes")


TRASHED = replace(
    WEB,
    name="fuyajo-trash-u-web",
    trashed=Trashed("web", "2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z"),
)


@pytest.mark.parametrize(
    ("operation", "machines", "backups", "code"),
    [
        ({"op": "restore"}, [WEB], [], "no_backup"),
        ({"op": "restore", "backup": "b-09"}, [WEB], [backup("b-01")], "unknown_backup"),
        (
            {"op": "restore", "backup": "b-02"},
            [WEB],
            [backup("b-02", "b-01", chain=())],
            "backup_broken",
        ),
        ({"op": "restore"}, [WEB], [backup("b-01", problem="x")], "no_good_backup"),
        ({"op": "restore"}, [replace(WEB, state="running")], [backup("b-01")], "restore_running"),
        ({"op": "restore"}, [replace(WEB, uuid="u-new")], [backup("b-01")], "restore_other"),
        (
            {"op": "restore"},
            [replace(WEB, snapshots=(Snapshot("a"),))],
            [backup("b-01")],
            "restore_snapshots",
        ),
        ({"op": "restore"}, [TRASHED], [backup("b-01")], "restore_in_trash"),
        ({"op": "restore"}, [replace(WEB, owner="jun")], [backup("b-01")], "name_taken"),
        ({"op": "restore", "to": "db"}, [replace(WEB, name="db")], [backup("b-01")], "name_taken"),
        ({"op": "backup"}, [], [], "unknown_vm"),
        ({"op": "backup"}, [replace(WEB, owner="jun")], [], "unknown_vm"),
        (
            {"op": "backup", "backup": "b-01"},
            [replace(WEB, uuid="u-new")],
            [backup("b-01")],
            "backup_there",
        ),
        (
            {"op": "delete-backup", "backup": "b-01"},
            [WEB],
            [backup("b-01"), backup("b-02", "b-01")],
            "backup_needed",
        ),
        ({"op": "delete-backup", "backup": "x"}, [WEB], [backup("b-01")], "unknown_backup"),
    ],
)
def test_what_cannot_be_is_said_before_anything_happens(
    operation: dict[str, Any], machines: list[Machine], backups: list[Backup], code: str
) -> None:
    _, problems, _ = planned(operation, host(*machines), *backups)
    assert problems == [code]


@pytest.mark.parametrize(
    ("operation", "path", "code"),
    [
        ({"op": "stop", "backup": "x"}, "backup", "only_backup"),
        ({"op": "restore", "kind": "full"}, "kind", "only_backup"),
        ({"op": "backup", "to": "x"}, "to", "only_backup"),
        ({"op": "restore", "to": "web"}, "to", "restore_same"),
        ({"op": "delete-backup"}, "backup", "missing"),
        ({"op": "restore", "backup": "../x"}, "backup", "invalid"),
        ({"op": "backup", "backup": "mine", "keep": {"last": 1}}, "keep", "only_keep"),
    ],
)
def test_what_no_request_may_say(operation: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_config({"operations": [{"vm": "web", **operation}]})
    assert [(p.path, p.code) for p in refused.value.problems] == [(f"operations[0].{path}", code)]


def named(day: int, parent: int | None = None) -> Backup:
    name, above = f"b-202611{day:02}-030000", None
    if parent is not None:
        above = f"b-202611{parent:02}-030000"
    made = replace(backup("b-01", above), name=name)
    return replace(made, created=f"2026-11-{day:02}T03:00:00.000000Z", chain=(name,))


def test_a_pattern_breaks_no_chain() -> None:
    chains = [named(1), named(2, 1), named(3, 2), named(10), named(11, 10)]
    change, _, _ = planned({"op": "backup", "keep": {"last": 2}}, host(WEB), *chains)
    assert change is not None
    # The newest may be what the new one lies on; the first chain is not needed any more, leaves first.
    assert gone_of(change) == [named(3).name, named(2).name, named(1).name]
    assert (change.irreversible, change.effect, risk_of((change,))) == (True, "destroy", "destroy")


def test_what_somebody_named_stays_with_all_that_it_lies_on() -> None:
    mine = replace(named(3, 2), name="before-upgrade")
    found = [named(1), named(2, 1), mine, named(10)]
    change, _, _ = planned({"op": "backup", "kind": "full", "keep": {"last": 1}}, host(WEB), *found)
    assert change is not None
    assert gone_of(change) == [named(10).name]


def test_those_of_an_earlier_machine_of_the_name_are_left_alone() -> None:
    old = replace(named(1), uuid="u-old")
    change, _, _ = planned(
        {"op": "backup", "kind": "full", "keep": {"last": 1}}, host(WEB), old, named(2)
    )
    assert change is not None and gone_of(change) == [named(2).name]


def test_the_name_that_a_copy_gets_is_part_of_what_was_seen() -> None:
    _, _, spec = planned({"op": "restore", "to": "copy"}, host(WEB), backup("b-01"))
    assert fingerprint(spec, host(WEB)) != fingerprint(spec, host(WEB, replace(WEB, name="copy")))


def test_a_test_takes_room_of_the_host_and_of_nobodys_account() -> None:
    change, problems, spec = planned({"op": "test-backup"}, host(), backup("b-01"), backup("b-02"))
    assert change is not None and problems == [] and spec.operations[0].backup == "b-02"
    assert (change.action, change.effect, change.undo) == ("test-backup", "none", "none")
    assert risk_of((change,)) == "start" and not change.irreversible
    assert cost_of((change,)) == {"vms": 0, "cpus": 0, "memory_mib": 0, "disk_gib": 0}
    (claim,) = claims_in((change,), host())
    assert (claim.running_mib, claim.pool_gib) == (2048, 20)
    assert (claim.vms, claim.memory_mib, claim.disk_gib) == (0, 0, 0)
    # Beside the machine itself, which goes on with what it has.
    there = replace(WEB, state="running", memory_mib=31_000)
    (found,) = host_lacks((change,), host(there), None, (), Budget())
    assert (found.code, found.params["wanted"], found.params["left"]) == ("host_memory", 2048, 1000)


def test_one_that_was_tested_is_not_started_again() -> None:
    tested = backup("b-01", tested=Trial("2026-11-21T03:00:00Z", "login", 40.0))
    change, problems, _ = planned({"op": "test-backup"}, host(WEB), tested)
    assert change is not None and (problems, change.action) == ([], "noop")
    assert "2026-11-21T03:00:00Z" in there_words(change, "en")
    newer, _, _ = planned({"op": "test-backup"}, host(WEB), tested, backup("b-02"))
    assert newer is not None and newer.action == "test-backup"


@pytest.mark.parametrize(
    ("operation", "backups", "code"),
    [
        ({}, [], "no_backup"),
        ({"backup": "x"}, [backup("b-01")], "unknown_backup"),
        ({"backup": "b-01"}, [backup("b-01", problem="x")], "backup_broken"),
    ],
)
def test_what_cannot_be_tested(operation: dict[str, Any], backups: list[Backup], code: str) -> None:
    _, problems, _ = planned({"op": "test-backup", **operation}, host(WEB), *backups)
    assert problems == [code]


def test_every_loss_is_said_by_name() -> None:
    class Plan:
        changes: tuple[Change, ...]

    change, _, _ = planned({"op": "restore"}, host(WEB), backup("b-01"))
    plan = Plan()
    plan.changes = (change,) if change else ()
    assert list(losses(plan)) == [("confirm_restore", "web", "b-01")]  # type: ignore[arg-type]
