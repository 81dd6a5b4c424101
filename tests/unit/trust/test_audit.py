"""The audit: what is written there, filtered by owner, verified. Its table: tests/conformance."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from fuyajo.domain.errors import Unavailable
from fuyajo.service import auditing
from fuyajo.store.audit import AuditStore
from tests.support.command_line import USER, World, machine
from tests.support.trust import become, code, foreign, me, policy

# --- what is written ---------------------------------------------------------------------------------


def events(world: World, *words: str) -> list[str]:
    done, answer = world.json("audit", "list", *words)
    assert done == 0
    return [entry["body"]["event"] for entry in answer]


def test_a_run_leaves_its_story(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    assert events(world) == []
    assert world.call("apply", plan, "--yes")[0] == 0
    assert events(world) == ["plan.approved", "policy.seen", "run.started", "run.finished"]
    _, answer = world.json("audit", "list")
    approved, _, started, finished = [entry["body"] for entry in answer]
    assert (approved["kind"], approved["plan"], approved["owner"]) == ("flag", plan, USER)
    assert started["objects"] == ["delete shop"]
    assert started["digest"] == approved["digest"]
    assert (started["door"], started["by"], started["risk"]) == ("cli", USER, "destroy")
    assert (finished["outcome"], finished["run"]) == ("successful", started["run"])


def test_only_what_counts_is_written(world: World) -> None:
    world.have(machine("shop"))
    world.plan("stop shop")
    world.call("vm", "list")
    assert world.call("apply", "--check")[0] == 0
    assert events(world) == []


def test_the_policy_of_each_run_is_known(world: World) -> None:
    world.have(machine("shop"), machine("other"))
    world.call("vm", "stop", "shop")
    world.call("vm", "start", "shop")
    assert events(world).count("policy.seen") == 1
    policy(world, "[roles.default]\n")
    world.call("vm", "stop", "shop")
    assert events(world).count("policy.seen") == 2
    (world.home / "policy.toml").unlink()
    world.call("vm", "start", "shop")
    _, answer = world.json("audit", "list")
    seen = [e["body"] for e in answer if e["body"]["event"] == "policy.seen"]
    assert [one["policy"] for one in seen][::2] == ["defaults"] * 2
    assert [one["before"] for one in seen] == [None, *[one["policy"] for one in seen][:-1]]


def test_the_conversation_of_a_plan_is_written(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("stop shop", "--conversation", "work")
    assert world.call("apply", plan)[0] == 0
    _, answer = world.json("audit", "list", "--plan", plan)
    assert {entry["body"]["conversation"] for entry in answer} == {"n-work"}


def test_without_the_audit_nothing_runs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: AuditStore, actor: str, body: object) -> None:
        from fuyajo.domain.errors import Problem

        raise Unavailable(Problem("", "database", {"detail": "disk full"}))

    world.have(machine("shop"))
    monkeypatch.setattr(AuditStore, "append", broken)
    for wish in ("stop shop", "delete shop"):
        plan = world.plan(wish)
        assert world.call("apply", plan, "--yes")[0] == 5
        assert me().plans.taken_by(me().plans.load(USER, plan)) is None
    assert world.runs == []
    assert me().approvals.of(me().plans.load(USER, plan)) == [], (
        "what cannot be proved does not count"
    )


# --- what is read ------------------------------------------------------------------------------------


def test_rows_are_chosen(world: World) -> None:
    world.have(machine("shop"), machine("other"))
    one, other = world.plan("stop shop"), world.plan("stop other")
    assert world.call("apply", one)[0] == world.call("apply", other)[0] == 0
    run = me().plans.taken_by(me().plans.load(USER, one))
    assert events(world, "--plan", one) == ["run.started", "run.finished"]
    assert events(world, "--run", str(run)) == ["run.started", "run.finished"]
    assert events(world, "--actor", "noriko") == []
    assert events(world, "--since", "1h") == events(world) == events(world, "--since", "2026-01-01")
    assert events(world, "--since", "2999-01-01") == []
    assert "No such rows" in world.call("audit", "list", "--since", "2999-01-01")[1]


@pytest.mark.parametrize("since", ["yesterday", "0d", "7y", "", "9999999d", "2026-13-01"])
def test_a_time_that_is_none(world: World, since: str) -> None:
    done, answer = world.json("audit", "list", "--since", since)
    assert (done, code(answer)) == (2, "audit_since")


def test_a_user_sees_their_own_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.have(machine("shop"))
    assert world.call("vm", "stop", "shop")[0] == 0
    theirs = foreign(world, world.plan("start shop"))
    auditing.note(replace(me(), user="noriko"), "plan.approved", theirs)
    auditing.note(replace(me(), user="lead"), "plan.rejected", theirs)
    assert "plan.approved" not in events(world)
    become(monkeypatch, "noriko")
    assert events(world) == ["plan.approved", "plan.rejected"], "also what others did to her plans"
    exported = world.call("audit", "export")[1].splitlines()
    assert [json.loads(line)["body"]["event"] for line in exported] == events(world)
    policy(world, '[roles.auditor]\naudit = "all"\n[users]\nnoriko = "auditor"\n')
    assert "run.started" in events(world)


def test_a_row_is_inert_on_a_terminal(world: World) -> None:
    auditing.note(me(), "plan.rejected", note="\x1b[2J\nplan.approved")
    out = world.call("audit", "list")[1]
    assert "\x1b" not in out
    assert len(out.splitlines()) == 2


def test_an_export_can_be_checked_by_anybody(world: World) -> None:
    import hashlib

    world.have(machine("shop"))
    assert world.call("vm", "delete", "shop", "--yes")[0] == 0
    before = "0" * 64
    for line in world.call("audit", "export")[1].splitlines():
        row = json.loads(line)
        covered = [row["seq"], row["at"], row["actor"], row["canonical"], row["prev"]]
        raw = json.dumps(covered, separators=(",", ":")).encode()
        assert row["prev"] == before
        assert row["hash"] == hashlib.sha256(raw).hexdigest()
        assert json.loads(row["canonical"]) == row["body"]
        before = row["hash"]


# --- what is found -----------------------------------------------------------------------------------


def spoil(world: World, *statements: str) -> None:
    """Somebody with the file and without the triggers."""
    import sqlite3

    with sqlite3.connect(world.home / "fuyajo.db") as connection:
        for verb in ("update", "delete", "replace"):
            connection.execute(f"DROP TRIGGER audit_no_{verb}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit SET actor = 'noriko' WHERE seq = 3"], "audit_edited"),
        (["UPDATE audit SET body = 'x' WHERE seq = 2"], "audit_edited"),
        (["DELETE FROM audit WHERE seq = 2"], "audit_removed"),
        (["DELETE FROM audit WHERE seq >= 4"], "audit_truncated"),
        (["DELETE FROM audit"], "audit_truncated"),
        (
            [
                "UPDATE audit SET seq = -1 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = -1",
            ],
            "audit_edited",
        ),
        (["INSERT INTO audit VALUES (99, 'x', 'x', '{}', 'x', 'x')"], "audit_removed"),
        (["INSERT INTO audit VALUES (5, 'x', 'x', '{}', 'x', 'x')"], "audit_unlinked"),
    ],
)
def test_verify_finds_it(world: World, statements: list[str], found: str) -> None:
    world.have(machine("shop"))
    assert world.call("vm", "delete", "shop", "--yes")[0] == 0
    done, answer = world.json("audit", "verify")
    assert (done, answer["rows"], answer["problems"]) == (0, 4, [])
    spoil(world, *statements)
    done, answer = world.json("audit", "verify")
    assert done == 1
    assert found in [problem["code"] for problem in answer["problems"]]
    assert "error: " in world.call("audit", "verify")[2]
    world.call("audit", "list")  # spoilt rows are shown all the same


def test_a_head_noted_elsewhere(world: World) -> None:
    world.have(machine("shop"))
    world.call("vm", "stop", "shop")
    head = world.json("audit", "verify")[1]["head"]
    world.call("vm", "start", "shop")
    assert world.json("audit", "verify", "--expect", head)[0] == 0
    # Whoever cuts rows off may mend the file beside the database as well.
    spoil(world, "DELETE FROM audit WHERE seq >= 3")
    rows = list(me().audit.rows())
    (world.home / "audit.head").write_text(f"{rows[-1].seq}:{rows[-1].hash}")
    assert world.json("audit", "verify")[0] == 0
    done, answer = world.json("audit", "verify", "--expect", head)
    assert (done, code(answer)) == (1, "audit_truncated")
    assert world.json("audit", "verify", "--expect", "x")[0] == 2


def test_nothing_yet(world: World) -> None:
    assert world.json("audit", "verify") == (0, {"rows": 0, "head": None, "problems": []})
    assert world.call("audit", "export") == (0, "", "")
    assert not (world.home / "fuyajo.db").exists(), "a look writes nothing"
