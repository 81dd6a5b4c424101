"""What a page's stream sends: the whole answer so far, never less than was true, and one end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from fuyajo.http.pages.answers import pieces
from fuyajo.service.story import Told


def sent(after: int, *batches: list[Told]) -> list[tuple[Any, Any, str]]:
    """(number, kind, HTML) of every event."""

    async def coming() -> AsyncGenerator[list[Told]]:
        for batch in batches:
            yield batch

    async def all_of_them() -> list[tuple[Any, Any, str]]:
        found = pieces(coming(), after, "en", lambda: "<p>over</p>")
        return [(one.id, one.event, json.loads(one.data)["html"]) async for one in found]

    return asyncio.run(all_of_them())


def delta(number: int, text: str) -> Told:
    return Told(number, "delta", {"text": text})


def test_each_piece_is_the_whole_and_what_was_taken_back_is_gone() -> None:
    told = sent(
        0,
        [delta(1, "**one"), delta(2, "** two")],
        [Told(3, "again", {"why": []})],
        [delta(4, "three")],
        [Told(5, "end", {})],
    )
    assert [(number, kind, html.strip()) for number, kind, html in told] == [
        ("2", "so-far", "<p><strong>one</strong> two</p>"),
        ("3", "so-far", ""),
        ("4", "so-far", "<p>three</p>"),
        ("5", "end", "<p>over</p>"),
    ]


def test_what_a_listener_had_is_not_sent_again_and_is_still_part_of_what_comes() -> None:
    told = sent(2, [delta(1, "one "), delta(2, "two ")], [delta(3, "three")])
    assert told == [("3", "so-far", "<p>one two three</p>\n")]


def test_the_end_is_told_to_whoever_has_everything() -> None:
    assert sent(9, [delta(8, "x"), Told(9, "end", {})]) == [("9", "end", "<p>over</p>")]
