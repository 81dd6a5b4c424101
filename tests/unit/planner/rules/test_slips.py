"""Slips are mended in known words alone, and never across a word that refuses, asks or doubts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.tokens import K
from fuyajo.planner.backends.rules.typos import SHORTEST, corrected, slips
from tests.support.rules import completion, plan

WEB = VmBrief("web", "running", "web-server", 1, 1024, 10)
LETTERS = st.text(alphabet="abcd", max_size=8)


@pytest.mark.parametrize(
    ("one", "two", "edits"),
    [
        ("restart", "restart", 0),
        ("restrat", "restart", 1),  # swapped
        ("delte", "delete", 1),  # too few
        ("deleete", "delete", 1),  # too many
        ("dekete", "delete", 1),  # wrong
        ("dlt", "delete", 2),  # more than one is only "more"
        ("", "a", 1),
    ],
)
def test_slips(one: str, two: str, edits: int) -> None:
    assert slips(one, two) == edits


@given(LETTERS, LETTERS)
def test_slips_are_the_same_both_ways(one: str, two: str) -> None:
    assert slips(one, two, 3) == slips(two, one, 3)
    assert (slips(one, two) == 0) == (one == two)


@pytest.mark.parametrize(
    "text",
    [
        "create a web server called creat",  # a name
        "stop restrat",  # one of the user's own VMs
        'create a web server titled "Creat"',
        "stop web-restrat",  # part of another word
        "stpo web",  # short
        "nevre stop web",  # near a word that refuses
        "untli web stop",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert corrected(text, frozenset({"web", "restrat"})) == (text, False)


REFUSING = sorted(
    phrase[0]
    for phrase, (kind, _) in words_en.PHRASES.items()
    if len(phrase) == 1 and len(phrase[0]) >= SHORTEST and phrase[0].isalpha()
    if kind in (K.NEGATION, K.NOT, K.QUESTION, K.IF, K.TIME)
)


@given(st.sampled_from(REFUSING), st.data())
def test_a_misspelt_refusal_never_plans(word: str, data: st.DataObject) -> None:
    """Whichever letter is lost, doubled or swapped: it does not become a word of a wish."""
    at = data.draw(st.integers(1, len(word) - 2))
    changed = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )
    assert plan(f"{changed} stop web", "en", (WEB,)).type == "chat"


def test_a_mended_wish_is_a_little_less_sure() -> None:
    assert completion("restart web", "en", (WEB,)).confidence == 1.0
    assert completion("restrat web", "en", (WEB,)).confidence == 0.9


def test_a_long_text_is_not_mended() -> None:
    text = "restrat web " * 100
    assert corrected(text, frozenset({"web"})) == (text, False)
