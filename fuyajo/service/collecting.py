"""Measuring the machines of every hypervisor, as long as a service runs. Who reads is in `history.py`."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.history import HOLE, Counters, Sample, sample
from fuyajo.engine.measuring import Meter
from fuyajo.service.context import Actor, Settings
from fuyajo.service.hosting import hypervisors
from fuyajo.store.database import Database
from fuyajo.store.history import FOLD, HistoryStore

#: Whoever does not answer is asked again after so many intervals.
PAUSE = 6
LEAST_LEASE = 30  # seconds
STOP_SECONDS = 2.0
_LOG = logging.getLogger("fuyajo.history")


@dataclass(frozen=True)
class Round:
    """What a round cost: seconds of waiting and of the processor, and machines of ours."""

    host: str
    seconds: float
    cpu_seconds: float
    machines: int


Told = Callable[[Round], None]
#: What comes after a round that was kept: its moment, and the samples of all that run, by UUID.
After = Callable[[int, Mapping[str, Sample]], None]


def _untold(_round: Round) -> None:
    """Nobody wants to know what rounds cost."""


def _nothing(_now: int, _samples: Mapping[str, Sample]) -> None:
    """Nothing comes after a round."""


@dataclass
class Host:
    """One hypervisor: `name` for people, `key` in our books, `uri` to connect to."""

    name: str
    key: str
    uri: str


@dataclass
class Collector:
    """Of one service: a thread for each hypervisor, so that one that hangs holds up nobody."""

    settings: Settings
    database: Database
    told: Told = _untold
    by: str = field(
        default_factory=lambda: f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(3)}"
    )
    _ending: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        if not self.settings.history_seconds:
            return
        service = Actor("service", self.settings, "service", self.database)
        try:
            found = hosts(service)
        except FuyajoError as error:
            _LOG.warning("nothing measured", extra={"fuyajo": {"detail": str(error)}})
            return
        for host in found:
            work = Watched(self, host, _alerts(service, host))
            thread = threading.Thread(target=work.run, name=f"measure-{host.name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Somebody else may go on at once. A host that hangs is not waited for."""
        if not self._threads:
            return
        self._ending.set()
        until = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        try:
            HistoryStore(self.database).release(self.by)
        except FuyajoError as error:
            _LOG.warning("lease not given back", extra={"fuyajo": {"detail": str(error)}})

    def wait(self, seconds: float) -> bool:
        """True: it is over."""
        return self._ending.wait(seconds)


def hosts(actor: Actor) -> list[Host]:
    """All of them, or the one that there is."""
    settings = actor.settings
    known = hypervisors(actor).values()
    if not known:
        return [Host("local", settings.uri, settings.reached_by)]
    return [Host(one.name, one.uri, actor.on(one).settings.reached_by) for one in known]


def _alerts(service: Actor, host: Host) -> After:
    """What the alerts make of the rounds of this host."""
    from fuyajo.service.alerting import Lookout  # only a service looks

    known = hypervisors(service).get(host.name)
    there = service if known is None else service.on(known)
    return Lookout(there, service.settings.history_seconds).round


class Watched:
    """One host, round by round."""

    def __init__(self, collector: Collector, host: Host, after: After = _nothing) -> None:
        self._of, self._host, self._after = collector, host, after
        self._store = HistoryStore(collector.database)
        self._interval = collector.settings.history_seconds
        self._alone = collector.settings.database is None  # one service alone opens such a home
        self._lease = max(LEAST_LEASE, HOLE * self._interval)
        self._meter = Meter(host.uri)
        self._before: dict[str, Counters] = {}
        self._held_until = 0.0
        self._folded = 0
        self._silent = False

    def run(self) -> None:
        """Until the service ends. Moments are whole intervals, so that all services have the same."""
        pause = 0.0
        try:
            while not self._of.wait(pause + self._interval - time.time() % self._interval):
                pause = 0.0 if self._quietly() else (PAUSE - 1) * self._interval
        finally:
            self._meter.close()

    def _quietly(self) -> bool:
        """False: it does not answer. It is noted once, and once when it is back."""
        try:
            self.round(int(time.time()))
        except (FuyajoError, OSError) as error:
            if not self._silent:
                self._tell("not measured", logging.WARNING, detail=str(error))
            self._silent, self._before = True, {}
            return False
        except Exception:  # a fault of ours: without this thread nothing would be measured any more
            said = {"fuyajo": {"host": self._host.name}}
            logging.getLogger("fuyajo.history").exception("not measured", extra=said)
            return False
        if self._silent:
            self._tell("measured again", logging.INFO)
            self._silent = False
        return True

    def round(self, now: int) -> None:
        """One look, kept; nothing where another service measures this host."""
        if not self._mine(now):
            self._before = {}
            return
        began, busy = time.monotonic(), time.thread_time()
        found = self._meter.round()
        before, self._before = self._before, found
        samples = {
            uuid: sample(before.get(uuid), one, self._interval) for uuid, one in found.items()
        }
        if samples or now + self._lease / 2 > self._held_until:
            kept = self._store.note(self._host.key, self._of.by, now + self._lease, now, samples)
            self._hold(now, kept=kept)
        if self._held_until:
            self._after(now, samples)
        self._tidy(now)
        passed, used = time.monotonic() - began, time.thread_time() - busy
        self._of.told(Round(self._host.name, passed, used, len(found)))

    def _mine(self, now: int) -> bool:
        if now < self._held_until:
            return True
        key, by, until = self._host.key, self._of.by, now + self._lease
        if not self._alone and not self._store.free(key, now):
            return False
        held = self._store.hold(key, by, until, now, alone=self._alone)
        self._hold(now, kept=held)
        return held

    def _hold(self, now: int, *, kept: bool) -> None:
        self._held_until = 0.0 if not kept else inf if self._alone else now + self._lease

    def _tidy(self, now: int) -> None:
        before = now // FOLD * FOLD
        if before > self._folded:
            self._store.fold(self._host.key, self._of.by, now + self._lease, before)
            self._store.prune(now)
            self._folded = before

    def _tell(self, event: str, level: int, **more: object) -> None:
        _LOG.log(level, event, extra={"fuyajo": {"host": self._host.name, **more}})
