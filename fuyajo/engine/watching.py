"""Being woken when something happens to a machine of the host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.events import EventCalls, Watch
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost

from fuyajo.engine.reader import connection


class _Events(EventCalls):
    """The calls about events on a connection that is open already."""

    def __init__(self, host: ReadHost) -> None:
        self.conn, self.lib, self.uri = host.conn, host.lib, host.uri


@contextmanager
def watching(uri: str) -> Iterator[Watch]:
    """`Watch.wait(seconds)` returns when libvirt tells of anything. Raises `Unavailable`."""
    with connection(uri) as host, events_of(host) as watch:
        yield watch


def events_of(host: ReadHost) -> AbstractContextManager[Watch]:
    """The same on a connection that is open already."""
    return _Events(host).watching_all()
