"""Running hours from the command line: who counts them, and what is said when they are used up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fuyajo.domain.machine import Trashed
from fuyajo.domain.trash import trash_name
from fuyajo.domain.usage import Usage, month_of
from fuyajo.service import runs
from tests.support.command_line import FACTS, USER, World, machine
from tests.support.trust import code, me, policy

LIMIT = "[roles.default.limits]\nhours = 10\n"
WISH = "a web server called hello"


def rows() -> dict[str, Usage]:
    return {row.uuid: row for row in me().usage.of(USER, month_of(datetime.now(UTC)))}


def spend(hours: float, owner: str = USER) -> None:
    """As if a machine that is off by now had run for so long this month."""
    now = datetime.now(UTC)
    row = Usage("uuid-x", month_of(now), owner, FACTS.uri, int(hours * 3600), now, False)
    me().usage.change(FACTS.uri, row.month, lambda _: [row])


def test_a_run_counts_what_it_starts_until_a_run_stops_it(world: World) -> None:
    world.have(machine("job", state="stopped"), machine("other"))
    assert world.call("apply", world.plan("start job"))[0] == 0
    assert {uuid: row.running for uuid, row in rows().items()} == {
        "uuid-job": True,
        "uuid-other": True,
    }
    assert world.call("apply", world.plan("stop job"))[0] == 0
    assert not rows()["uuid-job"].running
    assert rows()["uuid-other"].running


def test_a_run_that_nobody_settled_counts_what_it_started(world: World) -> None:
    """Its process died, and the first who looks does so an hour later."""
    world.have(machine("job", state="stopped"))
    assert world.call("apply", world.plan("start job"))[0] == 0
    (record,) = runs.list_runs(me())
    hour_ago = record.started - timedelta(hours=1)

    def forget(rows: list[Usage]) -> list[Usage]:
        return [row._replace(seconds=0, running=False, seen=hour_ago) for row in rows]

    me().usage.change(FACTS.uri, "2020-01", forget)
    me().runs.save(record.model_copy(update={"settled": False, "started": hour_ago}))
    runs.list_runs(me())
    counted: list[Usage] = []
    me().usage.change(FACTS.uri, "2020-01", lambda rows: counted.__iadd__(rows)[:0])
    assert 3600 <= sum(row.seconds for row in counted) < 3700


@pytest.mark.parametrize("wish", [WISH, "start off", "restart off"])
def test_used_up(world: World, wish: str) -> None:
    policy(world, LIMIT)
    world.have(machine("off", state="stopped"), machine("on"))
    plan = world.plan(wish)
    spend(9.9)
    _, answer = world.json("policy", "explain", plan)
    (rule,) = [r for r in answer["rules"] if r["rule"] == "roles.default.limits.hours"]
    assert (rule["outcome"], rule["value"], rule["place"]) == (
        "nothing",
        "9.9 / 10",
        "policy.toml:2",
    )
    spend(10)
    done, answer = world.json("apply", plan)
    assert (done, code(answer)) == (3, "hours_used_up")
    problem = answer["problems"][0]
    assert "10.0 of 10 hours are used" in problem["message"]
    assert f"fuyajo plan --again {plan}" in problem["hint"]
    assert world.runs == []
    assert me().claims.open() == []
    _, answer = world.json("policy", "explain", plan)
    (rule,) = [r for r in answer["rules"] if r["rule"] == "roles.default.limits.hours"]
    assert (rule["outcome"], rule["value"]) == ("refused", "10.0 / 10")


@pytest.mark.parametrize("wish", ["stop on", "restart on", "delete off", "take a snapshot of on"])
def test_what_starts_nothing_goes_on(world: World, wish: str) -> None:
    policy(world, LIMIT)
    world.have(machine("off", state="stopped"), machine("on"))
    spend(11)
    plan = world.plan(wish)
    _, answer = world.json("policy", "explain", plan)
    assert not [r for r in answer["rules"] if r["rule"].endswith("limits.hours")]
    assert world.call("apply", plan, "--yes")[0] == 0


@pytest.mark.parametrize(("start", "done"), [(True, 3), (False, 0)])
def test_what_comes_back_from_the_trash(world: World, start: bool, done: int) -> None:
    policy(world, LIMIT)
    name = trash_name("uuid-shop")
    mark = Trashed("shop", "2026-11-20T10:00:00Z", "2099-01-01T00:00:00Z")
    world.have(machine(name, uuid="uuid-shop", state="stopped", trashed=mark))
    spend(10)
    options = ["--start"] if start else []
    assert world.call("trash", "restore", "shop", *options)[0] == done


def test_the_hours_are_the_owners(world: World) -> None:
    policy(world, LIMIT)
    world.have(machine("off", state="stopped"))
    spend(10, owner="noriko")
    assert world.call("apply", world.plan("start off"))[0] == 0


def test_what_runs_counts_until_now(world: World) -> None:
    """It was on at the last look, and is past the limit by now."""
    policy(world, LIMIT)
    world.have(machine("off", state="stopped"))
    spend(1)
    now = datetime.now(UTC)
    month = month_of(now)
    seen = max(now - timedelta(hours=1), datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC))
    on = Usage("uuid-gone", month, USER, FACTS.uri, 9 * 3600 + 3599, seen, True)
    me().usage.change(FACTS.uri, month, lambda _: [on._replace(seconds=9 * 3600)])
    assert code(world.json("apply", world.plan("start off"))[1]) == "hours_used_up"
    assert not rows()["uuid-gone"].running, "the refused run looked as well, and it was not there"


def test_show(world: World) -> None:
    month = month_of(datetime.now(UTC))
    assert (
        f"Running hours in {month} (UTC): 0.0, without a limit" in world.call("policy", "show")[1]
    )
    assert not (world.home / "fuyajo.db").exists(), "to look makes nothing"
    policy(world, LIMIT)
    spend(2.55)
    assert f"Running hours in {month} (UTC): 2.5 of 10" in world.call("policy", "show")[1]
    assert "稼働時間: 2.5 / 10" in world.call("policy", "show", "--lang", "ja")[1]
    _, answer = world.json("policy", "show")
    assert answer["usage"] == {"month": month, "seconds": 9180, "limit": 10}
    assert json.dumps(answer)


def test_doctor_counts_a_look(world: World, tmp_path: Path) -> None:
    from fuyajo.service.doctor_ownership import ownership

    world.have(machine("web"))
    ownership(me())
    assert not (world.home / "fuyajo.db").exists(), "it makes no database"
    spend(1)
    ownership(me())
    assert rows()["uuid-web"].running
