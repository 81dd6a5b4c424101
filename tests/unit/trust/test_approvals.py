"""`fuyajo approve` and `reject`, and every guard in front of a run, each firing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fuyajo.domain.consent import ASSISTANTS, Consent
from fuyajo.domain.errors import Refused
from fuyajo.service import admitting, approving
from tests.support.command_line import USER, World, machine
from tests.support.terminal import typing
from tests.support.trust import code, foreign, loaded, me, policy, refused

# --- the commands ------------------------------------------------------------------------------------


def test_a_person_types_the_name_and_the_plan_runs_once(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "shop\n")
    done, out, err = world.call("approve", deletion)
    assert done == 0
    assert "- vm shop" in err, "the plan is shown before the question"
    assert f"Approved: the plan {deletion}" in out
    (approval,) = me().approvals.of(loaded(deletion))
    assert (approval.kind, approval.by, approval.used) == ("terminal", USER, None)


def test_an_approval_ahead_lets_it_run_without_a_word(world: World, deletion: str) -> None:
    assert world.call("apply", deletion)[0] == 3
    assert world.call("approve", deletion, "--yes")[0] == 0
    assert world.call("apply", deletion)[0] == 0
    (approval,) = me().approvals.of(loaded(deletion))
    assert approval.used == me().plans.taken_by(loaded(deletion))


@pytest.mark.parametrize(("typed", "why"), [("no\n", "not_confirmed"), ("SHOP\n", "not_confirmed")])
def test_another_name_is_no_approval(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch, typed: str, why: str
) -> None:
    typing(monkeypatch, typed)
    done, _, err = world.call("approve", deletion)
    assert done == 3
    assert "not confirmed" in err
    assert me().approvals.of(loaded(deletion)) == []


@pytest.mark.parametrize(("typed", "expected"), [("y\n", 0), ("\n", 3), ("n\n", 3)])
def test_a_plan_that_destroys_nothing_asks_for_a_yes(
    world: World, monkeypatch: pytest.MonkeyPatch, typed: str, expected: int
) -> None:
    world.have(machine("shop"))
    plan = world.plan("stop shop")
    typing(monkeypatch, typed)
    assert world.call("approve", plan)[0] == expected


def test_without_a_terminal_nobody_is_asked(world: World, deletion: str) -> None:
    done, answer = world.json("approve", deletion)
    assert (done, code(answer)) == (3, "approve_unasked")


def test_yes_is_of_the_kind_flag(world: World, deletion: str) -> None:
    done, answer = world.json("approve", deletion, "--yes", "--note", "agreed")
    assert done == 0
    assert (answer["kind"], answer["note"], answer["by"]) == ("flag", "agreed", USER)


@pytest.mark.parametrize("note", ["x" * 501, "a\x1b[2J", "‮"])
def test_a_note_is_bounded_and_plain(world: World, deletion: str, note: str) -> None:
    assert world.json("approve", deletion, "--yes", "--note", note)[0] == 2
    assert world.json("reject", deletion, "--note", note)[0] == 2


# --- the guards --------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ASSISTANTS)
def test_an_assistant_approves_nothing(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "1")
    typing(monkeypatch, "shop\n")  # a terminal of its own does not help it
    for words in (["approve", deletion], ["approve", deletion, "--yes"]):
        done, answer = world.json(*words)
        assert (done, code(answer)) == (3, "consent_kind")
        assert world.call(*words)[0] == 3
    for words in (["apply", deletion], ["apply", deletion, "--yes"]):
        assert world.call(*words)[0] == 3
    assert world.runs == []


def test_a_policy_may_take_an_assistants_word(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(world, '[roles.default.approvals]\naccept = ["assistant"]\n')
    monkeypatch.setenv("CLAUDECODE", "1")
    assert world.call("apply", deletion, "--yes")[0] == 0


def test_an_expired_approval(world: World, deletion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.call("approve", deletion, "--yes")[0] == 0
    plan = loaded(deletion)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(minutes=61)

    monkeypatch.setattr(approving, "datetime", Later)
    assert refused(plan) == ["confirm_trash"]


def test_an_approval_that_expires_at_the_last_moment(world: World, deletion: str) -> None:
    plan, actor = loaded(deletion), me()
    consent = Consent(USER, "terminal")
    approval = approving.approve(actor, plan, consent)
    stale = approval._replace(id="a-old", expires=datetime.now(UTC) - timedelta(seconds=1))
    actor.approvals.add(stale)
    assert not actor.approvals.use(stale, "r-1")


def test_used_twice(world: World, deletion: str) -> None:
    plan, actor = loaded(deletion), me()
    approving.approve(actor, plan, Consent(USER, "terminal"))
    first, second = admitting.admit(actor, plan, None), admitting.admit(actor, plan, None)
    assert first is not None
    assert first == second, "both found it good"
    admitting.enter(actor, plan, "r-1", first)
    with pytest.raises(Refused) as caught:
        admitting.enter(actor, plan, "r-2", second)
    assert caught.value.problems[0].code == "approval_used"
    assert refused(plan) == ["confirm_trash"], "and it is found no more"


def test_another_digest(world: World, deletion: str) -> None:
    plan = loaded(deletion)
    approving.approve(me(), plan, Consent(USER, "terminal"))
    for update in ({"digest": "0" * 64}, {"id": "p-00000000"}, {"owner": "noriko"}):
        assert refused(plan.model_copy(update=update)) == ["confirm_trash"]


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_the_plan_of_another_user_is_not_found(world: World, deletion: str, command: str) -> None:
    foreign(world, deletion)
    answers = [
        world.json(command, plan, *more)
        for plan in (deletion, "p-00000000")
        for more in ([], ["--owner", "noriko"], ["--owner", "../noriko"])
    ]
    assert {(done, code(answer)) for done, answer in answers} == {(1, "plan_not_found")}


def test_rejected_is_never_carried_out(world: World, deletion: str) -> None:
    assert world.call("approve", deletion, "--yes")[0] == 0
    assert world.call("reject", deletion, "--note", "not before Monday")[0] == 0
    for words in (
        ["apply", deletion],
        ["apply", deletion, "--yes"],
        ["approve", deletion, "--yes"],
    ):
        done, answer = world.json(*words)
        assert (done, code(answer)) == (3, "plan_rejected")
        assert "not before Monday" in answer["problems"][0]["message"]
    assert world.runs == []


def test_rejected_between_the_gate_and_the_run(world: World, deletion: str) -> None:
    plan, actor = loaded(deletion), me()
    approval = admitting.admit(actor, plan, Consent(USER, "terminal"))
    assert approval is not None
    approving.reject(actor, plan, Consent(USER, "flag"))
    with pytest.raises(Refused):
        admitting.enter(actor, plan, "r-1", approval)
    assert not actor.approvals.use(approval, "r-1"), "nor does the row itself let it through"


def test_a_plan_that_needs_nothing_can_be_rejected_too(world: World) -> None:
    world.have(machine("shop"))
    plan = world.plan("stop shop")
    assert world.call("reject", plan)[0] == 0
    assert world.call("apply", plan)[0] == 3


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_too_late(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    assert world.call("apply", deletion, "--yes")[0] == 0
    assert code(world.json(command, deletion)[1]) == "plan_done"
    world.have(machine("shop"))
    other = world.plan("delete shop")

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(hours=2)

    monkeypatch.setattr(approving, "datetime", Later)
    assert code(world.json(command, other)[1]) == "plan_expired"
