"""What a service looks after by itself: at its start, and from then on every half minute."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fuyajo.domain.errors import FuyajoError
from fuyajo.service import anonymous, talks
from fuyajo.service.context import Actor
from fuyajo.service.turning import Desk
from fuyajo.store.pieces import PieceStore
from fuyajo.store.talks import TalkStore

EACH_SECONDS = 30.0
_LOG = logging.getLogger("fuyajo.keeping")


@dataclass
class Keeping:
    """`actor` is the service itself. `admits`: people without an account may be here."""

    actor: Actor
    desk: Desk
    admits: bool
    each: float = EACH_SECONDS
    _ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self) -> None:
        """Before the first call: what another process left unfinished is over."""
        await asyncio.to_thread(self._quietly, True)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._ending.wait(), self.each)
            except TimeoutError:
                await asyncio.to_thread(self._quietly, False)

    def _quietly(self, first: bool) -> None:
        """A database that does not answer for a while is no end: the next round does it."""
        try:
            self.round(datetime.now(UTC), first=first)
        except (FuyajoError, OSError) as error:
            _LOG.warning("not kept", extra={"fuyajo": {"detail": str(error)}})

    def round(self, now: datetime, *, first: bool = False) -> None:
        """Only a service with a database of its own knows at its start that nobody answers anything."""
        alone = self.actor.settings.database is None
        database = self.actor.database
        TalkStore(database).interrupt(database.now(), all_of_them=first and alone)
        if not alone:
            PieceStore(database).tidy()
        self.desk.overdue(now)
        anonymous.sweep(self.actor, now, everybody=first and alone and not self.admits)
        talks.prune(self.actor, now)
