"""`kill -9` at every named moment of an apply: nothing acknowledged is lost, done twice, or unknown.

Three hundred and more processes die here. The host is a file, so that it can be a kill at exactly that step;
real QEMU under real kills has its own tests (tests/e2e/test_interrupted.py, the collection's fault tests).
"""

from __future__ import annotations

import json
import os
import random
import signal
from functools import partial
from pathlib import Path

import pytest

from fuyajo.domain.consent import Consent
from fuyajo.domain.plan import Plan
from fuyajo.domain.request import Config
from fuyajo.service.applying import apply, resolve
from fuyajo.service.context import Actor
from fuyajo.service.planning import from_config
from fuyajo.service.runs import list_runs
from tests.support.file_host import POINTS, FileHost, actor_of, file_host, in_a_process

USER = "mika"
MADE = tuple(point for point in POINTS if point != "binned")  # every plan here makes something
EACH = 22


@pytest.mark.slow
@pytest.mark.parametrize("point", MADE)
def test_killed_at(point: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(point)
    home = tmp_path / "home"
    with file_host(home, monkeypatch) as host:
        for number in range(EACH):
            plan = _plan(actor_of(home, USER), host, dice, number)
            told = tmp_path / f"told-{number}"
            ended = in_a_process(partial(_apply, home, plan, told), point)
            assert ended == -signal.SIGKILL, (point, number, ended)
            _nothing_is_lost(home, told, point)
            _the_rest(home, plan)
            _all_is_known(home, host)


def _plan(actor: Actor, host: FileHost, dice: random.Random, number: int) -> Plan:
    """Something to make in every plan, so that every point is reached; and something to change."""
    wish: dict[str, object] = {"vms": [{"name": f"vm-{number}", "template": "web-server"}]}
    others = sorted(host.look(None).owned(USER))
    if others and dice.random() < 0.7:
        chosen = dice.choice(others)
        op = dice.choice(("stop", "start", "resize", "restart"))
        sizes = {"cpus": dice.randint(1, 8), "memory": 1024 * dice.randint(1, 8)}
        wish["operations"] = [{"op": op, "vm": chosen} | (sizes if op == "resize" else {})]
    plan = from_config(actor, Config.model_validate_json(json.dumps(wish)), "test").plan
    assert plan is not None
    return plan


def _apply(home: Path, plan: Plan, told: Path) -> None:
    actor = actor_of(home, USER)
    ready = resolve(actor, plan.id)
    apply(
        actor,
        ready,
        lambda _: None,
        consent=Consent(USER, "flag"),
        on_start=lambda record: told.write_text(record.id),
    )


def _nothing_is_lost(home: Path, told: Path, point: str) -> None:
    """Whatever was acknowledged is there, is over, and everybody sees the same end of it."""
    actor = actor_of(home, USER)
    records = {record.id: record for record in list_runs(actor)}
    assert all(record.status != "running" and record.settled for record in records.values())
    assert actor.claims.open(USER) == []
    assert told.exists() == (POINTS.index(point) >= POINTS.index("spawned"))
    if told.exists():
        assert told.read_text() in records
        assert actor.audit.has("run.started", told.read_text())
        assert actor.audit.has("run.finished", told.read_text())


def _the_rest(home: Path, plan: Plan) -> None:
    """`apply` again continues or finds nothing to do; once more there is nothing to do for certain."""
    actor = actor_of(home, USER)
    rest = resolve(actor, plan.id) if _may_continue(actor, plan) else None
    if rest is not None and not rest.nothing_to_do:
        apply(actor, rest, lambda _: None, consent=Consent(USER, "flag"))
    made = {vm.name for vm in plan.spec.vms}
    wish = {"vms": [{"name": name, "template": "web-server"} for name in made]}
    again = from_config(actor, Config.model_validate(wish), "test")
    assert again.plan is not None and again.plan.nothing_to_do


def _may_continue(actor: Actor, plan: Plan) -> bool:
    """An operation such as a restart that was carried out whole is not offered a second time."""
    taken = actor.plans.taken_by(plan)
    if taken is None:
        return True
    known = [record for record in list_runs(actor) if record.id == taken]
    return not known or known[0].status != "successful"


def _all_is_known(home: Path, host: FileHost) -> None:
    actor = actor_of(home, USER)
    content = host.content()
    runs = [run for run, what, _, _ in content.done if what == "run"]
    assert len(runs) == len(set(runs)), "a run was carried out twice"
    made = [name for _, what, name, _ in content.done if what == "make"]
    assert len(made) == len(set(made)), "a machine was made twice"
    listed = actor.objects.find([machine.uuid for machine in content.machines.values()])
    assert set(listed) == {machine.uuid for machine in content.machines.values()}
    assert os.environ.get("FUYAJO_FAILPOINT") is None
