"""Answers of several services that share a database: each holds its own by a lease, and everybody hears them.

The service that answers renews, keeps what was said for listeners elsewhere, and looks whether anybody ended
a turn of its; then it stops the planner. An embedded service, alone with its file, needs none of this.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import NamedTuple

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.talks import Asked
from fuyajo.domain.texts import Lang
from fuyajo.planner.stopping import Stop
from fuyajo.service import talks
from fuyajo.service.context import Actor
from fuyajo.service.story import Story, Told, stored
from fuyajo.store.database import Database
from fuyajo.store.pieces import Batch, Key, PieceStore
from fuyajo.views.talk import turn_json

#: Between two looks: how late pieces are heard elsewhere, and how soon a cancel from there arrives.
LOOK_SECONDS = 0.4


class Question(NamedTuple):
    words: str
    lang: Lang
    backend: str | None = None


@dataclass
class Going:
    """One that is being answered in this process. `kept`: the last event that others can hear, too."""

    actor: Actor
    asked: Asked
    question: Question
    stop: Stop = field(default_factory=Stop)
    story: Story = field(default_factory=Story)
    thread: threading.Thread | None = None
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    kept: int = 0

    @property
    def key(self) -> Key:
        return self.asked.talk, self.asked.n

    def rest(self) -> Batch | None:
        """What was said and is not kept yet."""
        told = [one for one in self.story.after(self.kept) if one.kind != "end"]
        again = max((place for place, one in enumerate(told) if one.kind == "again"), default=-1)
        told = told[max(again, 0) :]
        last = max((one.seq for one in told if one.seq is not None), default=None)
        if last is None:
            return None
        return Batch(*self.key, last, json.dumps(told), again >= 0)


class Tender:
    """Of one service. Its thread runs while anything is being answered.

    Whoever does not renew its `lease` is gone. Four tries fit into one.
    """

    lease = timedelta(seconds=12)

    def __init__(self, database: Database) -> None:
        self._pieces = PieceStore(database)
        self._changed = threading.Condition()
        self._going: dict[Key, Going] = {}
        self._thread: threading.Thread | None = None

    def add(self, going: Going) -> None:
        with self._changed:
            self._going[going.key] = going
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tending", daemon=True)
                self._thread.start()

    def remove(self, going: Going) -> None:
        with self._changed:
            self._going.pop(going.key, None)
            self._changed.notify()

    def _run(self) -> None:
        renewed, away = monotonic(), False
        while True:
            with self._changed:
                self._changed.wait(LOOK_SECONDS)
                mine = dict(self._going)
                if not mine:
                    self._thread = None
                    return
            try:
                if self.look(mine, renew=monotonic() - renewed >= self.lease.total_seconds() / 4):
                    renewed = monotonic()
                away = False
            except FuyajoError as error:  # the next look may do; without any, the lease ends
                if not away:
                    detail = {"fuyajo": {"detail": str(error)}}
                    logging.getLogger("fuyajo.talks").warning("answers not held", extra=detail)
                away = True
            except Exception:  # a fault of ours: without this thread nothing would be held any more
                logging.getLogger("fuyajo.talks").exception("answers not held")

    def look(self, mine: dict[Key, Going], *, renew: bool) -> bool:
        """At all of them at once, in one transaction; whether they were renewed. What is not ours stops."""
        found = {key: batch for key, going in mine.items() if (batch := going.rest()) is not None}
        if renew or found:
            held = self._pieces.tend(mine, list(found.values()), self.lease)
        else:
            held = self._pieces.held(mine)
        for key, going in mine.items():
            if key not in held:
                going.stop.press()
            elif key in found:
                going.kept = found[key].last
        return renew or bool(found)


def elsewhere(actor: Actor, talk_id: str, number: int, after: int) -> list[Told]:
    """What is known, behind that event, of an answer that this service does not write; and its end.

    Raises `NotFound`.
    """
    turn = talks.turn(actor, talk_id, number)  # before its pieces: behind an end there are no more
    told: list[Told] = []
    if actor.settings.database is not None:
        for body in PieceStore(actor.database).after(turn.talk, turn.n, after):
            for one in (Told(*said) for said in json.loads(body)):
                if one.seq is None or one.seq > after:
                    told.append(one)
                    after = one.seq or after
    if turn.over:
        told += stored(after, turn, turn_json(turn))
    return told
