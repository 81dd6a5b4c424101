"""The reader of a growing reply: any object, cut anywhere, gives its message; anything else no error."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.planner import partial
from fuyajo.planner.partial import MessageReader

TEXTS = st.text()
KEYS = st.sampled_from(["message", "type", "config", "Message", 'me"ssage', "日本語"]) | TEXTS
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
WRITTEN = st.sampled_from(
    [
        {},
        {"ensure_ascii": False},
        {"indent": 3},
        {"separators": (",", ":"), "sort_keys": True},
        {"ensure_ascii": False, "indent": "\t"},
    ]
)


def pieces(text: str, cuts: list[int]) -> list[str]:
    ends = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[begin:end] for begin, end in pairwise(ends)]


def read(*parts: str) -> str:
    reader = MessageReader()
    return "".join([reader.feed(part) for part in parts])


@given(OBJECTS, TEXTS, WRITTEN, st.lists(st.integers(0, 10_000), max_size=8))
def test_any_object_cut_anywhere_gives_its_message(
    body: dict[str, Any], message: str, style: dict[str, Any], cuts: list[int]
) -> None:
    items = [item for item in body.items() if item[0] != "message"]
    items.insert(sum(cuts) % (len(items) + 1), ("message", message))
    text = json.dumps(dict(items), **style)
    assert read(*pieces(text, cuts)) == message
    assert read(*text) == message


@given(OBJECTS, WRITTEN)
def test_only_the_message_of_the_object_itself(body: dict[str, Any], style: dict[str, Any]) -> None:
    """Whatever lies deeper, and whatever `message` is when it is no string."""
    said = body.get("message")
    assert read(json.dumps(body, **style)) == (said if isinstance(said, str) else "")


@given(TEXTS, st.integers(0, 1000))
def test_what_was_given_early_is_never_taken_back(message: str, cut: int) -> None:
    text = json.dumps({"message": message})
    assert message.startswith(read(text[:cut]))


PIECES = st.lists(
    st.text(st.characters())
    | st.text(st.sampled_from('{}[]",:\\u0d8f message\ud83d\ude00\x00'))
    | st.binary().map(lambda data: data.decode("utf-8", "surrogateescape")),
    max_size=8,
)


@given(PIECES)
def test_anything_at_all_gives_text_that_can_be_written(parts: list[str]) -> None:
    read(*parts).encode("utf-8")
    read('{"message": "', *parts).encode("utf-8")
    read('{"a": ', *parts).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"message": "\\ud83d\\ude00!"}', "😀!"),
        (
            '{"message": "\ud83d\ude00!"}',
            "😀!",
        ),  # cut between two halves by whoever counts in UTF-16
        ('{"message": "\\ud83d!"}', "\ufffd!"),
        ('{"message": "\\ude00\\ud83d"}', "\ufffd\ufffd"),
        ('{"message": "\\ud83d\\ud83d\\ude00"}', "\ufffd😀"),
        ('{"mess\\u0061ge": "x"}', "x"),
        ('{"message": "a\\q', "a"),
        ('{"message": "a\\u00g', "a"),
        ('{"message": "one", "message": "two"}', "one"),
        ('[{"message": "x"}]', ""),
        ('"{\\"message\\": 1}" {"message": "x"}', ""),
        ('{"config": {"message": "x"}, "message": "y"}', "y"),
        ('{"config": ["}", {"message": "x"}]} {"message": "y"}', ""),
        ('{"message" "x"}', ""),
        ("", ""),
    ],
)
def test_by_hand(text: str, message: str) -> None:
    assert read(text) == message
    assert read(*text) == message


def test_what_is_too_deep_or_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = partial.MAX_DEPTH
    assert read('{"a": ' + "[" * deep + "]" * deep + ', "message": "x"}') == "x"
    assert read('{"a": ' + "[" * (deep + 1) + "]" * (deep + 1) + ', "message": "x"}') == ""
    monkeypatch.setattr(partial, "MAX_CHARS", 20)
    assert read('{"message": "0123456789') == "0123456"
    assert read(*'{"message": "0123456789') == "0123456"


def test_the_time_is_linear() -> None:
    """One character a piece, a million pieces at most; a quadratic reader would need hours."""
    reader, text = (
        MessageReader(),
        '{"config": "' + "x" * 200_000 + '", "message": "' + "y" * 200_000,
    )
    begin = time.process_time()
    assert sum(len(reader.feed(char)) for char in text) == 200_000
    assert time.process_time() - begin < 5
