"""Who is who among processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fuyajo.engine.box import process


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as child:
        yield child
        child.kill()


def test_a_name_full_of_traps() -> None:
    text = "42 (a) S 7 (b) R) S 1 42 42 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 12345 0 0"
    assert process.parse_stat(text) == process.Stat("S", 1, 12345)


def test_identity_is_more_than_a_number(sleeper: subprocess.Popen[bytes]) -> None:
    found = process.identify(sleeper.pid)
    assert found and process.alive(found)
    for other in (replace(found, start=found.start + 1), replace(found, boot="another boot")):
        assert not process.alive(other)
        assert process.open_pidfd(other) is None
    handle = process.open_pidfd(found)
    assert handle is not None
    try:
        assert not process.wait_gone(handle, 0)
        process.send(handle, signal.SIGKILL)
        assert process.wait_gone(handle, 5)
        # Not reaped yet: a zombie keeps its number but is gone.
        assert not process.alive(found)
        sleeper.wait()
        process.send(handle, signal.SIGKILL)
    finally:
        os.close(handle)
    assert process.identify(sleeper.pid) is None
    assert process.open_pidfd(found) is None


def test_the_command_line_is_a_witness(sleeper: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 5
    # The kernel lets Popen return a moment before the new command line can be read.
    while not process.has_argument(sleeper.pid, "60"):
        assert time.monotonic() < deadline
    assert not process.has_argument(sleeper.pid, "6")
    assert not process.has_argument(2**22 + 1, "60")


def test_descendants(sleeper: subprocess.Popen[bytes]) -> None:
    assert sleeper.pid in process.descendants(os.getpid())
    assert os.getpid() in process.descendants(os.getppid())
    assert process.descendants(sleeper.pid) == []


def test_a_subreaper_ends_what_ran_away() -> None:
    """In a process of its own: being a subreaper is for life."""
    code = """
import os, subprocess, sys
from fuyajo.engine.box import process
process.become_subreaper()
subprocess.run(["sh", "-c", "setsid sleep 60 & setsid sh -c 'sleep 61; true' &"], check=True)
found = process.descendants(os.getpid())
assert found, "nothing to kill"
assert process.kill_descendants(5)
assert process.descendants(os.getpid()) == []
assert not any(process.identify(pid) for pid in found)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
