"""What running machines of a host use, read in one call for each round."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.measures import (
    Measure,
    MeasureCalls,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost

from fuyajo.domain.history import Counters
from fuyajo.engine.reader import connection, told

KIB = 1024
#: Whose a machine is does not change often: so many rounds, and each was asked for again.
ROUNDS = 30
#: Seconds for which what a guest last said of its memory counts.
FRESH = 120


class _Measures(MeasureCalls):
    """The calls about statistics on a connection that is open already."""

    def __init__(self, host: ReadHost) -> None:
        self.conn, self.lib, self.uri = host.conn, host.lib, host.uri


class Meter:
    """Of one host; keeps its connection. For one thread."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._open = ExitStack()
        self._calls: _Measures | None = None
        self._ours: dict[str, bool] = {}  # the first was asked for longest ago

    def round(self) -> dict[str, Counters]:
        """Fuyajo's own machines that run, by UUID. Raises `Unavailable`: the next round connects anew."""
        try:
            with told(self._uri):
                calls = self._connected()
                measured = calls.measures()
                now = time.monotonic()
                return {
                    uuid: counters(life, now, values)
                    for _handle, uuid, life, values in self._own(calls, measured)
                }
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._open.close()
        self._calls = None

    def _connected(self) -> _Measures:
        if self._calls is None:
            self._open = ExitStack()
            self._calls = _Measures(self._open.enter_context(connection(self._uri)))
        return self._calls

    def _own(self, calls: _Measures, measured: list[Measure]) -> list[Measure]:
        handles = {uuid: handle for handle, uuid, _life, _values in measured}
        known = {uuid: ours for uuid, ours in self._ours.items() if uuid in handles}
        again = list(known)[: -(-len(known) // ROUNDS)]
        for uuid in [*again, *(handles.keys() - known.keys())]:
            known.pop(uuid, None)
            known[uuid] = calls.is_ours(handles[uuid])
        self._ours = known
        return [one for one in measured if known[one[1]]]


def counters(life: int, seconds: float, values: Mapping[str, Any]) -> Counters:
    """One machine's statistics by libvirt's names."""
    used, available = memory(values, time.time())
    found = Counters(
        life,
        seconds,
        int(values.get("vcpu.current", 1)),
        values.get("cpu.time"),
        used,
        available,
        *(_total(values, "block", key) for key in ("rd.bytes", "wr.bytes", "rd.reqs", "wr.reqs")),
        *(_total(values, "net", key) for key in ("rx.bytes", "tx.bytes")),
    )
    return found._replace(disk_taken=disk_taken(values))


def disk_taken(values: Mapping[str, Any]) -> int | None:
    """Bytes of the host that the first disk takes; None where all of them were taken at once (a raw file),
    which says nothing about what is in it."""
    taken, whole = values.get("block.0.physical"), values.get("block.0.capacity")
    return None if not taken or not whole or taken == whole else int(taken)


def memory(values: Mapping[str, Any], now: float) -> tuple[int | None, int | None]:
    """Bytes in use and bytes left: as the guest says, or as its process has it where that is not fresh."""
    whole, free = values.get("balloon.available"), values.get("balloon.usable")
    free = values.get("balloon.unused") if free is None else free
    fresh = now - values.get("balloon.last-update", 0) <= FRESH
    if fresh and whole and free is not None and free <= whole:
        return (whole - free) * KIB, free * KIB
    whole, used = values.get("balloon.current"), values.get("balloon.rss")
    if not whole or used is None:
        return None, None
    used = min(used, whole)  # the process has some for itself as well
    return used * KIB, (whole - used) * KIB


def _total(values: Mapping[str, Any], group: str, key: str) -> int | None:
    """Of all its devices; None where the host says nothing about any of them."""
    count = values.get(f"{group}.count")
    if count is None:
        return None
    found = [values.get(f"{group}.{number}.{key}") for number in range(count)]
    known = [value for value in found if value is not None]
    return sum(known) if known or not count else None
