"""Whose a machine is, and what its owner lets others do with it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any

import pytest

from fuyajo.service import granted
from fuyajo.service.context import local_actor
from fuyajo.store.objects import Owned
from tests.support.command_line import FACTS, USER, World, machine

As = Callable[[str], None]
OTHER = "noriko"


@pytest.fixture
def as_user(world: World, monkeypatch: pytest.MonkeyPatch) -> As:
    def become(user: str) -> None:
        entry = type("Entry", (), {"pw_name": user})()
        monkeypatch.setattr("pwd.getpwuid", lambda _uid: entry)

    return become


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has both users; noriko is in `staff`."""
    monkeypatch.setattr(
        "fuyajo.service.sharing._exists", lambda _actor, name: "nobody-" not in name
    )
    groups = {OTHER: frozenset({"staff"})}
    monkeypatch.setattr(granted, "groups_of", lambda user: groups.get(user, frozenset()))


@pytest.fixture(autouse=True)
def no_assistant(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLAUDECODE", "CODEX_SANDBOX", "CODEX_THREAD_ID", "GEMINI_CLI", "CURSOR_AGENT"):
        monkeypatch.delenv(name, raising=False)


def codes(answer: Any) -> list[str]:
    return [problem["code"] for problem in answer["problems"]]


# --- sharing -----------------------------------------------------------------------------------------


def test_what_is_not_shared_is_not_there(world: World, as_user: As) -> None:
    world.have(machine("web"))
    as_user(OTHER)
    assert world.json("vm", "list") == (0, [])
    code, answer = world.json("vm", "show", "web")
    assert (code, codes(answer)) == (1, ["vm_not_found"])
    code, answer = world.json("vm", "stop", "web")
    assert (code, codes(answer)) == (2, ["unknown_vm"])
    assert "web" not in answer["problems"][0]["hint"]


@pytest.mark.parametrize("grantee", [OTHER, "@staff"])
def test_to_look_at(world: World, as_user: As, grantee: str) -> None:
    world.have(machine("web"), machine("own", owner=OTHER))
    code, out, _ = world.call("share", "web", grantee)
    assert (code, out) == (0, f"web is shared with {grantee}: may look at it\n")
    as_user(OTHER)
    code, out, _ = world.call("vm", "list")
    head, *rows = [line.split() for line in out.splitlines()]
    assert (code, head[:2], [row[:2] for row in rows]) == (
        0,
        ["NAME", "OWNER"],
        [["own", OTHER], ["web", USER]],
    )
    assert world.json("vm", "show", "web")[1]["owner"] == USER
    for op in ("stop", "delete"):
        code, answer = world.json("vm", op, "web")
        assert (code, codes(answer)) == (2, ["shared_read"])
    assert world.runs == []


def test_to_operate(world: World, as_user: As) -> None:
    world.have(machine("web"))
    assert world.call("share", "web", OTHER, "--operate")[0] == 0
    as_user(OTHER)
    code, out, err = world.call("vm", "stop", "web")
    assert code == 0, err
    assert world.runs[0].document["stack"]["owner"] == USER  # type: ignore[index]
    assert world.found["web"].state == "stopped"
    for op in ("delete",):
        code, answer = world.json("vm", op, "web", "--yes")
        assert (code, codes(answer)) == (2, ["shared_operate"])
    code, answer = world.json("share", "web", "@staff")
    assert (code, codes(answer)) == (3, ["shared_operate"])
    code, out, _ = world.call("plan", "restart web")
    assert (code, f"({USER}'s)" in out) == (0, True)


def test_words_mean_a_shared_vm_only_by_its_name(world: World, as_user: As) -> None:
    world.have(machine("box"))
    world.call("share", "box", OTHER, "--operate")
    as_user(OTHER)
    for words in ("stop the web server", "stop all my VMs", "stop my oldest server"):
        _, answer = world.json("plan", words)
        assert answer.get("plan") is None, words
    world.have(machine("own", owner=OTHER))
    _, answer = world.json("plan", "stop all my VMs")
    assert [change["name"] for change in answer["plan"]["changes"]] == ["own"]
    _, answer = world.json("plan", "stop box")
    assert [change["owner"] for change in answer["plan"]["changes"]] == [USER]


def test_one_plan_is_about_one_owner(world: World, as_user: As) -> None:
    world.have(machine("web"), machine("own", owner=OTHER))
    world.call("share", "web", OTHER, "--operate")
    as_user(OTHER)
    code, answer = world.json("vm", "stop", "web", "own")
    assert (code, codes(answer)) == (2, ["mixed_owners"])


def test_what_was_taken_back_stops_a_plan_that_was_made_before(world: World, as_user: As) -> None:
    world.have(machine("web"))
    world.call("share", "web", OTHER, "--operate")
    as_user(OTHER)
    plan = world.plan("stop web")
    as_user(USER)
    assert world.call("unshare", "web", OTHER)[0] == 0
    assert world.json("unshare", "web", OTHER)[0] == 1
    as_user(OTHER)
    code, answer = world.json("apply", plan)
    assert (code, codes(answer), world.runs) == (1, ["vm_not_found"], [])


def test_less_than_before_stops_it_too(world: World, as_user: As) -> None:
    world.have(machine("web"))
    world.call("share", "web", OTHER, "--operate")
    as_user(OTHER)
    plan = world.plan("stop web")
    as_user(USER)
    world.call("share", "web", OTHER)
    as_user(OTHER)
    code, answer = world.json("apply", plan)
    assert (code, codes(answer), world.runs) == (3, ["shared_read"], [])


def test_a_share_ends_where_the_machine_changes_hands(world: World, as_user: As) -> None:
    world.have(machine("web"))
    world.call("share", "web", OTHER, "--operate")
    world.have(machine("web", owner="ken"))
    as_user(OTHER)
    assert world.json("vm", "list") == (0, [])


def test_the_list_shows_what_was_given_and_what_was_got(world: World, as_user: As) -> None:
    world.have(machine("web"), machine("list"), machine("ken", owner="ken"))
    assert world.call("share", "list")[1].startswith("Nothing is shared")
    world.call("share", "web", "@staff")
    world.call("share", "list", OTHER, "--operate")  # a VM of that name
    as_user("ken")
    world.call("share", "ken", "somebody")
    assert [one["vm"] for one in world.json("share", "list")[1]] == ["ken"]
    for user, given in ((USER, True), (OTHER, False)):
        as_user(user)
        found = world.json("share", "list")[1]
        assert [(one["vm"], one["grantee"], one["given"]) for one in found] == [
            ("list", OTHER, given),
            ("web", "@staff", given),
        ]


@pytest.mark.parametrize(
    ("grantee", "code"),
    [
        (USER, "grantee_self"),
        ("No One", "grantee"),
        ("nobody-x", "grantee_unknown"),
        ("@", "grantee"),
    ],
)
def test_with_whom(world: World, grantee: str, code: str) -> None:
    world.have(machine("web"))
    assert codes(world.json("share", "web", grantee)[1]) == [code]
    assert world.call("share", "web")[0] == 2


def test_sharing_is_in_the_audit(world: World) -> None:
    world.have(machine("web"))
    world.call("share", "web", OTHER, "--operate")
    world.call("unshare", "web", OTHER)
    rows = [row.body for row in local_actor(os.environ).audit.rows()]
    assert len(rows) == 2
    assert '"vm.shared"' in rows[0] and '"operate"' in rows[0] and '"vm.unshared"' in rows[1]


# --- ownership ---------------------------------------------------------------------------------------


def test_what_the_database_does_not_know_is_not_destroyed(world: World) -> None:
    world.known = False
    world.have(machine("web"), machine("other", owner=OTHER))
    code, answer = world.json("vm", "delete", "web", "--yes")
    assert (code, codes(answer), world.runs) == (3, ["ownership_unknown"], [])
    assert "--repair-ownership" in answer["problems"][0]["hint"]
    assert world.json("doctor", "--repair-ownership") == (0, {"adopted": ["web"]})
    assert world.json("doctor", "--repair-ownership") == (0, {"adopted": []})
    assert world.call("vm", "delete", "web", "--yes")[0] == 0
    rows = local_actor(os.environ).objects.find(["uuid-web", "uuid-other"])
    assert {uuid: row.state for uuid, row in rows.items()} == {"uuid-web": "trash"}


def test_the_next_settlement_adopts(world: World) -> None:
    world.known = False
    world.have(machine("web"), machine("api"), machine("other", owner=OTHER))
    assert world.call("vm", "stop", "api")[0] == 0
    rows = local_actor(os.environ).objects.find([f"uuid-{n}" for n in ("web", "api", "other")])
    assert sorted(row.name for row in rows.values()) == ["api", "web"]
    assert world.call("vm", "delete", "web", "--yes")[0] == 0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_metadata_that_changed_hands_destroys_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.have(machine("web"))  # its metadata says mika now
    actor = local_actor(os.environ)
    actor.objects.note([Owned("uuid-web", FACTS.uri, "web", OTHER, "there")])
    code, answer = world.json("vm", "delete", "web", "--yes")
    assert (code, codes(answer), world.runs) == (3, ["ownership_disagrees"], [])
    assert OTHER in answer["problems"][0]["message"] and USER in answer["problems"][0]["message"]
    # Neither a run nor the repair changes what is known.
    assert world.call("vm", "stop", "web")[0] == 0
    assert world.json("doctor", "--repair-ownership")[1] == {"adopted": []}
    assert actor.objects.find(["uuid-web"])["uuid-web"].owner == OTHER
    assert world.call("doctor", "--believe-metadata", "web")[0] == 3
    monkeypatch.setattr("sys.stdin", Terminal("web\n"))
    monkeypatch.setenv("CLAUDECODE", "1")
    assert world.call("doctor", "--believe-metadata", "web")[0] == 3
    monkeypatch.delenv("CLAUDECODE")
    assert world.call("doctor", "--believe-metadata", "web")[0] == 0
    assert actor.objects.find(["uuid-web"])["uuid-web"].owner == USER
    assert world.call("vm", "delete", "web", "--yes")[0] == 0


def test_nobody_believes_for_somebody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.have(machine("web", owner=OTHER))
    monkeypatch.setattr("sys.stdin", Terminal("web\n"))
    assert world.call("doctor", "--believe-metadata", "web")[0] == 1
    assert world.json("doctor", "--repair-ownership")[1] == {"adopted": []}


def test_a_disk_that_somebody_else_left(world: World) -> None:
    world.leftovers = frozenset({"old", "mine"})
    rows = [
        Owned("1", FACTS.uri, "old", OTHER, "gone"),
        Owned("2", FACTS.uri, "mine", USER, "gone"),
    ]
    local_actor(os.environ).objects.note(rows)
    code, answer = world.json("vm", "delete", "old", "--yes")
    assert (code, codes(answer), world.runs) == (3, ["leftover_foreign"], [])
    assert world.call("vm", "delete", "mine", "--yes")[0] == 0
