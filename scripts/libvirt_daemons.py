#!/usr/bin/env python3
"""Run virtlogd and libvirtd where no init system does it.

`start` returns once libvirt answers, and prints the supervisor's pid if it had to start one; `stop`
ends only what `start` started (with a pid: only if it is still that one); `status` tells.
A small supervisor stays behind as the child subreaper of both daemons: QEMU processes that libvirtd
detaches are reaped at once, where a slow PID 1 would make every `destroy` wait about two seconds.
Standard library only: this runs before any environment exists.
"""

from __future__ import annotations

import contextlib
import ctypes
import grp
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

PR_SET_CHILD_SUBREAPER = 36
STATE = Path("/run/fuyajo-libvirt.pid")
LOG = Path("/var/log/libvirt/fuyajo-daemons.log")
KVM = Path("/dev/kvm")
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
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (OSError, ValueError):
        return None
    ours = [Path(words[-3]).name, words[-2]] if len(words) > 2 else []
    return pid if ours == ["libvirt_daemons.py", "supervise"] else None


def running(daemon: str) -> bool:
    """Whether a process of that name exists (read from /proc: a small machine may have no pgrep)."""
    for comm in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            if comm.read_text().strip() == daemon:
                return True
    return False


def supervise() -> int:
    """Start the daemons that do not run yet and reap until told to stop."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    ours: set[int] = set()
    told = False

    def end(_signum: int, _frame: object) -> None:
        nonlocal told
        told = True
        for pid in ours:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    # Before anything is started: whoever says stop too early must not leave daemons behind.
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with LOG.open("ab") as log:
        for daemon in DAEMONS:
            if not told and not running(daemon):
                ours.add(launch(daemon, log).pid)
    if told:
        end(signal.SIGTERM, None)
    while ours:
        try:
            pid, _status = os.wait()
        except ChildProcessError:
            break
        ours.discard(pid)
    STATE.unlink(missing_ok=True)
    return 0


def launch(daemon: str, log: BinaryIO) -> subprocess.Popen[bytes]:
    command = shutil.which(daemon) or f"/usr/sbin/{daemon}"
    return subprocess.Popen([command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def give_kvm_to_its_group() -> None:
    """What udev does elsewhere: root:kvm, 0660.

    Otherwise libvirt and the QEMU it probes disagree on whether KVM is there, and libvirt probes QEMU
    anew on every call: a define took 10 s instead of 0.01 s.
    """
    with contextlib.suppress(KeyError, FileNotFoundError):
        group = grp.getgrnam("kvm").gr_gid
        found = KVM.stat()
        if found.st_gid != group or found.st_mode & 0o060 != 0o060:
            os.chown(KVM, -1, group)
            KVM.chmod(found.st_mode & 0o777 | 0o060)


def start() -> int:
    without_udev = not Path("/run/udev").is_dir()
    if os.geteuid() == 0 and without_udev:
        give_kvm_to_its_group()
    if all(running(daemon) for daemon in DAEMONS) and answers():
        return 0
    if os.geteuid() != 0:
        print("only root can start libvirt's system daemons; try sudo", file=sys.stderr)
        return 1
    if Path("/run/systemd/system").is_dir():
        for unit in ("virtlogd.socket", "libvirtd.socket"):
            subprocess.run(["systemctl", "start", unit], check=False)
        return 0 if answer(None) else 1
    return start_supervisor()


def start_supervisor() -> int:
    if supervisor_pid() is not None and stop() != 0:  # one of its daemons died: begin anew
        return 1
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), "supervise"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    STATE.write_text(str(process.pid))
    if not answer(process):
        process.terminate()
        return 1
    print(process.pid)
    return 0


def answer(supervisor: subprocess.Popen[bytes] | None) -> bool:
    """Wait for libvirt to answer; False, and why, when it does not or its supervisor ends."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if answers():
            return True
        if supervisor is not None and supervisor.poll() is not None:
            print(f"libvirt's daemons ended at once; see {LOG}", file=sys.stderr)
            return False
        time.sleep(0.2)
    print(f"libvirtd did not answer within {ANSWER_SECONDS:.0f} s; see {LOG}", file=sys.stderr)
    return False


def stop(only: int | None = None) -> int:
    pid = supervisor_pid()
    if pid is None or only not in (None, pid):
        print("nothing to stop: the daemons were not started by this script", file=sys.stderr)
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + ANSWER_SECONDS
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            print(f"the daemons did not end within {ANSWER_SECONDS:.0f} s", file=sys.stderr)
            return 1
        time.sleep(0.1)
    return 0


def status() -> int:
    lines = [f"{name}: {'running' if running(name) else 'not running'}" for name in DAEMONS]
    up = answers()
    lines.append(f"qemu:///system: {'answers' if up else 'does not answer'}")
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:  # `status | head -1`: who reads has had enough
        # Python flushes once more at its end, which would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if up else 1


def main(argv: list[str]) -> int:
    actions = {"start": start, "stop": stop, "status": status, "supervise": supervise}
    if len(argv) == 2 and argv[0] == "stop" and argv[1].isdecimal():
        return stop(int(argv[1]))
    if len(argv) != 1 or argv[0] not in actions:
        print("usage: libvirt_daemons.py start|stop [PID]|status", file=sys.stderr)
        return 2
    return actions[argv[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
