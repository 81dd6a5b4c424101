"""From `fuyajo apply` to a started machine, against a playbook that calls one module.

The floor is the least that "an Ansible run" can cost here: a playbook with one call of one module (ping).
On top of it the target allows one second, for everything that makes the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from measure import Site, report, site, spread, take_turns, verdict

ROUNDS = 7
ALLOWED_SECONDS = 1.0
DEADLINE_SECONDS = 60.0


class Started:
    """Notes when machines start, through a connection of its own."""

    def __init__(self, host: Host) -> None:
        self._events: dict[str, float] = {}
        self._changed = threading.Condition()
        kind, self._start = (
            host.lib.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
            host.lib.VIR_DOMAIN_EVENT_STARTED,
        )
        host.conn.domainEventRegisterAny(None, kind, self._note, None)

    def _note(self, _conn: Any, domain: Any, event: int, _detail: int, _opaque: Any) -> None:
        if event == self._start:
            with self._changed:
                self._events[domain.name()] = time.perf_counter()
                self._changed.notify_all()

    def wait(self, name: str) -> float:
        with self._changed:
            if not self._changed.wait_for(lambda: name in self._events, DEADLINE_SECONDS):
                raise SystemExit(f"{name} did not start within {DEADLINE_SECONDS:.0f} s")
            return self._events[name]


class Applies:
    """One apply after the other, each undone at once."""

    def __init__(self, here: Site, started: Started) -> None:
        self.here = here
        self.started = started
        self.number = 0

    def one(self) -> float:
        """Seconds from the start of the process to libvirt's event."""
        self.number += 1
        name = f"{self.here.tag}-{self.number}"
        request = self.here.directory / "env.yml"
        vm = {"name": name, "template": "basic-server", "memory": "256MiB", "disk": "4GiB"}
        request.write_text(json.dumps({"version": 1, "vms": [vm]}), encoding="utf-8")
        plan = self.here.fuyajo("plan", "-f", str(request))["plan"]["id"]
        command = [str(Path(sys.executable).parent / "fuyajo"), "apply", plan]
        begin = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=self.here.environ(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return self.started.wait(name) - begin
        finally:
            for run in self.here.fuyajo("run", "list"):
                if run["status"] == "running":
                    self.here.fuyajo("run", "cancel", run["id"])
            process.wait(DEADLINE_SECONDS)
            self.here.fuyajo("vm", "delete", name, "--purge", "--yes")


@contextmanager
def emptied(host: Host, here: Site) -> Iterator[None]:
    """Afterwards no machine, no image and no pool of this site is left."""
    try:
        yield
    finally:
        names = [name for name in host.domains() if name.startswith(here.tag)]
        pool = {"name": here.pool, "state": "absent"}
        vms = [{"name": name, "state": "absent"} for name in names]
        for volume in host.pool_volumes(here.pool):
            if volume["name"].startswith("base-"):
                host.delete_volume(host.volume_handle(host.pool_handle(here.pool), volume["name"]))
        wanted = {"owner": "bench", "vms": vms, "pool": pool, "shutdown_timeout": 0}
        for problem in converge(host, wanted_of_all(wanted), check=False).errors:
            print(f"left behind: {problem}", file=sys.stderr)


def main() -> None:
    with site() as here, Host.open(here.uri) as host, emptied(host, here):
        applies = Applies(here, Started(host))
        ping = {"ansible.builtin.ping": {}}
        applies.one()  # warm: the image is copied into the pool
        here.playbook(ping)
        measured = {"floor": lambda: here.playbook(ping), "apply": applies.one}
        found = take_turns(ROUNDS, measured)
    floor = median(found["floor"])
    ratio = median(found["apply"]) / (floor + ALLOWED_SECONDS)
    report(
        "fuyajo apply PLAN until libvirt's event Started (debian-12, 256 MiB, user network)",
        f"From the start of the process to the event on a second connection; the image is in the pool; "
        f"{ROUNDS} rounds; median (least–most) in seconds.",
        [
            ["", "seconds", "ratio", "target"],
            ["ansible-playbook, one task: ping", spread(found["floor"]), "", ""],
            ["floor: that + 1 s", f"{floor + ALLOWED_SECONDS:.2f}", "1", ""],
            ["fuyajo apply → Started", spread(found["apply"]), f"{ratio:.2f}", verdict(ratio, 1)],
        ],
    )


if __name__ == "__main__":
    main()
