"""An account of its own for one test, with nothing of the account that runs the tests."""

from __future__ import annotations

import os
import pwd
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("setpriv", "useradd", "userdel", "unshare", "mount")
GONE_SECONDS = 30.0
_ZOMBIE = "Z"


@dataclass(frozen=True)
class Account:
    """A normal user as `su -` makes one where no systemd is: no XDG_RUNTIME_DIR, no group of libvirt."""

    name: str
    uid: int
    home: Path
    # A directory that this account may not enter although our program lies below, such as /root.
    closed: Path | None

    def run(self, *words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; the caller looks at its exit code."""
        environ = {
            "HOME": str(self.home),
            "USER": self.name,
            "LOGNAME": self.name,
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        switch = ["setpriv", "--reuid", self.name, "--regid", str(self.uid), "--clear-groups"]
        command = [*switch, *words]
        if self.closed is not None:
            command = ["unshare", "--mount", "sh", "-c", self._opened(self.closed, command)]
        return subprocess.run(
            command,
            env=environ,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def own(self, path: Path) -> None:
        """Hand a tree over to this account, private."""
        for each in (path, *path.rglob("*")):
            os.chown(each, self.uid, self.uid, follow_symlinks=False)
            if each.is_dir():
                each.chmod(0o700)

    def processes(self) -> dict[int, str]:
        """Every live process of this account, with its program's name."""
        found = {}
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and entry.stat().st_uid == self.uid:
                    head, _, rest = (entry / "stat").read_text().rpartition(")")
                    if rest.split()[0] != _ZOMBIE:
                        found[int(entry.name)] = head.partition("(")[2]
        return found

    def _opened(self, closed: Path, command: list[str]) -> str:
        """A script for a mount namespace of its own, in which `closed` is open and holds only our tree."""
        tree, keep = shlex.quote(str(ROOT)), shlex.quote(str(self.home / "tree"))
        lines = [
            "set -e",
            f"mkdir -p {keep}",
            f"mount --bind {tree} {keep}",
            f"mount -t tmpfs -o mode=0755 tmpfs {shlex.quote(str(closed))}",
            f"mkdir -p {tree}",
            f"mount --move {keep} {tree}",
            f"exec {shlex.join(command)}",
        ]
        return "\n".join(lines)


def why_not() -> str | None:
    """Why no account can be made here, for a skip."""
    if os.geteuid() != 0:
        return "only root can make an account"
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


@contextmanager
def account() -> Iterator[Account]:
    """A fresh account; afterwards its processes, its home and itself are gone, whatever happened."""
    name = f"fj-{secrets.token_hex(3)}"  # short: libvirt's sockets lie below the home
    subprocess.run(["useradd", "--create-home", "--user-group", name], check=True, timeout=30)
    entry = pwd.getpwnam(name)
    made = Account(name, entry.pw_uid, Path(entry.pw_dir), _closed())
    try:
        yield made
    finally:
        _end_all(made)
        # Its group goes with it. Without a mail directory userdel complains and succeeds.
        subprocess.run(["userdel", "--force", "--remove", name], check=True, timeout=60)


def _closed() -> Path | None:
    """The outermost directory above our tree that others may not enter, if there is one."""
    closed = (path for path in reversed(ROOT.parents) if not path.stat().st_mode & 0o001)
    return next(closed, None)


def _end_all(account: Account) -> None:
    """Kill until nothing is left: a daemon may fork between two looks."""
    deadline = time.monotonic() + GONE_SECONDS
    while (pids := account.processes()) and time.monotonic() < deadline:
        for pid in pids:
            with suppress(ProcessLookupError), _handle(pid) as handle:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
    if pids:
        raise AssertionError(f"processes of {account.name} do not end: {pids}")


@contextmanager
def _handle(pid: int) -> Iterator[int]:
    handle = os.pidfd_open(pid)
    try:
        yield handle
    finally:
        os.close(handle)
