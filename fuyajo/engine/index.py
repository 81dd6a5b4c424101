"""The machines of a host, for who asks again and again: a page that lists them, a program that polls.

States are asked for every time, in one call for all machines. A definition is read when it may have changed:
libvirt told of something, or it was last read more than `AGE_SECONDS` ago, since libvirt does not tell
everything. Plans and runs never come here: they read the host itself.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from threading import Lock
from typing import NamedTuple

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domains import Sight
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.events import Watch
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import root_disk

from fuyajo.domain.errors import Unavailable
from fuyajo.domain.machine import UNFINISHED, Machine
from fuyajo.engine.reader import GIB, connection, machine_of, told
from fuyajo.engine.watching import events_of

AGE_SECONDS = 2.0


class _Known(NamedTuple):
    """A machine with its definition, and the disk whose size counts."""

    xml: str
    machine: Machine
    disk: str | None
    unfinished: bool


class Index:
    """Of one host; safe to be asked by several threads. `age`: seconds that a definition counts for."""

    def __init__(self, uri: str, age: float = AGE_SECONDS) -> None:
        self._uri, self._age = uri, age
        self._lock = Lock()
        self._open = ExitStack()
        self._host: ReadHost | None = None
        self._watch: Watch | None = None
        self._known: dict[str, _Known] = {}
        self._read = self._asked = 0.0

    def machines(self, within: float = 0.0) -> dict[str, Machine]:
        """By name. A machine that is as it was is the same object. Raises `Unavailable`.

        `within`: so many seconds after a look it counts again, unless libvirt told of something since: for
        the next pages of one list.
        """
        with self._lock:
            try:
                return self._look(within)
            except Unavailable:
                self._close()
                raise

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        self._open.close()
        self._host, self._watch, self._known = None, None, {}

    def _look(self, within: float) -> dict[str, Machine]:
        host, watch = self._connected()
        # Asked before anything is read: what happens from here on is seen by the next look.
        happened = watch.wait(0)
        if happened or time.monotonic() - self._asked >= within:
            self._ask(host, happened)
        return {known.machine.name: known.machine for known in self._known.values()}

    def _ask(self, host: ReadHost, happened: bool) -> None:
        now = time.monotonic()
        stale = happened or now - self._read > self._age
        if stale or not self._states(host):
            self._read = now
            with told(self._uri):
                sights = host.read_all()
            self._known = {str(sight[3]["uuid"]): self._again(sight) for sight in sights}
        self._asked = now

    def _connected(self) -> tuple[ReadHost, Watch]:
        if self._host is None or self._watch is None:
            self._open = ExitStack()
            self._host = self._open.enter_context(connection(self._uri))
            self._watch = self._open.enter_context(events_of(self._host))
            self._known, self._read, self._asked = {}, -self._age, float("-inf")
        return self._host, self._watch

    def _again(self, sight: Sight) -> _Known:
        """What was read now; the same object where nothing is different."""
        _handle, xml, document, facts = sight
        machine, disk = machine_of(sight), root_disk(document)
        found = _Known(xml, machine, disk.path if disk else None, bool(facts.get("unfinished")))
        known = self._known.get(machine.uuid)
        if known is not None and (known.xml, known.machine) == (found.xml, found.machine):
            return known
        return found

    def _states(self, host: ReadHost) -> bool:
        """False when there is a machine that was never read: what tells of it is on its way."""
        with told(self._uri):
            seen = host.glances(list(host.domains().values()))
        if not seen.keys() <= self._known.keys():
            return False
        self._known = {
            uuid: _at(known, *seen[uuid]) for uuid, known in self._known.items() if uuid in seen
        }
        return True


def _at(known: _Known, state: str, sizes: dict[str, int]) -> _Known:
    machine = known.machine
    found = UNFINISHED if known.unfinished else state
    size = sizes.get(known.disk) if known.disk else None
    gib = machine.disk_gib if size is None else -(-size // GIB)
    if (machine.state, machine.disk_gib) == (found, gib):
        return known
    return known._replace(machine=replace(machine, state=found, disk_gib=gib))
