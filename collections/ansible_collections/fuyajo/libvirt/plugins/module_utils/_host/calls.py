# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every call to libvirt shares: errors of our own, waiting with a deadline, many at once.

The library itself comes in as ``self.lib``: only `_host` imports it.
"""

from __future__ import annotations

import functools
import time
from typing import Any, Callable, Sequence, TypeVar, cast
from urllib.parse import urlsplit

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FAILED,
    NOT_FOUND,
    UNAVAILABLE,
    FuyajoError,
)

F = TypeVar("F", bound=Callable[..., Any])
A = TypeVar("A")
B = TypeVar("B")

# Reads of a far host are waiting for the network. A near one answers in 0.1 ms: there threads cost
# more than they save (measured with 300 machines).
_FAR_READERS = 8
_NAME_TAKEN = "already exists with uuid"


def is_local(uri: str) -> bool:
    """Say whether a URI means a libvirt on this machine."""
    parts = urlsplit(uri)
    return not parts.netloc and parts.scheme.partition("+")[2] in ("", "unix")


class Calls:
    """Base of the groups of calls. ``conn`` is a virConnect, ``lib`` the libvirt module."""

    conn: Any
    lib: Any
    uri: str

    @property
    def is_mock(self) -> bool:
        """True for libvirt's own test driver."""
        return self.uri.startswith("test:")

    @property
    def is_local(self) -> bool:
        """True when the host's files are files of this machine."""
        return is_local(self.uri)

    @property
    def readers(self) -> int:
        """How many reads go on at a time."""
        return 1 if self.is_local else _FAR_READERS

    def _if_there(self, read: Callable[[A], B], handle: A) -> B | None:
        """Return what ``read`` says of a handle, or None when that object went away meanwhile."""
        try:
            return read(handle)
        except FuyajoError as error:
            if error.kind != NOT_FOUND:
                raise
            return None


def translated(method: F) -> F:
    """Turn every libvirt error of a method of `Calls` into one of ours."""

    @functools.wraps(method)
    def call(self: Calls, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except self.lib.libvirtError as error:
            raise ours(self.lib, error) from None

    return cast("F", call)


def ours(lib: Any, error: Any) -> FuyajoError:
    """Return our error for a libvirt error."""
    kinds = {
        lib.VIR_ERR_NO_DOMAIN: NOT_FOUND,
        lib.VIR_ERR_NO_NETWORK: NOT_FOUND,
        lib.VIR_ERR_NO_STORAGE_POOL: NOT_FOUND,
        lib.VIR_ERR_NO_STORAGE_VOL: NOT_FOUND,
        lib.VIR_ERR_STORAGE_VOL_EXIST: CONFLICT,
        lib.VIR_ERR_DOM_EXIST: CONFLICT,
        lib.VIR_ERR_NO_CONNECT: UNAVAILABLE,
    }
    kind = kinds.get(error.get_error_code(), FAILED)
    if error.get_error_domain() == lib.VIR_FROM_RPC:
        kind = UNAVAILABLE
    text = " ".join(str(error).split())
    # Two writers of one name: libvirt has a code for that and does not use it.
    return FuyajoError(text, CONFLICT if _NAME_TAKEN in text else kind)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask until ``condition`` is true or the time is up; return the last answer."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while not condition():
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, 0.5)
    return True


def many(function: Callable[[A], B], items: Sequence[A], threads: int) -> list[B]:
    """Return ``function`` of every item, in order."""
    if threads <= 1 or len(items) <= 1:
        return [function(item) for item in items]
    # Loaded for far hosts only: with the logging that it brings it costs 4 ms.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, items))
