"""One run, one process tree that ends as a whole.

bubblewrap gives the tree a pid namespace: killing its first process kills everything in it,
whatever called setsid, and it dies with its parent. Where that does not work (no bubblewrap, no
user namespaces, a masked /proc) a supervisor that is a child subreaper finds and kills every
descendant.

Both notice the end of the *thread* that started them, so a tree is started and followed by one
thread. bubblewrap also sets no_new_privs: a local `become` cannot gain rights inside a run, remote
ones can.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from fuyajo.engine.box import process
from fuyajo.engine.box.process import Identity

Containment = Literal["bubblewrap", "subreaper"]

STOP_SECONDS = 5.0
_PROBE_SECONDS = 5.0
_INFO_BYTES = 4096
_TOOLS = "/usr/bin:/bin:/usr/local/bin"
_NAMESPACE = ("--dev-bind", "/", "/", "--proc", "/proc", "--unshare-pid", "--die-with-parent")


@cache
def containment() -> Containment:
    """What runs are contained by on this machine; probed once per process (about 10 ms)."""
    bwrap = shutil.which("bwrap", path=_TOOLS)
    true = shutil.which("true", path=_TOOLS)
    if not bwrap or not true:
        return "subreaper"
    try:
        probe = subprocess.run(
            [bwrap, *_NAMESPACE, true],
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "subreaper"
    return "bubblewrap" if probe.returncode == 0 else "subreaper"


@dataclass
class Tree:
    """A started tree: `outer` is our direct child, `first` the process whose end means that all are
    gone.

    In bubblewrap `first` is the namespace's first process, otherwise the supervisor, which is
    `outer` itself.
    """

    outer: subprocess.Popen[bytes]
    kind: Containment
    first: Identity | None
    _handle: int | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._handle = process.open_pidfd(self.first) if self.first else None

    def wait(self, seconds: float) -> bool:
        """Whether the tree ends by itself in that time; its exit code is in `outer.returncode`
        then.
        """
        if self._handle is not None and not process.wait_gone(self._handle, seconds):
            return True
        with suppress(subprocess.TimeoutExpired):
            self.outer.wait(seconds)
        return True

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End the tree and wait until it is gone; harmless when it has ended. True when nothing is
        left.
        """
        try:
            gone = end(self._handle, self.first, self.kind, seconds)
            if self.kind == "bubblewrap":
                self.outer.kill()
            with suppress(subprocess.TimeoutExpired):
                self.outer.wait(seconds)
            return gone and self.outer.returncode is not None
        finally:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None


def launch(
    arguments: Sequence[str],
    *,
    kind: Containment,
    environment: dict[str, str],
    directory: Path,
    log: int,
    events: int,
) -> Tree:
    """Start `python -m fuyajo.engine.box ARGUMENTS` in `directory`, contained.

    `log` receives its output, `events` is the descriptor it inherits for events. Raises OSError.
    """
    command = [sys.executable, "-P", "-m", "fuyajo.engine.box", *arguments]
    info_read, info_write = os.pipe()
    try:
        if kind == "bubblewrap":
            bwrap = shutil.which("bwrap", path=_TOOLS) or "bwrap"
            command = [bwrap, *_NAMESPACE, "--info-fd", str(info_write), "--", *command]
        else:
            command += ["--supervise", str(os.getpid())]
        outer = subprocess.Popen(
            command,
            env=environment,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(events, info_write),
            start_new_session=True,  # a terminal's Ctrl-C is ours to handle, not the run's
        )
    except BaseException:
        os.close(info_read)
        raise
    finally:
        os.close(info_write)
    return _known(outer, kind, info_read)


def _known(outer: subprocess.Popen[bytes], kind: Containment, info: int) -> Tree:
    """The tree of a process just started; whatever goes wrong here, it does not stay."""
    try:
        first = _first_process(info) if kind == "bubblewrap" else outer.pid
        return Tree(outer, kind, process.identify(first) if first else None)
    except BaseException:
        outer.terminate() if kind == "subreaper" else outer.kill()
        raise
    finally:
        os.close(info)


def _first_process(info: int) -> int | None:
    """The pid of the namespace's first process, as bubblewrap reports it before it starts the
    command.

    None when it ended without a word: its exit code and the log say why.
    """
    text = b""
    while b"}" not in text and (chunk := os.read(info, _INFO_BYTES)):
        text += chunk
    found = re.search(rb'"child-pid":\s*(\d+)', text)
    return int(found[1]) if found else None


def end(handle: int | None, first: Identity | None, kind: Containment, seconds: float) -> bool:
    """Kill a tree through the pidfd of its first process; True when it is gone within `seconds`."""
    if handle is None or first is None:
        return True
    if kind == "bubblewrap":
        process.send(handle, signal.SIGKILL)
        return process.wait_gone(handle, seconds)
    process.send(handle, signal.SIGTERM)
    if process.wait_gone(handle, seconds * 0.6):
        return True
    # The supervisor is stuck or stopped: do its work for it, children first so that none is
    # orphaned.
    process.kill(reversed(process.descendants(first.pid)))
    process.send(handle, signal.SIGKILL)
    return process.wait_gone(handle, seconds * 0.4)
