#!/usr/bin/env python3
"""Run virtlogd and libvirtd where no init system does it.

`start` returns once libvirt answers; `stop` ends only what `start` started; `status` tells.
A small supervisor stays behind as the child subreaper of both daemons: QEMU processes that libvirtd
detaches are reaped at once, where a slow PID 1 would make every `destroy` wait about two seconds.
Standard library only: this runs before any environment exists.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
STATE = Path("/run/fuyajo-libvirt.pid")
LOG = Path("/var/log/libvirt/fuyajo-daemons.log")
DAEMONS = ("virtlogd", "libvirtd")
ANSWER_SECONDS = 60.0  # the first capabilities probe of a fresh host takes several seconds


def answers() -> bool:
    """Whether libvirt's system socket takes a connection and answers."""
    probe = ["virsh", "--quiet", "--connect", "qemu:///system", "version"]
    try:
        return subprocess.run(probe, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def supervisor_pid() -> int | None:
    """Pid of the supervisor that `start` left, if it is really ours and alive."""
    try:
        pid = int(STATE.read_text())
        cmdline = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"libvirt_daemons.py" in cmdline else None


def running(daemon: str) -> bool:
    return subprocess.run(["pgrep", "-x", daemon], capture_output=True, check=False).returncode == 0


def supervise() -> int:
    """Start the daemons that do not run yet and reap until told to stop."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    children: list[subprocess.Popen[bytes]] = []
    with LOG.open("ab") as log:
        for daemon in DAEMONS:
            if not running(daemon):
                children.append(
                    subprocess.Popen(
                        [shutil.which(daemon) or f"/usr/sbin/{daemon}"],
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                    )
                )
    ours = {child.pid for child in children}

    def stop(_signum: int, _frame: object) -> None:
        for pid in ours:
            os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    while ours:
        try:
            pid, _status = os.wait()
        except ChildProcessError:
            break
        ours.discard(pid)
    STATE.unlink(missing_ok=True)
    return 0


def start() -> int:
    if all(running(daemon) for daemon in DAEMONS) and answers():
        return 0
    if Path("/run/systemd/system").is_dir():
        for unit in ("virtlogd.socket", "libvirtd.socket"):
            subprocess.run(["systemctl", "start", unit], check=False)
    else:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "supervise"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        STATE.write_text(str(process.pid))
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if answers():
            return 0
        time.sleep(0.2)
    print(f"libvirtd did not answer within {ANSWER_SECONDS:.0f} s; see {LOG}", file=sys.stderr)
    return 1


def stop() -> int:
    pid = supervisor_pid()
    if pid is None:
        print("nothing to stop: the daemons were not started by this script")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + ANSWER_SECONDS
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    return 0


def status() -> int:
    for daemon in DAEMONS:
        print(f"{daemon}: {'running' if running(daemon) else 'not running'}")
    up = answers()
    print(f"qemu:///system: {'answers' if up else 'does not answer'}")
    return 0 if up else 1


ACTIONS = {"start": start, "stop": stop, "status": status, "supervise": supervise}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ACTIONS:
        sys.exit(f"usage: {Path(sys.argv[0]).name} start|stop|status")
    sys.exit(ACTIONS[sys.argv[1]]())
