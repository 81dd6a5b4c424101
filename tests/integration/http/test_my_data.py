"""What is stored about somebody: all of it, none of it, and not for ever."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.talks import Talk as Conversation
from fuyajo.service import scheduling, talks
from fuyajo.service.context import load_settings
from fuyajo.service.submitting import submit
from fuyajo.store.talks import TalkStore
from tests.support.command_line import World, machine
from tests.support.scripted_backend import CHAT, Dictated, stand_in
from tests.support.service import Service, service
from tests.support.talks import CONVERSATIONS, Token, answered, ask, events, new


@pytest.fixture
def mika(api: Service) -> Token:
    return api.token(api.user("mika"))


@pytest.fixture
def noriko(api: Service) -> Token:
    return api.token(api.user("noriko"))


def lived(api: Service, world: World, token: Token, name: str) -> str:
    """A user with something of everything: a conversation, a plan, a machine, a schedule. The talk."""
    owner = api.call("GET", "/api/v1/me", token).json()["user"]
    talk = new(api, token, f"about {name}")
    answered(api, token, talk, f"a web server called {name}")
    world.have(machine(f"{name}-old", owner=owner))
    scheduling.add(
        api.actor(owner), "0 3 * * *", "UTC", f"operations: [{{op: stop, vm: {name}-old}}]"
    )
    (world.home / "users" / owner / "planner").mkdir(parents=True)
    return talk


def test_an_export_has_all_of_mine_and_nothing_else(
    api: Service, world: World, mika: Token, noriko: Token
) -> None:
    talk = lived(api, world, mika, "kiku")
    lived(api, world, noriko, "sumire")
    answer = api.call("GET", "/api/v1/me/export", mika)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    told = answer.json()
    assert told["user"]["name"] == "mika"
    assert [one["id"] for one in told["conversations"]] == [talk.rsplit("/", 1)[-1]]
    assert told["conversations"][0]["turns"] == api.call("GET", f"{talk}/turns", mika).json()
    assert [plan["conversation"] for plan in told["plans"]] == [talk.rsplit("/", 1)[-1]]
    assert told["machines"] == ["kiku-old"]
    assert len(told["schedules"]) == 1
    assert len(told["tokens"]) == 1
    assert {row["actor"] for row in told["audit"]} == {"mika"}
    for secret in (
        "sumire",
        "noriko",
        mika["Authorization"].removeprefix("Bearer "),
        "argon2",
    ):
        assert secret not in answer.text


def test_what_was_said_is_forgotten_and_what_happened_stays(
    api: Service, world: World, mika: Token, noriko: Token
) -> None:
    talk = lived(api, world, mika, "kiku")
    theirs = lived(api, world, noriko, "sumire")
    rows = len(api.call("GET", "/api/v1/audit", mika).json())
    gone = api.call("DELETE", "/api/v1/me/data", mika)
    assert gone.status_code == 200, gone.text
    told: dict[str, Any] = gone.json()
    assert (told["conversations"], told["plans"]) == (1, 1)
    assert told["stays"]["machines"] == ["kiku-old"]
    assert len(told["stays"]["schedules"]) == 1
    assert told["stays"]["audit"] > rows - 1
    assert api.call("GET", CONVERSATIONS, mika).json() == []
    assert api.call("GET", f"{talk}/turns/1", mika).status_code == 404
    assert api.call("GET", "/api/v1/plans", mika).json() == []
    assert not (world.home / "users" / "mika" / "planner").exists()
    assert api.call("GET", theirs, noriko).status_code == 200
    assert len(api.call("GET", "/api/v1/plans", noriko).json()) == 1
    events_of = {row["body"]["event"] for row in api.call("GET", "/api/v1/audit", mika).json()}
    assert "data.forgotten" in events_of


def test_not_while_a_run_goes_on(api: Service, world: World, mika: Token) -> None:
    lived(api, world, mika, "kiku")
    plan = api.call("POST", "/api/v1/vms/kiku-old/stop", mika).json()["id"]
    run = submit(api.actor("mika"), plan).run
    refused = api.call("DELETE", "/api/v1/me/data", mika)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "forget_running")
    assert len(api.call("GET", CONVERSATIONS, mika).json()) == 1
    assert api.call("POST", f"/api/v1/runs/{run}/cancel", mika).is_success
    assert api.call("DELETE", "/api/v1/me/data", mika).status_code == 200


def test_not_while_a_question_is_answered(
    api: Service, mika: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = Dictated(CHAT)
    stand_in(monkeypatch, planner)
    turn = ask(api, mika, new(api, mika), "tell me", backend="claude")
    refused = api.call("DELETE", "/api/v1/me/data", mika)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "forget_answering")
    planner.done()
    events(api, mika, turn)
    assert api.call("DELETE", "/api/v1/me/data", mika).status_code == 200


def test_by_whoever_runs_the_service(api: Service, world: World, noriko: Token) -> None:
    lived(api, world, noriko, "sumire")
    code, out, _ = world.call("user", "export", "noriko")
    assert code == 0
    assert json.loads(out)["conversations"][0]["title"] == "about sumire"
    assert world.call("user", "forget", "noriko")[0] == 3  # not by a slip
    code, told = world.json("user", "forget", "noriko", "--yes")
    assert (code, told["conversations"], told["stays"]["machines"]) == (0, 1, ["sumire-old"])
    assert api.call("GET", CONVERSATIONS, noriko).json() == []
    assert api.call("GET", "/api/v1/me", noriko).status_code == 200
    for name in ("nobody", "../x"):
        code, _, told = world.call("user", "export", name)
        assert (code, "inside Fuyajo" in told) == (1, False)


def test_forgotten_words_are_not_in_the_file_any_more(world: World) -> None:
    with service(world.home) as api:
        mika = api.token(api.user("mika"))
        talk = new(api, mika, "rhubarb")
        answered(api, mika, talk, "custard " * 300)
        assert api.call("DELETE", "/api/v1/me/data", mika).is_success
    with closing(sqlite3.connect(world.home / "fuyajo.db")) as last:
        last.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # as the end of the last process does
    found = b"".join(path.read_bytes() for path in world.home.rglob("*") if path.is_file())
    assert b"mika" in found
    assert b"rhubarb" not in found
    assert b"custard" not in found


def test_conversations_are_kept_for_as_long_as_was_said(api: Service, mika: Token) -> None:
    store, now = TalkStore(api.app.state.database), datetime.now(UTC)
    for days in (0, 89, 91, 400):
        then = now - timedelta(days=days)
        store.add(Conversation(f"c-{days:016x}", "mika", f"{days} days", then, then))
    assert talks.prune(api.actor("service"), now) == 2
    kept = api.call("GET", CONVERSATIONS, mika).json()
    assert [one["title"] for one in kept] == ["0 days", "89 days"]


def test_how_long_is_a_setting(tmp_path: Path) -> None:
    def days(value: str) -> int:
        return load_settings(
            {"FUYAJO_HOME": str(tmp_path), "FUYAJO_RETENTION_DAYS": value}
        ).retention_days

    assert load_settings({"FUYAJO_HOME": str(tmp_path)}).retention_days == 90
    assert days("7") == 7
    for bad in ("0", "-1", "seven", "7.5", "９", "999999"):
        with pytest.raises(InvalidInput):
            days(bad)
