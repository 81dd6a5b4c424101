"""Limits on assistants hold for all processes together, in every kind of database."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from fuyajo.domain.errors import TooMany
from fuyajo.mcp.limits import MOST_SAME_WRITES, Breaker, is_tainted, note_read
from tests.support.places import Place, together


def test_processes_that_call_at_once_count_together(place: Place) -> None:
    """Of twelve at the same moment, exactly as many get through as one could alone."""
    actor = place.actor("mika")
    with actor.database.read():
        pass
    actor.database.close()
    through = place.root / "through"
    through.mkdir()

    def calls(number: int) -> None:
        for n in range(3):
            with suppress(TooMany):
                Breaker().check(place.actor("mika"), "k", "stop_vm", {"vm": "a"}, writes=True)
                (through / f"{number}-{n}").touch()

    together([partial(calls, number) for number in range(4)])
    assert len(list(through.iterdir())) == MOST_SAME_WRITES


def test_who_has_read_is_known_to_all(place: Place) -> None:
    note_read(place.actor(), "token:a")
    note_read(place.actor(), "token:a")
    assert is_tainted(place.actor("jun"), "token:a")
    assert not is_tainted(place.actor(), "token:b")
