"""`fuyajo apply`: what runs is what was shown, and every end tells what to type next."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuyajo.service import applying, runs
from fuyajo.store.home import Home
from fuyajo.store.plans import PlanStore
from tests.support.command_line import USER, World, machine

WISH = "a web server called shop with 1 GB of memory"


def plan_file(world: World, plan_id: str) -> Path:
    return world.home / "plans" / USER / f"{plan_id}.json"


def test_apply_shows_page_login_and_how_to_remove(world: World) -> None:
    code, out, err = world.call("apply", world.plan(WISH))
    assert code == 0
    assert "Run r-" in err
    for words in ("stages", "http://127.0.0.1:20080/", "fuyajo vm delete shop"):
        assert words in out
    # The home has a space in its name.
    assert f"ssh -i '{world.home}/users/{USER}/ssh/id_ed25519' -p 20022" in out


def test_twice_is_nothing_to_do(world: World) -> None:
    plan = world.plan(WISH)
    assert world.call("apply", plan)[0] == 0
    code, out, _ = world.call("apply", plan)
    assert (code, len(world.runs)) == (0, 1)
    assert "Nothing to do" in out


def test_a_deletion_twice_is_nothing_to_do(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    assert world.call("apply", plan, "--yes")[0] == 0
    code, out, _ = world.call("apply", plan, "--yes")
    assert (code, len(world.runs)) == (0, 1)
    assert "Nothing to do" in out


def test_a_deletion_does_not_delete_the_next_one(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    assert world.call("apply", plan, "--yes")[0] == 0
    world.have(machine("shop", uuid="another"))
    code, answer = world.json("apply", plan, "--yes")
    assert (code, answer["problems"][0]["code"]) == (4, "plan_done")


@pytest.mark.parametrize(
    ("wish", "now", "codes"),
    [
        ("delete shop", None, ["plan_stale_gone"]),
        ("delete shop", {"uuid": "another"}, ["plan_stale_other"]),
        ("delete shop", {"memory_mib": 2048, "cpus": 3}, ["plan_stale_value"] * 2),
        ("stop shop", {"state": "stopped"}, ["plan_stale_value"]),
        ("stop shop", {"configured": None}, ["plan_stale_removed"]),
    ],
)
def test_a_stale_plan_names_what_moved(
    world: World, wish: str, now: dict[str, Any] | None, codes: list[str]
) -> None:
    world.have(machine("shop"))
    plan = world.plan(wish)
    world.found.clear()
    if now is not None:
        world.have(machine("shop", **now))
    code, answer = world.json("apply", plan, "--yes")
    assert code == 4
    assert [p["code"] for p in answer["problems"]] == codes
    assert world.runs == []


def test_a_name_that_was_taken_meanwhile(world: World) -> None:
    plan = world.plan(WISH)
    world.have(machine("shop", owner="somebody"))
    code, answer = world.json("apply", plan)
    assert (code, answer["problems"][0]["code"]) == (4, "plan_stale_new")


def test_an_expired_plan(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = world.plan(WISH)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(hours=2)

    monkeypatch.setattr(applying, "datetime", Later)
    code, answer = world.json("apply", plan)
    assert (code, answer["problems"][0]["code"]) == (4, "plan_expired")


@pytest.mark.parametrize("key", ["risk", "expires", "reason", "owner", "created"])
def test_a_plan_that_was_tampered_with(world: World, key: str) -> None:
    world.have(machine("shop"))
    plan = world.plan("delete shop")
    file = plan_file(world, plan)
    data = json.loads(file.read_text())
    other = {"risk": "read", "expires": "2099-01-01T00:00:00Z", "created": "2020-01-01T00:00:00Z"}
    data[key] = other.get(key, "mallory")
    file.write_text(json.dumps(data))
    code, answer = world.json("apply", plan, "--yes")
    assert (code, answer["problems"][0]["code"]) == (1, "plan_not_found")


@pytest.mark.parametrize(
    "plan", ["../../x", "p-00000000", "p-ZZZZZZZZ", "/etc/passwd", "", "p-\udcff"]
)
def test_a_plan_that_is_nowhere(world: World, plan: str) -> None:
    assert world.json("apply", plan)[0] == 1


def test_a_plan_of_somebody_else(world: World) -> None:
    plan = world.plan(WISH)
    file = plan_file(world, plan)
    theirs = world.home / "plans" / "noriko" / file.name
    theirs.parent.mkdir()
    file.rename(theirs)
    assert world.json("apply", plan)[1]["problems"][0]["code"] == "plan_not_found"


def test_no_plan_yet(world: World) -> None:
    code, answer = world.json("apply")
    assert (code, answer["problems"][0]["code"]) == (1, "no_plan")


def test_the_loser_of_a_race_learns_the_winner(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = world.plan(WISH)
    store = PlanStore(Home(world.home))
    before = applying.surroundings

    def slow(actor: Any) -> Any:  # the other process takes it just now
        assert store.take(store.load(USER, plan), "r-20260101-000000-abcd")
        return before(actor)

    monkeypatch.setattr(applying, "surroundings", slow)
    code, answer = world.json("apply", plan)
    assert code == 4
    assert "r-20260101-000000-abcd" in answer["problems"][0]["message"]
    assert world.runs == []
    assert world.json("run", "list") == (0, [])


def test_whoever_finds_the_plan_taken_finds_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = world.plan(WISH)
    take = PlanStore.take

    def watched(self: PlanStore, wanted: Any, run_id: str) -> bool:
        assert world.json("run", "show", run_id)[0] == 0
        return take(self, wanted, run_id)

    monkeypatch.setattr(PlanStore, "take", watched)
    assert world.call("apply", plan)[0] == 0


def test_a_failure_names_the_run_and_the_next_command(world: World) -> None:
    world.status = "failed"
    plan = world.plan(WISH)
    code, _, err = world.call("apply", plan)
    assert code == 1
    assert f"fuyajo apply {plan}" in err
    assert "fuyajo run logs r-" in err
    code, answer = world.json("apply", plan)
    assert code == 1
    assert answer["run"]["status"] == "failed"
    assert answer["problems"][0]["code"] == "run_failed"


def test_the_rest_of_a_failed_plan_is_shown(world: World) -> None:
    world.status = "failed"
    plan = world.plan(WISH)
    world.call("apply", plan)
    world.status = "successful"
    code, _, err = world.call("apply", plan)
    assert code == 0
    assert f"What is left of plan {plan}" in err


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (WISH, "fuyajo vm delete shop"),
        (
            "two web servers called web",
            "remove: fuyajo vm delete web-1\n",
        ),  # the other is not there
        ("stop old", "old is running"),
    ],
)
def test_an_interrupted_run_says_how_to_go_on(world: World, wish: str, words: str) -> None:
    world.have(machine("old"))
    plan = world.plan(wish)
    world.interrupted = True
    world.found_by_run = (machine("shop"), machine("web-1"))
    code, _, err = world.call("apply", plan)
    assert code == 130
    assert words in err
    assert f"continue: fuyajo apply {plan}" in err
    assert ("vm delete" in err) == (
        wish != "stop old"
    )  # what was there before is not offered to go


def test_an_impatient_second_ctrl_c(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(*_: object) -> list[Any]:
        os.kill(os.getpid(), signal.SIGINT)
        return []

    world.interrupted = True
    world.status = "canceled"
    plan = world.plan(WISH)
    monkeypatch.setattr("fuyajo.cli.carry_out._machines", impatient)
    before = signal.getsignal(signal.SIGINT)
    code, _, err = world.call("apply", plan)
    assert code == 130
    assert f"continue: fuyajo apply {plan}" in err
    assert signal.getsignal(signal.SIGINT) == before


def test_check_touches_nothing(world: World) -> None:
    plan = world.plan(WISH)
    code, out, _ = world.call("apply", plan, "--check")
    assert code == 0
    assert "Nothing was touched" in out
    assert world.runs[0].check
    assert world.call("apply", plan)[0] == 0  # still unused


def test_apply_a_file_twice(world: World, tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text("vms: [{name: a}, {name: b}]")
    assert world.call("apply", "-f", str(file))[0] == 0
    assert world.call("apply", "-f", str(file))[0] == 0
    assert len(world.runs) == 1
    assert world.call("apply", "p-00000000", "-f", str(file))[0] == 2


def test_deleting_needs_a_yes(world: World) -> None:
    world.have(machine("shop"))
    for extra in ([], ["--json"]):
        assert world.call("vm", "delete", "shop", *extra)[0] == 3
    assert world.runs == []


@pytest.mark.parametrize(("typed", "code"), [("shop\n", 0), ("no\n", 3), ("", 130)])
def test_a_person_types_the_name(
    world: World, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    world.have(machine("shop"))
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert world.call("vm", "delete", "shop")[0] == code
    assert len(world.runs) == (code == 0)


def test_what_is_deleted_is_gone_with_its_host_key(world: World) -> None:
    world.have(machine("shop"), machine("other"))
    file = world.home / "users" / USER / "ssh" / "known_hosts"
    file.parent.mkdir(parents=True)
    file.write_text("uuid-shop ssh-ed25519 AAA\nuuid-other ssh-ed25519 BBB\n")
    assert world.call("vm", "delete", "shop", "--yes")[0] == 0
    assert "uuid-shop" in file.read_text(), "it may come back from the trash"
    code, out, _ = world.call("trash", "empty", "shop", "--yes")
    assert code == 0
    assert out.splitlines()[-1].endswith("shop is gone")
    assert file.read_text() == "uuid-other ssh-ed25519 BBB\n"
    assert world.call("vm", "delete", "other", "--purge", "--yes", "--lang", "ja")[1].endswith(
        "other は無くなりました\n"
    )


def test_a_run_that_was_killed(world: World) -> None:
    world.plan(WISH)
    world.call("apply")
    (record,) = runs.list_runs(_actor(world))
    file = world.home / "runs" / USER / f"{record.id}.json"
    started = datetime.now(UTC) - timedelta(hours=1)
    data = json.loads(file.read_text()) | {"status": "running", "started": started.isoformat()}
    file.write_text(json.dumps(data))
    directory = file.with_suffix("")
    directory.mkdir()
    (directory / "job.json").write_text('{"owner": {"pid": 2, "start": 1, "boot": "x"}}')
    story = '{"seq": 1, "kind": "note", "time": "2026-11-22T21:00:00+00:00", "message": "hi"}\n{"kind": "no'
    (directory / "events.jsonl").write_text(story)
    code, out, err = world.call("run", "show", record.id)
    assert code == 0
    assert "interrupted" in out
    assert "fuyajo apply p-" in err
    code, out, _ = world.call("run", "logs", record.id)
    assert (code, out.count("\n")) == (0, 1)
    assert world.call("run", "cancel", record.id)[0] == 4


def _actor(world: World) -> Any:
    from fuyajo.service.context import local_actor

    return local_actor(os.environ)
