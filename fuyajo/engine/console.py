"""A machine's serial console as bytes in and out, and its screen as a picture."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.console import (
    Console,
    ConsoleCalls,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FuyajoError as HostError,
)

from fuyajo.domain.errors import Conflict, NotFound, Problem
from fuyajo.domain.ours import missing
from fuyajo.engine.reader import told

PNG = "image/png"
ENDING_SECONDS = 1.0


class _Desk(ConsoleCalls):
    """The calls about consoles on a connection that is open already."""

    def __init__(self, host: ReadHost) -> None:
        self.conn, self.lib, self.uri = host.conn, host.lib, host.uri


class Line:
    """An open console with the connection that it lives on. `close` frees both, in any state."""

    def __init__(self, host: ReadHost, console: Console, uuid: str, opened: ExitStack) -> None:
        self._host, self._console, self._uuid, self._open = host, console, uuid, opened

    @property
    def over(self) -> bool:
        """Whether nothing more will come: the machine stopped, or somebody else took the console."""
        return self._console.over

    def take(self) -> tuple[bytes, int]:
        """What was printed since, and how many bytes before that nobody fetched in time. Never waits."""
        return self._console.take()

    def send(self, typed: bytes) -> int:
        """How many of these bytes were taken."""
        return self._console.send(typed)

    def running(self) -> bool | None:
        """Whether the machine still runs; None when the host does not say.

        A machine that is being ended has no console any more a moment before libvirt calls it stopped, so
        "it runs" is believed only after it was said for `ENDING_SECONDS`. Waits: not for an event loop.
        """
        try:
            return not until(lambda: not self._active(), ENDING_SECONDS)
        except HostError:
            return None

    def _active(self) -> bool:
        handle = self._host.find(self._uuid)
        return handle is not None and self._host.is_active(handle)

    def close(self) -> None:
        self._console.close()
        self._open.close()


def dial(uri: str, uuid: str, wake: Callable[[], None], take_over: bool = False) -> Line:
    """Open it; `wake` is called by another thread when there is something to take.

    Raises `Conflict` when it is in use (unless `take_over`: then whoever has it loses it), `NotFound` and
    `Unavailable`.
    """
    with ExitStack() as opened, told(uri):
        host = opened.enter_context(ReadHost.open(uri))
        handle = host.find(uuid)
        if handle is None:
            raise missing("vm", uuid)
        try:
            console = _Desk(host).console(handle, wake, take_over)
        except HostError as error:
            if error.kind == CONFLICT:
                raise Conflict(Problem("", "console_in_use")) from error
            raise
        return Line(host, console, uuid, opened.pop_all())


def picture(uri: str, uuid: str) -> bytes:
    """The first screen as PNG. Raises `NotFound` where there is none, `Unavailable`."""
    with told(uri), ReadHost.open(uri) as host:
        handle = host.find(uuid)
        if handle is None:
            raise missing("vm", uuid)
        media, found = _Desk(host).picture(handle)
    # An older QEMU makes something that no browser shows.
    if media != PNG:
        raise NotFound(Problem("", "screen_none"))
    return found
