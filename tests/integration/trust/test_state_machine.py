"""Two users plan, approve, reject, apply, cancel and undo in any order, and processes die at any moment.

After every step: nobody touched what is not theirs, nothing was done twice, no account is over its limit,
nothing was destroyed without an approval, and the audit is whole.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import FuyajoError, NotFound
from fuyajo.domain.plan import Plan
from fuyajo.domain.quota import used
from fuyajo.domain.request import Config
from fuyajo.engine.runner import RunInterrupted
from fuyajo.service import approving, auditing
from fuyajo.service.applying import apply, resolve
from fuyajo.service.planning import from_config
from fuyajo.service.runs import list_runs
from fuyajo.service.undoing import undo
from tests.support.file_host import POINTS, actor_of, file_host, in_a_process

USERS = ("mika", "noriko")
LIMIT = {"vms": 3, "cpus": 6, "memory_mib": 6144}
REFUSED = 3  # exit code of a child whose apply was refused
NAMES = st.sampled_from(["web", "db", "job", "box"])
WHO = st.sampled_from(USERS)
# Of lists whose length hypothesis cannot know.
PICK = st.integers(0, 59)
DESTROYS = ("trashed", "purged", "remove")
T = TypeVar("T")


class Trust(RuleBasedStateMachine):
    """One home, one host in a file. `plans` are those that were shown, with what became of them."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="fuyajo-trust-"))
        self.home = self.root / "home"
        self._patch = pytest.MonkeyPatch()
        for key in LIMIT:
            name = key.removesuffix("_mib").upper()
            self._patch.setenv(f"FUYAJO_QUOTA_{name}", str(LIMIT[key]))
        self._host = file_host(self.home, self._patch)
        self.host = self._host.__enter__()
        self.plans: list[Plan] = []
        self.rejected: set[str] = set()

    def teardown(self) -> None:
        self._host.__exit__(None, None, None)
        self._patch.undo()
        shutil.rmtree(self.root)

    # --- what people do ------------------------------------------------------------------------------

    @rule(who=WHO, name=NAMES, cpus=st.integers(1, 4), memory=st.sampled_from([1024, 3072]))
    def plan_creation(self, who: str, name: str, cpus: int, memory: int) -> None:
        vm = {"name": name, "template": "web-server", "cpus": cpus, "memory": memory}
        self._plan(who, {"vms": [vm]})

    @rule(
        who=WHO,
        name=NAMES,
        op=st.sampled_from(["stop", "start", "restart", "delete", "delete", "resize"]),
        cpus=st.integers(1, 6),
    )
    def plan_operation(self, who: str, name: str, op: str, cpus: int) -> None:
        wish: dict[str, object] = {"op": op, "vm": name} | (
            {"cpus": cpus} if op == "resize" else {}
        )
        self._plan(who, {"operations": [wish]})

    @rule(
        who=WHO,
        name=NAMES,
        op=st.sampled_from(["create", "create", "delete", "resize", "stop", "start"]),
        point=st.sampled_from([None, None, *POINTS]),
    )
    def plan_and_apply(self, who: str, name: str, op: str, point: str | None) -> None:
        """What people mostly do."""
        before = len(self.plans)
        if op == "create":
            self.plan_creation(who, name, 1, 1024)
        else:
            self.plan_operation(who, name, op, 2)
        for plan in self.plans[before:]:
            ended = in_a_process(partial(self._apply, plan, True, False), point)
            assert ended in (0, REFUSED, -signal.SIGKILL), ended

    @rule(who=WHO, point=st.sampled_from([None, None, *POINTS]))
    def undo_the_last_and_apply(self, who: str, point: str | None) -> None:
        runs = [r for r in list_runs(actor_of(self.home, who)) if r.status == "successful"]
        before = len(self.plans)
        for record in runs[:1]:
            self._undo(who, record.id)
        for plan in self.plans[before:]:
            ended = in_a_process(partial(self._apply, plan, True, False), point)
            assert ended in (0, REFUSED, -signal.SIGKILL), ended

    @precondition(lambda self: self.plans)
    @rule(pick=PICK)
    def approve(self, pick: int) -> None:
        plan = _any(self.plans, pick)
        try:
            actor = actor_of(self.home, plan.owner)
            approving.approve(actor, plan, Consent(plan.owner, "terminal"))
        except FuyajoError:
            return

    @precondition(lambda self: self.plans)
    @rule(pick=PICK)
    def reject(self, pick: int) -> None:
        plan = _any(self.plans[-3:], pick)
        try:
            actor = actor_of(self.home, plan.owner)
            approving.reject(actor, plan, Consent(plan.owner, "terminal"))
        except FuyajoError:
            return
        self.rejected.add(plan.id)

    @precondition(lambda self: self.plans)
    @rule(
        pick=PICK,
        point=st.sampled_from([None, None, None, *POINTS]),
        consent=st.booleans(),
        ctrl_c=st.integers(0, 5),
    )
    def carry_out(self, pick: int, point: str | None, consent: bool, ctrl_c: int) -> None:
        plan = _any(self.plans[-4:], pick)
        ended = in_a_process(partial(self._apply, plan, consent, ctrl_c == 0), point)
        assert ended in (0, REFUSED, -signal.SIGKILL), ended

    @rule(who=WHO, pick=PICK)
    def take_back(self, who: str, pick: int) -> None:
        runs = list_runs(actor_of(self.home, who))
        if runs:
            self._undo(who, _any(runs, pick).id)

    @precondition(lambda self: self.plans)
    @rule(pick=PICK)
    def take_somebody_elses(self, pick: int) -> None:
        plan = _any(self.plans, pick)
        (other,) = set(USERS) - {plan.owner}
        with pytest.raises(NotFound):
            resolve(actor_of(self.home, other), plan.id)

    # --- what is always true -------------------------------------------------------------------------

    @invariant()
    def nobody_touched_what_is_not_theirs(self) -> None:
        content, whose = self.host.content(), self._whose()
        for run, what, name, uuid in content.done:
            if what != "run":
                assert content.owners[uuid] == whose[run], (run, what, name)

    @invariant()
    def nothing_is_done_twice(self) -> None:
        done = self.host.content().done
        runs = [run for run, what, _, _ in done if what == "run"]
        assert len(runs) == len(set(runs))
        plans = [
            record.plan for user in USERS for record in self._records(user) if record.id in runs
        ]
        assert len(plans) == len(set(plans)), "one plan was carried out by two runs"
        assert not self.rejected & set(plans)

    @invariant()
    def nothing_is_destroyed_unapproved(self) -> None:
        records = {record.id: record for user in USERS for record in self._records(user)}
        for run, what, _, _ in self.host.content().done:
            if what in DESTROYS:
                record = records[run]
                assert record.plan is not None
                actor = actor_of(self.home, record.owner)
                plan = actor.plans.load(record.owner, record.plan)
                assert run in [one.used for one in actor.approvals.of(plan)]

    @invariant()
    def no_account_is_over_its_limit(self) -> None:
        host = self.host.look(None)
        for user in USERS:
            taken = used(host.owned(user).values())
            assert all(taken[key] <= limit for key, limit in LIMIT.items()), (user, taken)

    @invariant()
    def every_machine_is_known(self) -> None:
        for user in USERS:
            list_runs(actor_of(self.home, user))  # settles what a dead process left
        there = {m.uuid: m for m in self.host.content().machines.values()}
        known = actor_of(self.home, USERS[0]).objects.find(there)
        assert {uuid: one.owner for uuid, one in known.items()} == {
            uuid: machine.owner for uuid, machine in there.items()
        }
        for user in USERS:
            assert actor_of(self.home, user).claims.open() == []

    @invariant()
    def the_audit_is_whole(self) -> None:
        assert auditing.verified(actor_of(self.home, USERS[0])).problems == ()

    # --- how ------------------------------------------------------------------------------------------

    def _plan(self, who: str, wish: dict[str, object]) -> None:
        try:
            config = Config.model_validate_json(json.dumps(wish))
            planned = from_config(actor_of(self.home, who), config, "test")
        except FuyajoError:
            return
        if planned.plan is not None and not planned.plan.nothing_to_do:
            self.plans.append(planned.plan)

    def _undo(self, who: str, run: str) -> None:
        try:
            undone = undo(actor_of(self.home, who), run)
        except FuyajoError:
            return
        if undone.plan is not None:
            self.plans.append(undone.plan)

    def _apply(self, plan: Plan, consent: bool, ctrl_c: bool) -> None:
        """In a process of its own."""
        if ctrl_c:
            os.environ["FUYAJO_TEST_CTRL_C"] = "1"
        actor = actor_of(self.home, plan.owner)
        given = Consent(plan.owner, "flag") if consent else None
        try:
            apply(actor, resolve(actor, plan.id), lambda _: None, consent=given)
        except RunInterrupted:
            return
        except FuyajoError:
            os._exit(REFUSED)

    def _records(self, user: str):  # type: ignore[no-untyped-def]
        return actor_of(self.home, user).runs.list(user)

    def _whose(self) -> dict[str, str]:
        return {record.id: user for user in USERS for record in self._records(user)}


def _any(of: Sequence[T], pick: int) -> T:
    return of[pick % len(of)]


TestTrust = Trust.TestCase
TestTrust.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTrust = pytest.mark.slow(pytest.mark.timeout(600)(TestTrust))
