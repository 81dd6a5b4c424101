"""The events of a run as they come, to its end, over as many connections as that takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tenacity

from fuyajo.cli.remote.asking import Lost
from fuyajo.cli.remote.server import Server

OnLine = Callable[[dict[str, Any]], None]
#: A service that is started again comes back within this.
AWAY_SECONDS = 120.0
_BACKOFF = tenacity.wait_random_exponential(multiplier=0.2, max=5)


class _Followed:
    def __init__(self, server: Server, run_id: str, on_line: OnLine) -> None:
        self._server, self._run, self._on_line = server, run_id, on_line
        self._heard = 0
        self.end: dict[str, Any] | None = None

    def listen(self) -> bool:
        """One connection; whether it told the end. Raises `Lost` when it told nothing new."""
        before = self._heard
        try:
            self._hear()
        except Lost:
            if self._heard == before:
                raise
        return self.end is not None

    def _hear(self) -> None:
        with self._server.stream(f"/runs/{self._run}/events", self._heard) as events:
            for event in events:
                line = self._server.line_of(event)
                if event.event == "end":
                    self.end = line
                    return
                if event.id is not None and event.id.isdigit():
                    self._heard = max(self._heard, int(event.id))
                self._on_line(line)
        raise Lost(self._server.url, EOFError("the stream ended before the run"))


def followed(server: Server, run_id: str, on_line: OnLine) -> dict[str, Any]:
    """How the run ended, as `run_json` has it; every event once, in order, on the way.

    Raises `Lost` when the service stays away.
    """
    told = _Followed(server, run_id, on_line)
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Lost),
        stop=tenacity.stop_after_delay(AWAY_SECONDS),
        wait=_BACKOFF,
        reraise=True,
    )
    while not retrying(told.listen):
        pass
    assert told.end is not None
    return told.end
