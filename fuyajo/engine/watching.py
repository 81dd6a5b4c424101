"""Being woken when something happens to a machine of the host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    with connection(uri) as host, _Events(host).watching_all() as watch:
        yield watch
