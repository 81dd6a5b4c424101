"""kill -9 while a backup is made and while it is restored: the machine is healthy, the directory
consistent, and the same command once more ends what was begun."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host

from tests.support.installation import URI, Installation, install, remove
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]
#: MiB of content: long enough to be cut off in the middle.
MIB = 768


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("kills")
    made = install(directory, None)
    try:
        stand(made, directory, [{**SEEDED, "name": "off", "state": "stopped", "disk": "1GiB"}])
        yield made
    finally:
        remove(made)


def disk(place: Installation, command: str) -> str:
    file = place.pool_path / f"{place.name}-off.qcow2"
    done = subprocess.run(
        ["qemu-io", "-c", command, file], capture_output=True, text=True, check=True
    )
    return done.stdout


def killed(place: Installation, words: list[str], when: Callable[[], bool]) -> None:
    """Run it, and kill every process of it at that moment."""
    process = subprocess.Popen(
        [*place.command, *words],
        env=place.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline, pause = monotonic() + 60, Event()
    while not when():
        assert process.poll() is None, "it was over before it could be killed"
        assert monotonic() < deadline
        pause.wait(0.002)
    while found := of_home(place):
        for pid in found:
            kill(pid)
    process.wait(timeout=30)


def of_home(place: Installation) -> list[int]:
    """Every process with this home in its environment, ourselves never."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            environ = (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(place.home).encode() in environ and state != "Z":
            found.append(int(entry.name))
    return found


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def is_on(place: Installation) -> bool:
    with Host.open(URI, readonly=True) as host:
        return host.is_active(host.lookup(f"{place.name}-off"))


def settled(place: Installation) -> None:
    """A machine that was on for the copy goes off with its maker."""
    deadline, pause = monotonic() + 30, Event()
    while is_on(place):
        assert monotonic() < deadline
        pause.wait(0.05)


def test_in_the_middle_of_a_backup(place: Installation) -> None:
    off = f"{place.name}-off"
    shelf = place.backups / off
    disk(place, f"write -P 0x11 0 {MIB}M")
    words = ["backup", "create", off, "--full", "--name", "cut"]
    killed(place, words, lambda: (shelf / ".cut.part" / "vda.qcow2").exists())
    settled(place)
    assert json.loads(place.fuyajo("backup", "list", off, "--json").stdout) == []
    assert "failed" not in disk(place, f"read -P 0x11 0 {MIB}M")
    again = place.fuyajo("backup", "create", off, "--full", "--name", "whole")
    assert again.returncode == 0, again.stderr
    assert sorted(p.name for p in shelf.iterdir()) == [".lock", "whole"]
    assert place.fuyajo("backup", "verify", off).returncode == 0


def test_in_the_middle_of_a_restore(place: Installation) -> None:
    off = f"{place.name}-off"
    disk(place, "write -P 0x22 0 64M")
    before = {p.name for p in place.pool_path.iterdir()}
    words = ["backup", "restore", off, "--backup", "whole", "--yes"]
    killed(place, words, lambda: {p.name for p in place.pool_path.iterdir()} - before != set())
    assert place.fuyajo("backup", "verify", off).returncode == 0
    # Nothing of the half-made disk has replaced the machine's own.
    assert "failed" not in disk(place, "read -P 0x22 0 64M")
    back = place.fuyajo(*words)
    assert back.returncode == 0, back.stdout + back.stderr
    assert "failed" not in disk(place, f"read -P 0x11 0 {MIB}M")
    assert {p.name for p in place.pool_path.iterdir()} == before
    assert not is_on(place)
