"""A second hypervisor on this machine: a libvirtd of our own that sees its own directories and networks.

It is root's, as the first one is, in its own mount and network namespaces: nothing of it is the other's, and
it can be stopped in the middle.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from threading import Event
from time import monotonic

import libvirt

_CONFIG = """\
unix_sock_dir = "{sockets}"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "4:stderr"
"""
# There is no virtlogd in there.
_QEMU = 'stdio_handler = "file"\nuser = "root"\ngroup = "root"\n'
_START = """\
set -e
mount --bind "$1/etc" /etc/libvirt
mount --bind "$1/var" /var/lib/libvirt
mount -t tmpfs tmpfs /run/libvirt
exec libvirtd -f "$1/libvirtd.conf" -p "$1/pid"
"""


@dataclass(frozen=True)
class Hypervisor:
    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def uri(self) -> str:
        return f"qemu+unix:///system?socket={self.directory}/sockets/libvirt-sock"

    @property
    def pool_path(self) -> Path:
        return self.directory / "pool"

    def domains(self) -> set[str]:
        connection = libvirt.open(self.uri)
        try:
            return {domain.name() for domain in connection.listAllDomains()}
        finally:
            connection.close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It is there and says nothing, as after a fault of its disk."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def hypervisor() -> Iterator[Hypervisor]:
    # Below /tmp: the path of a socket has 107 characters at most.
    directory = Path(mkdtemp(prefix="fj-kvm-"))
    for name in ("etc", "var", "sockets"):
        (directory / name).mkdir()
    config = _CONFIG.format(sockets=directory / "sockets")
    (directory / "libvirtd.conf").write_text(config, encoding="utf-8")
    (directory / "etc" / "qemu.conf").write_text(_QEMU, encoding="utf-8")
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            ["unshare", "-m", "-n", "--propagation", "private", "sh", "-c", _START, "-", directory],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
    made = Hypervisor(directory, process)
    try:
        _until_it_answers(made)
        yield made
        _empty(made)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(directory, ignore_errors=True)


def _until_it_answers(made: Hypervisor) -> None:
    began, pause = monotonic(), Event()
    socket = made.directory / "sockets" / "libvirt-sock"
    while not socket.exists():
        said = (made.directory / "log").read_text(encoding="utf-8", errors="replace")
        assert made.process.poll() is None and monotonic() - began < 30, said
        pause.wait(0.05)
    made.domains()


def _empty(made: Hypervisor) -> None:
    """No guest of it may go on without it."""
    connection = libvirt.open(made.uri)
    try:
        for domain in connection.listAllDomains():
            if domain.isActive():
                domain.destroy()
    finally:
        connection.close()
