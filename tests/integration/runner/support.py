"""Tiny playbooks, a driver in another process, a search for survivors by marker, never by name."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fuyajo.engine.box.contain import Containment
from fuyajo.engine.box.events import Event
from fuyajo.engine.runner import RunOutcome, RunRequest

PATIENCE = 60.0  # seconds; a condition that takes longer is a failure
DRIVER = Path(__file__).with_name("driver.py")
READ = "{{ lookup('ansible.builtin.file', fuyajo_spec_path) | from_json }}"
T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """The content of one test: playbook, inventory, configuration, and where runs go."""

    root: Path

    def play(self, *tasks: dict[str, object], hosts: str = "here") -> Path:
        """A playbook (JSON is YAML) of these tasks; every call makes another file."""
        path = self.root / f"play-{len(list(self.root.glob('play-*')))}.yml"
        path.write_text(json.dumps([{"hosts": hosts, "gather_facts": False, "tasks": tasks}]))
        return path

    def request(
        self,
        playbook: Path,
        name: str = "run",
        kind: Containment | None = None,
        document: dict[str, object] | None = None,
        timeout: float | None = None,
        check: bool = False,
    ) -> RunRequest:
        return RunRequest(
            directory=self.root / name,
            document=document or {},
            playbook=playbook,
            inventory=self.root / "inventory.yml",
            ansible_cfg=self.root / "ansible.cfg",
            containment=kind,
            timeout=timeout,
            check=check,
        )


def make_site(root: Path) -> Site:
    here = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        # A `~` would be the account's home, not the run's.
        "ansible_remote_tmp": "{{ lookup('ansible.builtin.env', 'HOME') }}/.ansible/tmp",
    }
    hosts = {
        "here": here,
        # A port that nothing listens on: refused at once.
        "away": {"ansible_host": "127.0.0.1", "ansible_port": 1, "ansible_user": "nobody"},
    }
    (root / "inventory.yml").write_text(json.dumps({"all": {"hosts": hosts}}))
    (root / "ansible.cfg").write_text("[defaults]\nforks = 2\n")
    return Site(root)


def command(*argv: str, name: str = "do it", **more: object) -> dict[str, object]:
    return {"name": name, "ansible.builtin.command": {"argv": list(argv)}, **more}


def sleepers() -> tuple[dict[str, object], ...]:
    """A module that sleeps, after one that left a daemon with a session of its own behind."""
    daemon = "setsid sleep 301 </dev/null >/dev/null 2>&1 &"
    return (
        command("sh", "-c", daemon, name="create: leave a daemon"),
        command("sleep", "300", name="boot: sleep"),
    )


def marked(marker: Path) -> dict[int, list[str]]:
    """Live processes that carry `marker` in their environment or on their command line."""
    needle = str(marker).encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
            if needle in words or needle in (entry / "environ").read_bytes():
                found[int(entry.name)] = words.decode(errors="replace").split("\0")
        except OSError:  # gone, or a zombie's empty environment
            continue
    return found


def eventually(look: Callable[[], T], why: str, seconds: float = PATIENCE) -> T:
    """The first true answer of `look`; fails the test after a while."""
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        assert time.monotonic() < deadline, f"never happened: {why}"
        time.sleep(0.02)  # the poll of a condition, not a wait for luck
    return answer


def asleep(marker: Path) -> bool:
    """Whether the module and the daemon of `sleepers` both sleep."""
    words = [argv for argv in marked(marker).values() if argv[0] == "sleep"]
    return sorted(argv[1] for argv in words) == ["300", "301"]


@dataclass
class Driver:
    """`run` in a process of its own, so that it can be killed."""

    process: subprocess.Popen[str]
    request: RunRequest

    def wait_asleep(self) -> None:
        def look() -> bool:
            assert self.process.poll() is None, "the driver ended early"
            return asleep(self.request.directory)

        eventually(look, "the modules sleep")

    def told(self) -> tuple[list[Event], RunOutcome]:
        """Wait for its end: the events it saw and the outcome it printed."""
        out, _ = self.process.communicate(timeout=PATIENCE)
        *events, last = out.splitlines()
        return [Event.from_json(line) for line in events], RunOutcome.from_json(last)


@contextmanager
def driver(request: RunRequest, *, where: dict[str, str] | None = None) -> Iterator[Driver]:
    arguments = {
        "directory": str(request.directory),
        "document": request.document,
        "playbook": str(request.playbook),
        "inventory": str(request.inventory),
        "ansible_cfg": str(request.ansible_cfg),
        "containment": request.containment,
        "timeout": request.timeout,
    }
    # Through standard input: the driver itself must not carry the marker.
    process = subprocess.Popen(
        [sys.executable, str(DRIVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=where,
        start_new_session=True,
    )
    assert process.stdin
    try:
        process.stdin.write(json.dumps(arguments) + "\n")
        process.stdin.flush()
        yield Driver(process, request)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        assert process.stdout
        process.stdout.close()
