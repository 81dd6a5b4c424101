"""Words → a plan or an answer: `fuyajo.service.planning`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.planned import planned_of
from fuyajo.cli.remote.server import LONG_SECONDS, Server
from fuyajo.domain.texts import Lang
from fuyajo.planner.dialogue import OnEvent, ignore
from fuyajo.service import planning
from fuyajo.service.conversing import Talk
from fuyajo.service.planning import Planned

if TYPE_CHECKING:
    from fuyajo.service.taping import Tape


class Elsewhere(Talk):
    """A conversation that the service keeps; `fresh` once it is to begin anew."""

    fresh = False

    def forget(self) -> None:
        self.fresh = True


@like(planning.from_words)
def from_words(
    server: Server,
    words: str,
    lang: Lang,
    backend: str | None = None,
    *,
    talk: Talk | None = None,
    on_event: OnEvent = ignore,  # noqa: ARG001
    tape: Tape | None = None,
    taint: bool = False,
) -> Planned:
    """The answer comes whole; what is recorded or played back is a planner of this machine."""
    from fuyajo.cli.options import only_here

    if tape is not None or taint:
        raise only_here(server.url)
    body = {
        "words": words,
        "lang": lang,
        "backend": backend,
        "conversation": talk.id if talk else None,
        "fresh": isinstance(talk, Elsewhere) and talk.fresh,
    }
    planned = planned_of(server, server.post("/plans", body, seconds=LONG_SECONDS))
    if isinstance(talk, Elsewhere):
        talk.fresh = False
    return planned
