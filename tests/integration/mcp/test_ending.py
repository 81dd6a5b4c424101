"""How `fuyajo mcp` ends while a run of its own goes on: what docs/mcp.md promises, with real processes."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from fuyajo.store.home import account_user as account
from tests.integration.mcp.test_stdio import SECONDS, parameters
from tests.support import service_host
from tests.support.claims import home_with_database
from tests.support.file_host import FileHost, actor_of

HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "raw", "version": "1"},
}
MAKE = {"name": "create_vm", "arguments": {"name": "own", "template": "basic-server"}}
LINES = (
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO},
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": MAKE},
)


def started(home: Path, hold: Path) -> subprocess.Popen[str]:
    """A client that has asked for a machine; the run stands still in its middle while `hold` is there."""
    hold.touch()
    made = parameters(home, **{service_host.HOLD: str(hold)})
    process = subprocess.Popen(
        [made.command, *made.args],
        env=made.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write("".join(json.dumps(line) + "\n" for line in LINES))
    process.stdin.flush()
    pause = Event()
    for _ in range(1200):
        if list(hold.parent.glob("holding-*")):
            return process
        assert process.poll() is None
        pause.wait(0.05)
    process.kill()
    raise AssertionError("the run never came to its middle")


def the_run(home: Path) -> Any:
    (job,) = actor_of(home, account()).jobs.of()
    return job


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return home_with_database(tmp_path / "home")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_impatient_cancels_what_goes_on(
    home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    process = started(home, tmp_path / "hold")
    process.send_signal(number)
    process.communicate(timeout=SECONDS)
    assert process.returncode == 128 + number
    assert the_run(home).state == "canceled"


def test_who_closes_the_connection_lets_it_come_to_its_end(home: Path, tmp_path: Path) -> None:
    hold = tmp_path / "hold"
    process = started(home, hold)
    assert process.stdin is not None
    process.stdin.close()
    hold.unlink()
    process.wait(timeout=SECONDS)
    assert (process.returncode, the_run(home).state) == (0, "successful")
    assert FileHost(home.parent / "host.pickle").content().machines["own"].state == "running"
    assert process.stdout is not None
    process.stdout.close()
