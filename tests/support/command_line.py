"""The command line in this process, on a host that is only a value."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from fuyajo.cli import session
from fuyajo.cli.main import run
from fuyajo.domain.consent import ASSISTANTS
from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.machine import Forward, HostFacts, HostView, Machine, Snapshot, Trashed
from fuyajo.domain.room import Pool
from fuyajo.domain.trash import old_name, trash_name
from fuyajo.engine.render import Surroundings
from fuyajo.engine.runner import Event, RunInterrupted, RunOutcome, RunRequest
from fuyajo.service import applying, claiming, context, machines, planning
from fuyajo.service.granted import granted
from fuyajo.store.objects import ObjectStore, Owned

USER = "mika"
BEGUN = Event(1, "2026-11-22T21:00:00+00:00", "stage", stage="create")
FACTS = HostFacts("qemu:///system", 16_384, images=frozenset({"debian-12"}))


def machine(name: str, **more: Any) -> Machine:
    base = Machine(
        name=name,
        uuid=f"uuid-{name}",
        state="running",
        cpus=1,
        memory_mib=1024,
        disk_gib=10,
        owner=USER,
        template="web-server",
        configured="x",
        forwards=(Forward(22, 20022), Forward(80, 20080)),
    )
    return replace(base, **more)


@dataclass
class World:
    """A home, a host and what the next run does to it. Nothing real is touched."""

    home: Path
    capsys: pytest.CaptureFixture[str]
    found: dict[str, Machine] = field(default_factory=dict)
    facts: HostFacts = FACTS
    leftovers: frozenset[str] = frozenset()
    down: bool = False
    runs: list[RunRequest] = field(default_factory=list)
    status: str = "successful"
    makes: frozenset[str] = frozenset()  # the machines that a run makes before it fails
    fails_at: str = "create"
    interrupted: bool = False
    found_by_run: tuple[Machine, ...] = ()  # what an interrupted run left
    terminal: str | None = None  # the conversation of the terminal that this runs in
    pool: Pool | None = None
    known: bool = True  # whether the database knows every machine as its metadata has it

    def have(self, *there: Machine) -> None:
        self.found.update({m.name: m for m in there})

    def call(self, *argv: str) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of one command."""
        self.capsys.readouterr()
        code = run(list(argv))
        out, err = self.capsys.readouterr()
        return code, out, err

    def json(self, *argv: str) -> tuple[int, Any]:
        code, out, _ = self.call(*argv, "--json")
        return code, json.loads(out)

    def plan(self, *argv: str) -> str:
        """Id of a new plan."""
        code, answer = self.json("plan", *argv)
        assert code == 0, answer
        plan_id: str = answer["plan"]["id"]
        return plan_id

    def look(
        self,
        _actor: context.Actor,
        snapshots_of: frozenset[str] = frozenset(),
        live_of: Container[str] = frozenset(),
        subnets: bool = False,
    ) -> HostView:
        if self.down:
            raise Unavailable(Problem("", "libvirt_unavailable", {"uri": "x", "detail": "gone"}))
        # As the real one: what a look is not about is not read.
        seen = {
            name: replace(
                there,
                snapshots=there.snapshots if name in snapshots_of else (),
                live=there.live if name in live_of else None,
            )
            for name, there in self.found.items()
        }
        facts = self.facts if subnets else replace(self.facts, subnets=())
        return HostView(facts, seen, self.leftovers, shares=granted(_actor))

    def rows(self, find: Any, store: ObjectStore, uuids: Iterable[str]) -> dict[str, Owned]:
        """What the database says; of a machine that it was never told, the metadata's word."""
        wanted = list(uuids)
        said: dict[str, Owned] = find(store, wanted)
        for there in self.found.values() if self.known else ():
            if there.uuid in wanted and there.owner and there.uuid not in said:
                said[there.uuid] = Owned(there.uuid, FACTS.uri, there.name, there.owner, "there")
        return said

    def run(self, request: RunRequest, on_event: Any) -> RunOutcome:
        self.runs.append(request)
        on_event(BEGUN)
        if self.status == "successful" and not (request.check or self.interrupted):
            for item in request.document["trash"]:  # type: ignore[attr-defined]
                self._trash(item)
            for vm in request.document["stack"]["vms"]:  # type: ignore[index]
                self._do(vm)
            for guest in request.document["guests"]:  # type: ignore[attr-defined]
                was = self.found[guest["name"]]
                self.have(replace(was, configured=was.configured or "done"))
            for item in request.document["snapshots"]:  # type: ignore[attr-defined]
                self._take(item)
            for item in request.document["reverts"]:  # type: ignore[attr-defined]
                self._go_back(item)
            for item in request.document["snapshot_deletions"]:  # type: ignore[attr-defined]
                was = self.found[item["vm"]]
                left = tuple(one for one in was.snapshots if one.name != item["name"])
                self.have(replace(was, snapshots=left))
        elif self.status != "successful" and not request.check:
            self._fail(request)
        ended = RunOutcome(self.status, 0, 1, {}, {}, 1.0)  # type: ignore[arg-type]
        if self.interrupted:
            self.have(*self.found_by_run)
            raise RunInterrupted(replace(ended, status="canceled"))
        return ended

    def _fail(self, request: RunRequest) -> None:
        """Half-way: what is made is not configured, and told as `stack` tells it."""
        told = []
        for item in request.document["trash"]:  # type: ignore[attr-defined]
            if item["vm"] in self.makes:
                self._trash(item)
        for vm in request.document["stack"]["vms"]:  # type: ignore[index]
            new = vm["name"] not in self.found
            if vm["name"] in self.makes:
                self._do(vm)
                left = self.found.get(vm["name"])
                if left is None:
                    continue
                if new:
                    self.have(replace(left, configured=None))
                moved = {"path": "state", "before": "absent" if new else left.state}
                told.append(
                    {"kind": "vm", "name": vm["name"], "uuid": left.uuid}
                    | {"actions": ["define", "start"] if new else [], "changes": [moved]}
                )
        request.directory.mkdir(parents=True)
        kind: Literal["failed", "result"] = "failed" if self.fails_at == "create" else "result"
        task = "create: make the machines"
        data: dict[str, Any] = {"results": told}
        event = Event(2, BEGUN.time, kind, "create", "localhost", task, message="no", data=data)
        lines = f"{BEGUN.to_json()}\n{event.to_json()}\n"
        (request.directory / "events.jsonl").write_text(lines)

    def _trash(self, item: dict[str, Any]) -> None:
        was = next(m for m in self.found.values() if m.uuid == item["uuid"])
        assert item["vm"] in (was.name, old_name(was))
        if was.trashed and item["state"] == "trashed":
            return  # there already
        del self.found[was.name]
        if item["state"] == "trashed":
            mark = Trashed(was.name, "2026-11-22T21:00:00Z", item["until"])
            self.have(replace(was, name=trash_name(was.uuid), state="stopped", trashed=mark))
        elif item["state"] == "restored":
            assert was.trashed is not None
            assert was.trashed.name not in self.found
            self.have(replace(was, name=was.trashed.name, trashed=None))

    def _go_back(self, item: dict[str, Any]) -> None:
        was = self.found[item["vm"]]
        (there,) = [s for s in was.snapshots if s.name == item["name"]]
        self.have(replace(was, state=there.state or was.state))

    def _take(self, item: dict[str, Any]) -> None:
        was = self.found[item["vm"]]
        if item["name"] not in [s.name for s in was.snapshots]:
            new = Snapshot(item["name"], "2026-11-22T21:00:00Z", was.state)
            self.have(replace(was, snapshots=(*was.snapshots, new)))

    def _do(self, vm: dict[str, Any]) -> None:
        if vm["state"] == "absent":
            self.found.pop(vm["name"], None)
            return
        template = vm.get("metadata", {}).get("template", "web-server")
        new = machine(vm["name"], configured="done", template=template)
        was = self.found.get(vm["name"], new)
        state = {"started": "running", "restarted": "running"}.get(vm["state"], vm["state"])
        sizes = {
            "cpus": vm.get("cpus", was.cpus),
            "memory_mib": vm.get("memory", was.memory_mib),
            "disk_gib": int(vm["disk"].removesuffix("GiB")) if "disk" in vm else was.disk_gib,
        }
        self.have(replace(was, state=was.state if state == "present" else state, **sizes))


@contextmanager
def world(
    home: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    made = World(home, capsys)
    # Whoever runs the tests may be an assistant: then nobody could agree to anything.
    for name in ("LC_ALL", "LC_MESSAGES", "FUYAJO_URI", "FUYAJO_BACKEND", *ASSISTANTS):
        patch.delenv(name, raising=False)
    patch.setenv("LANG", "en_US.UTF-8")
    patch.setenv("FUYAJO_HOME", str(home))
    patch.setenv("FUYAJO_URI", "qemu:///system")
    patch.setenv("FUYAJO_BACKEND", "rules")
    patch.setattr("pwd.getpwuid", lambda _uid: type("Entry", (), {"pw_name": USER})())
    for module in (planning, applying, machines):
        patch.setattr(module, "look", made.look)
    for module in (planning, claiming):
        patch.setattr(module, "pool_of", lambda _actor: made.pool)
    find = ObjectStore.find
    patch.setattr(ObjectStore, "find", lambda self, uuids: made.rows(find, self, uuids))
    patch.setattr(applying, "run", made.run)
    patch.setattr(session, "terminal_conversation", lambda: made.terminal)
    patch.setattr(applying, "surroundings", _surroundings)
    yield made


def _surroundings(actor: context.Actor) -> Surroundings:
    keys = actor.home.ssh(actor.user)
    return Surroundings(
        "qemu:///system", "p", Path("/p"), "ssh-ed25519 x", keys / "id", keys / "known_hosts", ()
    )
