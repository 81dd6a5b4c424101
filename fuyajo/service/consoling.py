"""The consoles that people have open: who may, how many, for how long, and a row of the audit for each.

What is typed and printed goes through here and is kept nowhere.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fuyajo.domain.access import Right, at_least, not_yours, right
from fuyajo.domain.errors import Conflict, FuyajoError, NotFound, Problem, Refused, TooMany
from fuyajo.domain.machine import Machine
from fuyajo.service import auditing, hosting, planning
from fuyajo.service.context import Actor
from fuyajo.service.granted import granted
from fuyajo.service.machines import one_of
from fuyajo.service.portraits import name_of

if TYPE_CHECKING:
    from fuyajo.engine.console import Line

MOST_EACH = 4  # consoles of one user at a time
IDLE_SECONDS = 15 * 60.0  # without a key
TYPED_MESSAGE = 4096  # bytes at a time
TYPED_SECOND = 16 * 1024  # bytes a second, and as many at once
#: Why a console was closed.
Why = Literal["left", "idle", "signed_out", "rights", "stopped", "taken", "lost", "ending", "slow"]
ON = frozenset({"running", "paused"})
Dial = Callable[[str, str, Callable[[], None], bool], "Line"]


class Clock(Protocol):
    def __call__(self) -> float: ...


def dial(uri: str, uuid: str, wake: Callable[[], None], take_over: bool) -> Line:
    from fuyajo.engine import console  # only where somebody opens one

    return console.dial(uri, uuid, wake, take_over)


def operable(actor: Actor, said: str) -> tuple[Machine, Right]:
    """The machine by name or UUID, for who may operate it. Raises `NotFound` (of others' too), `Refused`."""
    name = name_of(actor, said)
    host = planning.look(actor)
    machine = one_of(host, actor.user, name)
    found = host.may(actor.user, name)
    if not at_least(found, "operate"):
        raise Refused(not_yours(machine, "", found, "console"))
    return machine, found


def has_screen(machine: Machine) -> bool:
    return machine.state in ON and any(key.startswith("videos") for key in machine.document())


def screen(actor: Actor, said: str) -> bytes:
    """What it shows now, as PNG. Raises as `operable` does, and `NotFound` where there is no screen."""
    from fuyajo.engine import console

    machine, _ = operable(actor, said)
    if not has_screen(machine):
        raise NotFound(Problem("", "screen_none"))
    there = hosting.on(actor, machine.host)
    return console.picture(there.settings.reached_by, machine.uuid)


@dataclass(eq=False)
class Session:
    """One open console. Its owner takes, types, and closes it by `Consoles.close`."""

    actor: Actor
    machine: Machine
    line: Line
    clock: Clock
    began: float
    printed: int = 0
    typed: int = 0
    last: float = 0.0  # when the last key came
    _room: float = TYPED_SECOND
    _filled: float = 0.0

    def take(self) -> tuple[bytes, int]:
        """As `Line.take`."""
        found, left_out = self.line.take()
        self.printed += len(found)
        return found, left_out

    def type(self, typed: bytes) -> int:
        """How many of these were taken."""
        self.last = self.clock()
        taken = self.line.send(typed)
        self.typed += taken
        self._room -= taken
        return taken

    def pause(self) -> float:
        """Seconds until more may be typed: a paste is slowed down, not cut."""
        now = self.clock()
        self._room = min(TYPED_SECOND, self._room + (now - self._filled) * TYPED_SECOND)
        self._filled = now
        return max(0.0, -self._room / TYPED_SECOND)

    @property
    def idle(self) -> bool:
        return self.clock() - self.last > IDLE_SECONDS

    def still_allowed(self) -> bool:
        """Whether what was shared is shared still. A question to our database, not to the host."""
        return at_least(right(self.machine, self.actor.user, granted(self.actor)), "operate")

    def why_over(self) -> Why:
        """After the line said that it is over."""
        return {True: "taken", False: "stopped", None: "lost"}[self.line.running()]  # type: ignore[return-value]


@dataclass
class Consoles:
    """All of one service."""

    dial: Dial = dial
    clock: Clock = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: list[Session] = field(default_factory=list)
    _opening: list[str] = field(default_factory=list)
    _ended: bool = False

    def open(
        self, actor: Actor, said: str, wake: Callable[[], None], *, take_over: bool = False
    ) -> Session:
        """Raises `NotFound`, `Refused`, `Conflict` (it does not run, it is in use), `TooMany`, `Unavailable`.

        `take_over` is for the owner of the machine alone.
        """
        machine, found = operable(actor, said)
        if take_over and found != "own":
            raise Refused(not_yours(machine, "", found, "console --take-over"))
        if machine.state not in ON:
            raise Conflict(Problem("", "console_off", {"value": machine.name}))
        there = hosting.on(actor, machine.host)
        self._admit(actor.user)
        try:
            line = self.dial(there.settings.reached_by, machine.uuid, wake, take_over)
            session = self._begun(actor, machine, line, take_over)
        finally:
            with self._lock:
                self._opening.remove(actor.user)
        return session

    def _admit(self, user: str) -> None:
        with self._lock:
            there = [*(one.actor.user for one in self._open), *self._opening]
            if self._ended or there.count(user) >= MOST_EACH:
                raise TooMany(Problem("", "console_many", {"value": MOST_EACH}))
            self._opening.append(user)

    def _begun(self, actor: Actor, machine: Machine, line: Line, take_over: bool) -> Session:
        """Without a row of the audit nobody types anything."""
        now = self.clock()
        session = Session(actor, machine, line, self.clock, now, last=now, _filled=now)
        try:
            more: dict[str, Any] = {"taken_over": True} if take_over else {}
            auditing.note(actor, "console.opened", vm=machine.name, uuid=machine.uuid, **more)
        except FuyajoError:
            line.close()
            raise
        with self._lock:
            ended = self._ended
            self._open.append(session)
        if ended:
            self.close(session, "ending")
        return session

    def close(self, session: Session, why: Why) -> None:
        """Free everything; a second time nothing happens."""
        with self._lock:
            if session not in self._open:
                return
            self._open.remove(session)
        session.line.close()
        machine = session.machine
        try:
            auditing.note(
                session.actor,
                "console.closed",
                vm=machine.name,
                uuid=machine.uuid,
                why=why,
                seconds=round(self.clock() - session.began, 1),
                typed_bytes=session.typed,
                printed_bytes=session.printed,
            )
        except FuyajoError as error:
            logging.getLogger("fuyajo.console").warning(
                "not noted", extra={"fuyajo": {"detail": str(error)}}
            )

    def end(self) -> None:
        """The service stops."""
        with self._lock:
            self._ended, left = True, list(self._open)
        for session in left:
            self.close(session, "ending")
