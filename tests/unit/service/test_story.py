"""What a listener shows is the message, wherever it was cut off, and memory has an end."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from fuyajo.domain.errors import Problem
from fuyajo.domain.talks import Asked
from fuyajo.planner.backend import Partial
from fuyajo.planner.dialogue import Again
from fuyajo.service.story import KEPT, MOST_CHARS, Story, Told, stored

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PIECES = st.lists(
    st.one_of(
        st.builds(Partial, st.text("abc\u202e\0あ🙂", max_size=4), st.booleans()),
        st.just(Again((Problem("", "control"),))),
        st.just(Partial("x")).map(lambda piece: piece),
    ),
    max_size=30,
)


class Page:
    """As a page does it: resumes behind the last id that it saw."""

    def __init__(self) -> None:
        self.last, self.shown, self.ended = 0, "", 0

    def hear(self, told: list[Told]) -> None:
        for event in told:
            self.last = event.seq or self.last
            if event.kind == "again":
                self.shown = ""
            elif event.kind == "delta":
                self.shown += event.data["text"]
            else:
                self.ended += 1


@settings(max_examples=200)
@given(PIECES, st.lists(st.integers(0, 30), max_size=6), st.text("abc", max_size=9), st.booleans())
def test_wherever_it_is_cut_off(
    said: list[Partial | Again], cuts: list[int], message: str, over: bool
) -> None:
    story, page, late = Story(), Page(), Page()
    for number, piece in enumerate(said):
        story(piece)
        if number in cuts:
            page.hear(story.after(page.last))
    if over:  # and the listener comes again only when the service knows nothing but the row
        turn = Asked("c-1", 1, "mika", "w", NOW, NOW, "answered", reply=message)
        turn = turn._replace(events=story.complete(message))
        page.hear(stored(page.last, turn, {}))
    else:
        story.complete(message)
        story.end({})
        page.hear(story.after(page.last))
        late.hear(story.after(0))
        assert (late.shown, late.ended) == (message, 1)
    assert (page.shown, page.ended) == (message, 1)


def test_memory_has_an_end() -> None:
    story = Story()
    for _ in range(3 * MOST_CHARS):
        story(Partial("あ"))
    assert len(story._events) == KEPT
    told = story.after(1)
    assert [event.kind for event in told] == ["again", "delta"]
    assert len(told[-1].data["text"]) == MOST_CHARS


def test_what_a_page_would_obey_is_in_no_piece() -> None:
    story = Story()
    story(Partial("a\x1b[2J\u202eb\0\u2066c\n"))
    assert story.after(0)[0].data == {"text": "a[2Jbc\n"}


def test_every_listener_is_woken_and_may_leave() -> None:
    story, woken = Story(), [0, 0]

    def wake(which: int) -> None:
        woken[which] += 1

    leave = story.listen(lambda: wake(0))
    story.listen(lambda: wake(1))
    story(Partial("a"))
    leave()
    story(Partial("b"))
    assert woken == [1, 2]
