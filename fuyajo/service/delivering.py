"""Messages of alerts to their channels: at least once, with bounded tries; none holds up another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from fuyajo.channels.channel import Channel, NotTaken
from fuyajo.domain.alerts import Message
from fuyajo.domain.errors import FuyajoError, shown
from fuyajo.store.alerts import AlertStore
from fuyajo.store.database import Database

#: Whoever took a message and died: another one tells it after so many seconds.
LEASE_SECONDS = 120
#: Seconds until the next try; after the last one it is given up.
WAITS = (15, 60, 300, 900, 3600, 3600, 3600)
AT_ONCE = 100
LOOK_SECONDS = 5.0
_LOG = logging.getLogger("fuyajo.alerts")


@dataclass
class Postman:
    """Of one service. Several of them share the work: each message is taken by one."""

    database: Database
    channels: Mapping[str, Channel]
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """What is being told is waited for that long; if it was not taken, it is told again later."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            try:
                self.round(int(time.time()))
            except FuyajoError as error:  # the database: the next look may do
                _LOG.warning("alerts not told", extra={"fuyajo": {"detail": str(error)}})
            except Exception:  # a fault of ours: without this thread nobody would be told any more
                logging.getLogger("fuyajo.alerts").exception("alerts not told")

    def round(self, now: int) -> int:
        """All that is due; how many were taken by their channel."""
        store, told, away = AlertStore(self.database), 0, set[str]()
        for message in store.due(now, AT_ONCE) if self.database.exists else ():
            if self._ending.is_set():
                break
            # One that took nothing a moment ago would make the others wait for it again and again.
            if message.channel in away or not store.take(message, now + LEASE_SECONDS):
                continue
            if self._tell(store, message, now):
                told += 1
            else:
                away.add(message.channel)
        return told

    def _tell(self, store: AlertStore, message: Message, now: int) -> bool:
        alert, channel = store.get(message.alert), self.channels.get(message.channel)
        if alert is None:  # removed meanwhile
            store.told(message.id)
            return False
        try:
            if channel is None:
                raise NotTaken("there is no such channel any more")
            channel.tell(message, alert)
        except NotTaken as error:
            self._failed(store, message, shown(error.why, 200), now)
            return False
        store.told(message.id)
        return True

    def _failed(self, store: AlertStore, message: Message, why: str, now: int) -> None:
        said = {"alert": message.alert, "channel": message.channel, "detail": why}
        if message.tries >= len(WAITS):
            _LOG.error("alert given up", extra={"fuyajo": said})
            store.told(message.id)
            return
        _LOG.warning("alert not taken", extra={"fuyajo": said})
        store.failed(message.id, why, now + WAITS[message.tries])
