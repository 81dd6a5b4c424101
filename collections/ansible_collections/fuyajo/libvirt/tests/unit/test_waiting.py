# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of waiting: what files of a guest, ports and numbers of libvirt mean."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.addresses import ssh_answer
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import waiting as _waiting


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"",
        b"\xff",
        b"[]",
        b"7",
        b'{"v1": 5}',
        b"[" * 50_000,
        b'{"v1": {"errors": {"a": 1}, "stage": [], "init": 5, "x": {"errors": [1, null, "", {}]}}}',
    ],
)
def test_hostile_status_files_are_survived(raw):
    for result, status in ((raw, None), (None, raw), (raw, raw)):
        found = _waiting.cloud_init(result, status)
        assert found.error is None and found.stage is None


def serve(act):
    """Serve one connection; return its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def work():
        with server, server.accept()[0] as client:
            act(client)

    threading.Thread(target=work, daemon=True).start()
    return server.getsockname()[1]


def test_what_a_port_says():
    assert ssh_answer("127.0.0.1", serve(lambda c: c.sendall(b"SSH-2.0-x\r\n")), 5) is None
    assert ssh_answer("127.0.0.1", serve(lambda c: c.sendall(b"hello\r\nSSH-2.0-x\r\n")), 5) is None
    assert "no SSH banner" in ssh_answer("127.0.0.1", serve(lambda c: c.sendall(b"HTTP/1.1")), 5)
    assert "no SSH banner" in ssh_answer("127.0.0.1", serve(lambda c: None), 5)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert "closed" in ssh_answer("127.0.0.1", port, 5)


def test_a_silent_port_ends():
    begin = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert "in time" in ssh_answer("127.0.0.1", server.getsockname()[1], 0.1)
    assert time.monotonic() - begin < 5


def test_an_address_that_nobody_has_is_not_a_port_without_a_banner(monkeypatch):
    def nobody(_where, seconds):
        assert seconds == 0.5
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", nobody)
    assert ssh_answer("10.0.0.5", 22, 0.5) == "port 22 does not answer"
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("inside", "state"),
    [
        ("", None),
        ("<channel><target name='other' state='connected'/></channel>", None),
        ("<channel><target name='org.qemu.guest_agent.0'/></channel>", "disconnected"),
        (
            "<channel><target name='org.qemu.guest_agent.0' state='connected'/></channel>",
            "connected",
        ),
    ],
)
def test_channel(inside, state):
    xml = f"<domain><devices>{inside}</devices></domain>"
    assert _waiting.channel_state(xml) == state


def test_reasons_are_words():
    assert _waiting.off_reason(3) == _waiting.stop_detail(2) == "it crashed"
    assert _waiting.off_reason(0) == "it was never started"
    assert _waiting.off_reason(99) and _waiting.stop_detail(99) and _waiting.paused_reason(99)
