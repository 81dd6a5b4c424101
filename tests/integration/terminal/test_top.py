"""`fuyajo top` in a real terminal and in a pipe, against the real libvirtd."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import termios
from collections.abc import Iterator
from contextlib import suppress
from select import select
from time import monotonic

import pytest

from tests.support.installation import Installation, install, remove
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(200)]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("top")
    made = install(directory, None)
    states = {"off": "stopped", "on": "started"}
    try:
        stand(made, directory, ({**SEEDED, "name": n, "state": s} for n, s in states.items()))
        yield made
    finally:
        remove(made)


def test_in_a_pipe_it_looks_once_and_knows_rates(place: Installation) -> None:
    told = place.fuyajo("top", "--once", "--json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    by_name = {one["vm"]: one for one in found["machines"]}
    on, off = by_name[f"{place.name}-on"], by_name[f"{place.name}-off"]
    assert found["measured"] and on["state"] == "running"
    assert 0 <= on["values"]["cpu"] <= 100 and on["values"]["memory_used"] > 0
    assert off["values"] == {}
    (host,) = found["hosts"]
    assert host["memory_free_mib"] <= host["memory_mib"]
    lines = place.fuyajo("top", "-n", "2", "--interval", "0.5", "--filter", "-on").stdout
    assert lines.count(f"{place.name}-on") == 2 and f"{place.name}-off" not in lines


class Screen:
    """A terminal of ours with the command in it."""

    def __init__(self, place: Installation) -> None:
        self.ours, theirs = pty.openpty()
        self.before = termios.tcgetattr(theirs)
        self._theirs = theirs
        self.shown = b""
        self.process = subprocess.Popen(
            [*place.command, "top", "--interval", "0.5"],
            env={**place.environment, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )

    def until(self, words: str) -> None:
        deadline = monotonic() + PATIENCE
        while words.encode() not in self.shown:
            assert monotonic() < deadline, self.shown[-2000:]
            if select([self.ours], [], [], 1)[0]:
                self.shown += os.read(self.ours, 65536)

    def type(self, key: str) -> None:
        self.shown = b""
        os.write(self.ours, key.encode())

    def ended(self) -> int:
        """Its exit code; what it still draws is taken, so that it does not wait for us."""
        deadline = monotonic() + PATIENCE
        while self.process.poll() is None and monotonic() < deadline:
            if select([self.ours], [], [], 0.1)[0]:
                with suppress(OSError):
                    self.shown += os.read(self.ours, 65536)
        return self.process.wait(timeout=1)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for fd in (self.ours, self._theirs):
            os.close(fd)

    @property
    def restored(self) -> bool:
        """The modes of the terminal; speeds and control characters never change."""
        return termios.tcgetattr(self._theirs)[:4] == self.before[:4]


@pytest.fixture
def screen(place: Installation) -> Iterator[Screen]:
    made = Screen(place)
    yield made
    made.close()


def test_keys_sort_explain_and_end(screen: Screen, place: Installation) -> None:
    screen.until(f"{place.name}-on")
    screen.until("by cpu")
    screen.type("s")
    screen.until("by memory")
    screen.type("h")
    screen.until("of its own vCPUs")
    screen.type("q")
    assert screen.ended() == 0
    assert screen.restored


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_terminal_is_left_as_it_was(
    screen: Screen, place: Installation, number: signal.Signals
) -> None:
    screen.until(f"{place.name}-on")
    screen.process.send_signal(number)
    assert screen.ended() == 128 + number
    assert screen.restored
    assert b"Traceback" not in screen.shown
