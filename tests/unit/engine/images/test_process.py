"""Children end with their caller: all of them, whatever happens."""

import os
import sys
import time
from pathlib import Path

import pytest

from fuyajo.engine.images.errors import ImageError
from fuyajo.engine.images.process import capture, child_environment, find_tool, stream

# A child with a child of its own; both pids are printed, then both wait for ever.
FAMILY = """
import subprocess, sys, os
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(os.getpid(), child.pid, flush=True)
child.wait()
"""


def gone(pid: int) -> bool:
    """Whether `pid` ends within a few seconds (a zombie counts as ended)."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        os.sched_yield()
    return False


def test_lines_come_as_they_are_written() -> None:
    lines: list[str] = []
    code = "print('a'); print('50%\\r100%\\r', end=''); print('last', end='')"
    stream([sys.executable, "-c", code], lines.append, deadline_seconds=20)
    assert lines == ["a", "50%", "100%", "last"]


def test_an_interrupt_ends_the_whole_family() -> None:
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.extend(map(int, line.split()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stream([sys.executable, "-c", FAMILY], interrupt, deadline_seconds=20)
    assert len(pids) == 2
    assert all(map(gone, pids))


def test_a_deadline_ends_the_whole_family() -> None:
    pids: list[int] = []
    with pytest.raises(ImageError, match="did not finish within 1 s"):
        stream(
            [sys.executable, "-c", FAMILY],
            lambda line: pids.extend(map(int, line.split())),
            deadline_seconds=1,
        )
    assert all(map(gone, pids))


def test_a_failure_says_what_was_said() -> None:
    code = "import sys; print('no such suite', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ImageError, match="exit code 3: no such suite"):
        capture([sys.executable, "-c", code], timeout_seconds=20)


def test_a_slow_command_is_stopped() -> None:
    with pytest.raises(ImageError, match="did not finish"):
        capture([sys.executable, "-c", "import signal; signal.pause()"], timeout_seconds=0.5)


def test_nothing_secret_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "secret")
    assert "API_TOKEN" not in child_environment()


def test_a_missing_tool_names_its_package() -> None:
    with pytest.raises(ImageError) as caught:
        find_tool("no-such-tool", "its-package")
    assert caught.value.hint == "Install it with: apt-get install its-package"
