"""Ctrl-C while a planner thinks: 130, and nothing is left of it."""

from __future__ import annotations

import signal
import subprocess

from tests.integration.terminal.conftest import Place, gone


def test_ctrl_c_during_planning(place: Place) -> None:
    words = ("plan", "a web server", "--backend", "claude", "--conversation", "x")
    with subprocess.Popen(
        place.command(*words),
        env=place.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        planner = place.begun()
        assert not gone(planner)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "error: interrupted\n" in err
    assert gone(planner)
    assert place.left() == []
    assert not list(place.home.rglob("call-*"))
