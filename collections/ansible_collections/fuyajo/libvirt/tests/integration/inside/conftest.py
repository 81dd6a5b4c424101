# SPDX-License-Identifier: GPL-3.0-or-later
"""The private libvirtd that cases here may mistreat; each of them finds it well again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

URI = "qemu:///system"


class Daemon:
    """One of libvirt's daemons, in our own process namespace."""

    def __init__(self, name: str, *arguments: str) -> None:
        self.command = [name, "-d", "-p", f"/run/{name}.pid", *arguments]
        self.file = Path(f"/run/{name}.pid")

    @property
    def pid(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            pid = int(self.file.read_text())
            if Path(f"/proc/{pid}").exists():
                return pid
        return None

    def start(self) -> None:
        if self.pid is None:
            self.file.unlink(missing_ok=True)
            subprocess.run(self.command, check=True, timeout=30)

    def send(self, number: int) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without a word, and wait until it is gone."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            assert until(lambda: not Path(f"/proc/{pid}").exists(), 10)


class Libvirt:
    """libvirtd and its log daemon."""

    def __init__(self) -> None:
        self.log = Daemon("virtlogd")
        self.main = Daemon("libvirtd")

    def heal(self) -> None:
        """Start what does not run, wake what was stopped, and wait for an answer."""
        self.log.start()
        if self.main.pid is not None:
            self.main.send(signal.SIGCONT)
        self.main.start()
        assert until(self._answers, 30), "the private libvirtd does not answer"

    def _answers(self) -> bool:
        try:
            with Host.open(URI, deadline=5) as host:
                host.domains()
        except FuyajoError:
            return False
        return True


@pytest.fixture(scope="session")
def libvirt_of_session():
    return Libvirt()


@pytest.fixture
def libvirt(libvirt_of_session):
    assert os.getpid() < 1000 and Path("/run/etc").exists(), "only in a namespace of its own"
    libvirt_of_session.heal()
    yield libvirt_of_session
    libvirt_of_session.heal()


@pytest.fixture
def host(libvirt):
    with Host.open(URI) as connection:
        yield connection


@pytest.fixture
def site(site, libvirt):
    """A place of our own, cleaned up by a connection that works."""
    yield site
    libvirt.heal()
    site.host.close()
    site.host = Host.open(URI)


def qemus() -> list[int]:
    """Return the process ids of every QEMU in here."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(b"/usr/bin/qemu-system"):
                found.append(int(path.parent.name))
    return found
