"""Any interleaving of submits, runs that make things step by step, ends, failures, kills and deletions.

Checked against what is simply true: what is on the host, and what runs that go on will still make. Never more
than the limit, and nothing refused that would have fit.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import Refused
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.plan import Plan
from fuyajo.domain.room import Pool
from fuyajo.service import claiming, planning
from fuyajo.service.runs import refreshed
from fuyajo.store.runs import RunRecord
from tests.support.claims import URI, actor_at, home_with_database, machine_of, plan_of

LIMIT = Quota(vms=4, cpus=6, memory_mib=6144, disk_gib=60)
HOST_MIB = 9216
POOL = Pool({}, gib=25)  # 100 GiB at the budget of four times
USERS = ("mika", "noriko")
KEYS = ("cpus", "memory_mib", "disk_gib")
sizes = st.fixed_dictionaries(
    {
        "cpus": st.integers(1, 3),
        "memory_mib": st.sampled_from([1024, 2048, 4096]),
        "disk_gib": st.sampled_from([10, 20, 30]),
    }
)


@dataclass
class Going:
    """A run: what it will leave, and the lock that says that its process lives."""

    user: str
    machine: Machine
    record: RunRecord
    alive: ExitStack = field(default_factory=ExitStack)


class Claiming(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.root = Path(mkdtemp(prefix="fuyajo-claims-"))
        self.home = home_with_database(self.root / "home")
        self.found: dict[str, Machine] = {}
        self.going: dict[str, Going] = {}
        self.over: list[Going] = []
        self.during: list[tuple[str, str, bool]] = []
        self.count = 0

    @initialize()
    def begin(self) -> None:
        self.patch.setattr(planning, "look", self.look)
        self.patch.setattr(
            claiming,
            "pool_of",
            lambda _: replace(POOL, disks={m.name: m.disk_gib for m in self.found.values()}),
        )

    def teardown(self) -> None:
        for run in self.going.values():
            run.alive.close()
        self.patch.undo()
        shutil.rmtree(self.root)

    def look(self, _actor: Any, *_of: object, **_more: object) -> HostView:
        """While somebody looks, other runs go on: some before this sees them, some after."""
        now, self.during = self.during, []
        for run, how, late in now:
            if not late and run in self.going:
                self._step(run, how)
        seen = dict(self.found)
        for run, how, late in now:
            if late and run in self.going:
                self._step(run, how)
        return HostView(HostFacts(URI, HOST_MIB), seen)

    def pool(self, _actor: Any) -> Pool:
        return replace(POOL, disks={m.name: m.disk_gib for m in self.found.values()})

    # --- what is simply true -------------------------------------------------------------------------

    def future(self) -> dict[str, Machine]:
        """What there will be when all runs that go on have come to a good end."""
        left = dict(self.found)
        for run in self.going.values():
            left[run.machine.name] = _larger(left.get(run.machine.name), run.machine)
        return left

    def fits(self, wanted: Machine) -> bool:
        left = self.future()
        left[wanted.name] = _larger(left.get(wanted.name), wanted)
        own = [m for m in left.values() if m.owner == wanted.owner]
        limits = [LIMIT.cpus, LIMIT.memory_mib, LIMIT.disk_gib]
        sums = [sum(getattr(m, key) for m in own) for key in KEYS]
        room = all(total <= limit for total, limit in zip(sums, limits, strict=True) if limit)
        running = sum(m.memory_mib for m in left.values() if m.running)
        disks = sum(m.disk_gib for m in left.values())
        assert LIMIT.vms is not None
        return room and len(own) <= LIMIT.vms and running <= HOST_MIB and disks <= POOL.gib * 4

    @invariant()
    def never_too_much(self) -> None:
        left = self.future()
        for user in USERS:
            own = [m for m in left.values() if m.owner == user]
            assert len(own) <= 4 and sum(m.cpus for m in own) <= 6
            assert sum(m.memory_mib for m in own) <= 6144 and sum(m.disk_gib for m in own) <= 60
        assert sum(m.memory_mib for m in left.values() if m.running) <= HOST_MIB
        assert sum(m.disk_gib for m in left.values()) <= 100

    # --- what happens --------------------------------------------------------------------------------

    @rule(
        user=st.sampled_from(USERS),
        size=sizes,
        state=st.sampled_from(["running", "stopped"]),
        meanwhile=st.lists(
            st.tuples(st.integers(0, 5), st.sampled_from(["appear", "end", "kill"]), st.booleans()),
            max_size=3,
        ),
    )
    def create(self, user: str, size: dict[str, int], state: str, meanwhile: Any) -> None:
        self.count += 1
        name = f"vm-{self.count}"
        wanted = machine_of(user, name, **size, state=state)
        self._submit(plan_of(user, "create", name, **size, state=state), wanted, meanwhile)

    @precondition(lambda self: self.found)
    @rule(data=st.data(), cpus=st.integers(1, 3), memory=st.sampled_from([1024, 4096]))
    def resize(self, data: st.DataObject, cpus: int, memory: int) -> None:
        was = self.found[data.draw(st.sampled_from(sorted(self.found)))]
        if any(run.machine.name == was.name for run in self.going.values()):
            return  # its plan would be stale
        wanted = replace(was, cpus=cpus, memory_mib=memory)
        plan = plan_of(
            was.owner or "", "update", was.name, uuid=was.uuid, cpus=cpus, memory_mib=memory
        )
        self._submit(plan, wanted, [])

    @precondition(lambda self: self.found)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.found)))
        if all(run.machine.name != name for run in self.going.values()):
            del self.found[name]

    @precondition(lambda self: self.going)
    @rule(data=st.data(), how=st.sampled_from(["appear", "end", "fail", "kill"]))
    def step(self, data: st.DataObject, how: str) -> None:
        self._step(data.draw(st.sampled_from(sorted(self.going))), how)

    @precondition(lambda self: self.over)
    @rule()
    def settle(self) -> None:
        """Those that ended are settled when somebody comes to it."""
        run = self.over.pop()
        run.alive.close()
        actor = actor_at(self.home, run.user)
        refreshed(actor, actor.runs.load(run.user, run.record.id))

    def _submit(self, plan: Plan, wanted: Machine, meanwhile: Any) -> None:
        actor = actor_at(self.home, plan.owner, LIMIT)
        record = RunRecord(
            id=f"r-20261123-000000-{self.count:02x}{len(self.going) + len(self.over):02x}",
            owner=plan.owner,
            plan=None,
            status="running",
            started=datetime.now(UTC),
            settled=False,
        )
        while record.id in self.going or self._known(plan.owner, record.id):
            self.count += 1
            record = record.model_copy(update={"id": f"r-20261123-000000-{self.count:04x}"})
        names = sorted(self.going)
        self.during = [(names[i], how, late) for i, how, late in meanwhile if i < len(names)]
        before = self.fits(wanted)
        run = Going(plan.owner, wanted, record)
        assert run.alive.enter_context(actor.runs.hold(plan.owner, record.id))
        actor.runs.save(record)
        try:
            claiming.claim(actor, plan, record.id)
        except Refused:
            # What goes on can only make room while it is looked at: it did not fit at the beginning, and if
            # it fits now, then only because something died under the very eyes of who looked.
            assert not before
            run.alive.close()
            actor.runs.discard(record)
        else:
            assert before or self.fits(wanted)
            self.going[record.id] = run

    def _known(self, user: str, run: str) -> bool:
        return any(each.record.id == run for each in self.over) or (
            actor_at(self.home, user).runs.directory(user, run).with_suffix(".json").exists()
        )

    def _step(self, run_id: str, how: str) -> None:
        run = self.going[run_id]
        if how in ("appear", "end"):
            was = self.found.get(run.machine.name)
            self.found[run.machine.name] = replace(
                run.machine, state=was.state if was else run.machine.state
            )
        if how == "appear":
            return
        del self.going[run_id]
        if how == "kill":
            run.alive.close()  # the kernel's lock goes with its process; nothing is written
            return
        status = "successful" if how == "end" else "failed"
        ended = run.record.model_copy(update={"status": status, "settled": False})
        actor_at(self.home, run.user).runs.save(ended)
        self.over.append(run)


def _larger(was: Machine | None, wanted: Machine) -> Machine:
    if was is None:
        return wanted
    return replace(wanted, **{key: max(getattr(was, key), getattr(wanted, key)) for key in KEYS})


Claiming.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    # Shrinking replays hundreds of homes: the steps of the first failure are short enough to read.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestClaiming = Claiming.TestCase
