"""A host in one file, which runs change step by step, so that a process can be killed between any two steps.

What a run did is written down as well: nothing may be done twice, and nothing may be there that nobody knows.
"""

from __future__ import annotations

import os
import pickle
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from fuyajo.domain.access import Shares
from fuyajo.domain.machine import UNFINISHED, HostFacts, HostView, Machine, Snapshot, Trashed
from fuyajo.domain.trash import trash_name
from fuyajo.engine.render import Surroundings
from fuyajo.engine.runner import RunInterrupted, RunOutcome, RunRequest
from fuyajo.service import applying, claiming, machines, planning
from fuyajo.service.context import Actor, load_settings
from fuyajo.service.failpoints import reached
from fuyajo.service.granted import granted

FACTS = HostFacts("qemu:///system", 1_048_576, images=frozenset({"debian-12"}))
#: The moments of an apply at which a process can be killed here, in their order. Only a plan that deletes
#: comes by "binned".
POINTS = (
    "recorded",
    "taken",
    "claimed",
    "announced",
    "spawned",
    "binned",
    "half-made",
    "one-done",
    "configured",
    "all-done",
    "ended",
    "seen",
    "remembered",
    "given-back",
    "audited",
)
POWER = {"started": "running", "restarted": "running", "stopped": "stopped"}


@dataclass
class Content:
    """All machines by name, and what was done: (run, what, machine, its UUID)."""

    machines: dict[str, Machine] = field(default_factory=dict)
    done: list[tuple[str, str, str, str]] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)


class FileHost:
    def __init__(self, path: Path) -> None:
        self._path = path

    def content(self) -> Content:
        if not self._path.exists():
            return Content()
        found: Content = pickle.loads(self._path.read_bytes())
        return found

    @contextmanager
    def changed(self) -> Iterator[Content]:
        with FileLock(self._path.with_suffix(".lock")):
            content = self.content()
            yield content
            part = self._path.with_suffix(".part")
            part.write_bytes(pickle.dumps(content))
            part.rename(self._path)

    def look(self, actor: Actor | None, *_of: object, **_more: object) -> HostView:
        shares = granted(actor) if actor is not None else Shares()
        return HostView(FACTS, dict(self.content().machines), shares=shares)

    def run(self, request: RunRequest, _on_event: Callable[[Any], None]) -> RunOutcome:
        """What the playbook does, one lasting step after the other."""
        run_id = str(request.document["run_id"])
        stack: dict[str, Any] = request.document["stack"]  # type: ignore[assignment]
        with self.changed() as content:
            content.done.append((run_id, "run", "", ""))
        reached("spawned")
        for entry in request.document.get("snapshots") or ():  # type: ignore[attr-defined]
            self._take(run_id, entry)
            reached("taken-snapshot")
        for entry in request.document.get("trash") or ():  # type: ignore[attr-defined]
            self._bin(run_id, entry)
            reached("binned")
        for entry in stack["vms"]:
            self._machine(run_id, str(stack["owner"]), entry)
            self._ctrl_c()
        for guest in request.document["guests"]:  # type: ignore[attr-defined]
            self._set(run_id, "configure", guest["name"], configured=guest["digest"])
            reached("configured")
        reached("all-done")
        return RunOutcome("successful", 0, 1, {}, {}, 1.0)

    def _ctrl_c(self) -> None:
        """Where somebody was told to press it: the tree is stopped, and the run knows how it ended."""
        if os.environ.get("FUYAJO_TEST_CTRL_C"):
            raise RunInterrupted(RunOutcome("canceled", None, 1, {}, {}, 1.0))

    def _machine(self, run_id: str, owner: str, entry: dict[str, Any]) -> None:
        name, state = entry["name"], entry["state"]
        there = self.content().machines.get(name)
        if "image" in entry and (there is None or there.state == UNFINISHED):
            self._make(run_id, owner, entry)
        elif there is None or (entry.get("uuid") and there.uuid != entry["uuid"]):
            return  # gone, or another one: the real module says so and touches nothing
        elif state == "absent":
            with self.changed() as content:
                del content.machines[name]
                content.done.append((run_id, "remove", name, there.uuid))
        else:
            self._converge(run_id, name, there, entry)
        reached("one-done")

    def _make(self, run_id: str, owner: str, entry: dict[str, Any]) -> None:
        name = entry["name"]
        new = Machine(
            name=name,
            uuid=str(uuid.UUID(bytes=os.urandom(16))),
            state=UNFINISHED,
            cpus=entry["cpus"],
            memory_mib=entry["memory"],
            disk_gib=int(str(entry["disk"]).removesuffix("GiB")),
            owner=owner,
            template=entry["metadata"]["template"],
        )
        with self.changed() as content:
            new = content.machines.setdefault(name, new)
            content.done.append((run_id, "begin", name, new.uuid))
            content.owners[new.uuid] = owner
        reached("half-made")
        self._set(run_id, "make", name, state=POWER[entry["state"]])

    def _converge(self, run_id: str, name: str, there: Machine, entry: dict[str, Any]) -> None:
        wanted: dict[str, Any] = {}
        if entry["state"] in POWER:
            wanted["state"] = POWER[entry["state"]]
        if "cpus" in entry:
            wanted["cpus"] = entry["cpus"]
        if "memory" in entry:
            wanted["memory_mib"] = entry["memory"]
        if "disk" in entry:
            wanted["disk_gib"] = int(str(entry["disk"]).removesuffix("GiB"))
        moved = {key: value for key, value in wanted.items() if getattr(there, key) != value}
        if entry["state"] == "restarted" or moved:
            self._set(run_id, "change", name, **moved)

    def _bin(self, run_id: str, entry: dict[str, Any]) -> None:
        """Into the trash, out of it, or out of it for good; found by the UUID, as the real module does."""
        with self.changed() as content:
            there = next((m for m in content.machines.values() if m.uuid == entry["uuid"]), None)
            if there is None or (entry["state"] == "trashed") == (there.trashed is not None):
                return  # as wished already
            del content.machines[there.name]
            content.done.append((run_id, entry["state"], there.name, there.uuid))
            if entry["state"] == "trashed":
                mark = Trashed(there.name, "2026-11-23T08:00:00Z", entry["until"])
                gone = replace(there, name=trash_name(there.uuid), state="stopped", trashed=mark)
                content.machines[gone.name] = gone
            elif entry["state"] == "restored" and there.trashed is not None:
                back = replace(there, name=there.trashed.name, trashed=None)
                assert back.name not in content.machines, "another machine has that name"
                content.machines[back.name] = back

    def _take(self, run_id: str, entry: dict[str, Any]) -> None:
        there = self.content().machines[entry["vm"]].snapshots
        taken = (*there, Snapshot(entry["name"], "2026-11-23T08:00:00Z", "running"))
        self._set(run_id, "snapshot", entry["vm"], snapshots=taken)

    def _set(self, run_id: str, what: str, name: str, **values: Any) -> None:
        with self.changed() as content:
            was = content.machines[name]
            content.machines[name] = replace(was, **values)
            content.done.append((run_id, what, name, was.uuid))


def actor_of(home: Path, user: str) -> Actor:
    """A new one for every step: nothing is remembered but what is on the disk."""
    return Actor(user, load_settings({**os.environ, "FUYAJO_HOME": str(home)}))


@contextmanager
def file_host(home: Path, patch: pytest.MonkeyPatch) -> Iterator[FileHost]:
    """Every look and every run of this process, and of those it forks, is about this host."""
    host = FileHost(home.parent / "host.pickle")
    for module in (planning, applying, machines):
        patch.setattr(module, "look", host.look)
    patch.setattr(machines, "index_of", lambda _settings: None)
    patch.setattr(claiming, "pool_of", lambda _actor: None)
    patch.setattr(applying, "run", host.run)
    patch.setattr(
        applying,
        "surroundings",
        lambda _: Surroundings("qemu:///system", "p", Path("/p"), "k", Path("/k"), Path("/h"), ()),
    )
    patch.setenv("FUYAJO_URI", "qemu:///system")
    yield host


def in_a_process(work: Callable[[], None], failpoint: str | None = None) -> int:
    """What became of `work` in a process of its own: its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            if failpoint is not None:
                os.environ["FUYAJO_FAILPOINT"] = failpoint
            work()
        except BaseException:  # noqa: BLE001 - nothing of the parent's may run here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
