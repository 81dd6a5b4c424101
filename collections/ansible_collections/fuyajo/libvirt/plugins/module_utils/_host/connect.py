# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that end: opening has a deadline, and an open one notices a dead daemon.

libvirt's own open() waits for ever for a daemon that hangs, and its keepalive begins only later.
So a local daemon is first asked, over its socket, a question that needs no login; and the real
open() runs in a thread that is left behind when the time is up.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from typing import Any, Mapping
from urllib.parse import urlsplit

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import is_local, ours
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    UNAVAILABLE,
    FuyajoError,
)

# Two unanswered questions, five seconds apart, and five seconds later libvirt ends every call that waits.
KEEPALIVE_SECONDS, KEEPALIVE_COUNT = 5, 2
# libvirt's RPC: length, program "remote", version 1, procedure AUTH_LIST, call, serial, status.
_AUTH_LIST = struct.pack(">7I", 28, 0x20008086, 1, 66, 0, 0, 0)


def connect(lib: Any, uri: str, readonly: bool, deadline: float) -> Any:
    """Return a virConnect, or raise FuyajoError(kind=unavailable) within ``deadline`` seconds."""
    _settle_session(uri)
    _refuse_hung(uri, readonly, deadline)
    lib.registerErrorHandler(_silent, None)
    _LOOP.join(lib)
    box: list[Any] = []
    try:
        worker = threading.Thread(target=_open, args=(lib, uri, readonly, box), daemon=True)
        worker.start()
        worker.join(deadline)
        if not box:
            raise FuyajoError(f"{uri} did not answer within {deadline:g} s", UNAVAILABLE)
        if isinstance(box[0], lib.libvirtError):
            raise FuyajoError(f"cannot connect to {uri}: {ours(lib, box[0])}", UNAVAILABLE)
        if isinstance(box[0], BaseException):
            raise box[0]
    except BaseException:
        _LOOP.leave(lib)
        raise
    return box[0]


def disconnect(lib: Any, connection: Any) -> None:
    """Close a connection; one that broke meanwhile is fine."""
    try:
        connection.close()
    except lib.libvirtError:
        return
    finally:
        _LOOP.leave(lib)


def runtime_directory(environ: Mapping[str, str], users: str = "/run/user") -> str:
    """Return the directory in which this user's own libvirt daemon has its socket.

    It must be one place for all shells: two daemons do not know of each other's running machines,
    and share their disks. So where a shell came without XDG_RUNTIME_DIR (su, cron), the login's
    directory counts when there is one; otherwise the cache, which is what libvirt itself takes.
    """
    said = environ.get("XDG_RUNTIME_DIR")
    if said:
        return said
    usual = os.path.join(users, str(os.geteuid()))
    if os.path.isdir(usual) and os.stat(usual).st_uid == os.geteuid():
        return usual
    return environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")


def _settle_session(uri: str) -> None:
    """Make libvirt's client, and the daemon that it starts, look where `runtime_directory` says."""
    if is_local(uri) and urlsplit(uri).path == "/session":
        os.environ["XDG_RUNTIME_DIR"] = runtime_directory(os.environ)


def _open(lib: Any, uri: str, readonly: bool, box: list[Any]) -> None:
    try:
        connection = lib.openReadOnly(uri) if readonly else lib.open(uri)
        try:
            connection.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_COUNT)
        except lib.libvirtError:
            # Drivers that live in this process (test:///) have nobody to keep alive.
            box.append(connection)
            return
        box.append(connection)
    except Exception as error:  # noqa: BLE001 - handed to the thread that waits, nothing is lost
        box.append(error)


def _silent(_context: Any, _error: Any) -> None:
    """Errors come as exceptions; libvirt need not print them as well."""


def _refuse_hung(uri: str, readonly: bool, deadline: float) -> None:
    """Raise when a local daemon accepts connections and then says nothing."""
    parts = urlsplit(uri)
    if not is_local(uri) or parts.query or not parts.scheme.startswith("qemu"):
        return
    for path in _sockets(parts.path, readonly):
        if os.path.exists(path) and not _answers(path, deadline):
            raise FuyajoError(f"{uri}: the daemon behind {path} does not answer", UNAVAILABLE)


def _sockets(path: str, readonly: bool) -> list[str]:
    """Return where the daemon listens: today's modular one, or the classic one."""
    if path == "/session":
        directory, suffix = os.path.join(runtime_directory(os.environ), "libvirt"), ""
    else:
        directory, suffix = "/run/libvirt", "-ro" if readonly else ""
    return [os.path.join(directory, name + "-sock" + suffix) for name in ("virtqemud", "libvirt")]


def _answers(path: str, deadline: float) -> bool:
    """Return False only when somebody holds the socket and stays silent."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(deadline)
        try:
            client.connect(path)
            client.sendall(_AUTH_LIST)
            return len(client.recv(4)) == 4
        except socket.timeout:  # a class of its own before Python 3.10
            return False
        except OSError:
            # Nobody there, or not for us: libvirt's own error says it better.
            return True


class _EventLoop:
    """libvirt's event loop, running while at least one connection is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._thread: threading.Thread | None = None
        self._timer: int | None = None
        self._pid = 0

    def join(self, lib: Any) -> None:
        """Count one more connection; start the loop for the first one."""
        with self._lock:
            if self._pid != os.getpid():
                # After a fork the thread is the parent's, and so are its connections.
                self._users, self._thread, self._pid = 0, None, os.getpid()
            self._users += 1
            if self._thread is None:
                if self._timer is None:
                    lib.virEventRegisterDefaultImpl()
                    self._timer = lib.virEventAddTimeout(-1, _silent, None)
                self._thread = threading.Thread(target=self._run, args=(lib,), daemon=True)
                self._thread.start()

    def leave(self, lib: Any) -> None:
        """Count one connection less; the loop ends after the last one."""
        with self._lock:
            if self._pid == os.getpid() and self._users > 0:
                self._users -= 1
                # Wakes the loop, which then sees whether it is still needed.
                lib.virEventUpdateTimeout(self._timer, 0)

    def _run(self, lib: Any) -> None:
        while True:
            with self._lock:
                if self._users == 0:
                    self._thread = None
                    return
                lib.virEventUpdateTimeout(self._timer, -1)
            lib.virEventRunDefaultImpl()


_LOOP = _EventLoop()
