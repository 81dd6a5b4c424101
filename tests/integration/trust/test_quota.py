"""Fifty submits at once, each in a process of its own: just as many get through as there is room for."""

from __future__ import annotations

import os
import random
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Refused
from fuyajo.domain.plan import Plan
from fuyajo.domain.request import Config
from fuyajo.service.applying import apply
from fuyajo.service.context import Actor
from fuyajo.service.planning import from_config
from tests.support.file_host import FileHost, actor_of, file_host

SUBMITS, FEWER = 50, 20
ROOM = 10
DONE, REFUSED, BROKEN = 0, 3, 1


def _plans(actor: Actor, count: int = SUBMITS) -> list[Plan]:
    """All of them made while there was room for each."""
    found = []
    for number in range(count):
        wish = {
            "vms": [{"name": f"{actor.user}-{number}", "memory": 1024, "template": "basic-server"}]
        }
        plan = from_config(actor, Config.model_validate(wish), "test").plan
        assert plan is not None
        found.append(plan)
    return found


def _together(works: list[Callable[[], None]]) -> list[int]:
    """What became of each: all of them begin when the last one is there."""
    ready, go = os.pipe()
    children = []
    for work in works:
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(ready, 1)
            try:
                work()
            except Refused:
                os._exit(REFUSED)
            except BaseException:  # noqa: BLE001 - nothing of the parent's may run here
                traceback.print_exc()
                os._exit(BROKEN)
            os._exit(DONE)
        children.append(child)
    os.close(ready)
    os.close(go)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _submit(home: Path, plan: Plan, failpoint: str | None = None) -> Callable[[], None]:
    def work() -> None:
        if failpoint is not None:
            os.environ["FUYAJO_FAILPOINT"] = failpoint
        consent = Consent(plan.owner, "flag")
        apply(actor_of(home, plan.owner), plan, lambda _: None, consent=consent)

    return work


def _held(host: FileHost, user: str) -> tuple[int, int]:
    own = host.look(None).owned(user).values()
    return len(own), sum(machine.memory_mib for machine in own)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUYAJO_QUOTA_VMS", str(ROOM))
    return tmp_path / "home"


@pytest.mark.slow
def test_fifty_at_once_are_exact(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUYAJO_QUOTA_MEMORY", f"{ROOM}GiB")
    with file_host(home, monkeypatch) as host:
        plans = _plans(actor_of(home, "mika"))
        ends = _together([_submit(home, plan) for plan in plans])
        assert {code: ends.count(code) for code in set(ends)} == {DONE: ROOM, REFUSED: 40}
        assert _held(host, "mika") == (ROOM, ROOM * 1024)
        assert actor_of(home, "mika").claims.open() == []


@pytest.mark.slow
def test_two_users_have_a_quota_each(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with file_host(home, monkeypatch) as host:
        users = ("mika", "noriko")
        plans = [plan for user in users for plan in _plans(actor_of(home, user), ROOM + 1)]
        ends = _together([_submit(home, plan) for plan in plans])
        assert (ends.count(DONE), ends.count(REFUSED)) == (2 * ROOM, 2)
        assert [_held(host, user)[0] for user in users] == [ROOM, ROOM]


@pytest.mark.slow
def test_those_that_die_give_back_exactly_what_they_did_not_make(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(5)
    points = ["claimed", "announced", "spawned", "half-made", "one-done", "ended", "remembered"]
    with file_host(home, monkeypatch) as host:
        plans = _plans(actor_of(home, "mika"), FEWER)
        chosen = [dice.choice([*points, None, None, None]) for _ in plans]
        works = [_submit(home, plan, at) for plan, at in zip(plans, chosen, strict=True)]
        ends = _together(works)
        assert ends.count(BROKEN) == 0 and -signal.SIGKILL in ends
        assert _held(host, "mika")[0] <= ROOM
        # Now one after the other: until it is full each gets through, and then none.
        left = [p for p, end in zip(plans, ends, strict=True) if end == REFUSED]
        room = ROOM - _held(host, "mika")[0]
        again = [_together([_submit(home, plan)])[0] for plan in left[: room + 2]]
        assert again == [DONE] * min(room, len(left)) + [REFUSED] * (len(again) - room)
        assert actor_of(home, "mika").claims.open() == []


def _policy(home: Path, text: str) -> None:
    file = home / "policy.toml"
    file.write_text(f"[roles.default]\n{text}\n")
    file.chmod(0o600)


def _operations(actor: Actor, op: str, count: int) -> list[Plan]:
    """One for each of the first machines."""
    found = []
    for number in range(count):
        wish = {"operations": [{"op": op, "vm": f"{actor.user}-{number}"}]}
        plan = from_config(actor, Config.model_validate(wish), "test").plan
        assert plan is not None
        found.append(plan)
    return found


@pytest.fixture
def full(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileHost]:
    """As many machines as there is room for, 10 GiB each."""
    with file_host(home, monkeypatch) as host:
        for plan in _plans(actor_of(home, "mika"), ROOM):
            apply(actor_of(home, "mika"), plan, lambda _: None)
        yield host


@pytest.mark.slow
def test_snapshots_at_once_are_exact(home: Path, full: FileHost) -> None:
    """Three are left, and all of those that ask saw them."""
    _policy(home, "limits = { snapshots = 3 }")
    actor = actor_of(home, "mika")
    plans = _operations(actor, "snapshot", ROOM)
    ends = _together([_submit(home, plan) for plan in plans])
    assert (ends.count(DONE), ends.count(REFUSED)) == (3, ROOM - 3)
    taken = [len(m.snapshots) for m in full.content().machines.values()]
    assert sum(taken) == 3
    assert actor.claims.open() == []


@pytest.mark.slow
def test_deletions_at_once_stay_within_the_trash(home: Path, full: FileHost) -> None:
    sizes = {machine.disk_gib for machine in full.content().machines.values()}
    assert len(sizes) == 1
    _policy(home, f"trash = {{ budget_gib = {3 * max(sizes)} }}")
    actor = actor_of(home, "mika")
    plans = _operations(actor, "delete", ROOM)
    ends = _together([_submit(home, plan) for plan in plans])
    assert (ends.count(DONE), ends.count(REFUSED)) == (3, ROOM - 3)
    host = full.look(None)
    assert len(host.trash("mika")) == 3
    assert len(host.owned("mika")) == ROOM - 3, "nobody's was lost"
    assert actor.claims.open() == []
