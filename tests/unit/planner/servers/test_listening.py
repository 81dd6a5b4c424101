"""Events in, pieces of the message and a completion out, wherever the server cuts them."""

from __future__ import annotations

import json
from itertools import pairwise
from types import SimpleNamespace as Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.planner.backend import BackendError, Usage
from fuyajo.planner.backends.anthropic_api import events as anthropic
from fuyajo.planner.backends.openai_compatible import events as openai

LIMIT = 10_000


def cut(whole: str, cuts: list[int]) -> list[str]:
    marks = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    return [whole[begin:end] for begin, end in pairwise(marks)]


def chat(pieces: list[str], finish: str | None = "stop") -> list[str]:
    chunks: list[Any] = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    chunks.append({"choices": [{"delta": {}, "finish_reason": finish}]})
    chunks.append({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
    return [*map(json.dumps, chunks), "[DONE]"]


def messages(
    pieces: list[str], stop: str = "tool_use", kind: str = "input_json_delta"
) -> list[Any]:
    begun = Event(input_tokens=5, cache_read_input_tokens=2, output_tokens=1)
    key = "partial_json" if kind == "input_json_delta" else "text"
    deltas = [Event(type=kind, **{key: piece}) for piece in pieces]
    return [
        Event(type="message_start", message=Event(model="claude-opus-5", usage=begun)),
        *(Event(type="content_block_delta", delta=delta) for delta in deltas),
        Event(
            type="message_delta",
            delta=Event(stop_reason=stop),
            usage=Event(output_tokens=3, input_tokens=None),
        ),
        Event(type="message_stop"),
    ]


@given(st.text(max_size=60), st.lists(st.integers(0, 500), max_size=12))
def test_the_pieces_are_the_message(message: str, cuts: list[int]) -> None:
    whole = json.dumps({"type": "chat", "message": message, "config": None})
    pieces = cut(whole, cuts)
    for listener, events in (
        (openai.Listener("m", LIMIT), chat(pieces)),
        (anthropic.Listener("m", LIMIT), messages(pieces)),
    ):
        heard = "".join(listener.hear(event) for event in events)
        got = listener.completion()
        assert got.said == whole
        assert heard.encode("utf-8", "replace") == message.encode("utf-8", "replace")
        assert (got.usage.input_tokens, got.usage.output_tokens) == (7, 3)


@given(st.text(max_size=200))
def test_garbage_is_an_honest_failure(garbage: str) -> None:
    listener = openai.Listener("m", LIMIT)
    try:
        listener.hear(garbage)
        listener.completion()
    except BackendError as error:
        assert error.kind == "api"


ODD = [[], 1, None, {"choices": 3}, {"choices": [3]}, {"choices": [{"delta": 3}]}, {"usage": []}]
ODD += [{"choices": [{"delta": {"content": 3}}], "model": 3, "usage": {"prompt_tokens": "x"}}]


@pytest.mark.parametrize("odd", ODD)
def test_odd_events_mean_nothing(odd: Any) -> None:
    listener = openai.Listener("m", LIMIT)
    assert listener.hear(json.dumps(odd)) == ""
    for event in chat(['{"message": "hi"}']):
        listener.hear(event)
    assert listener.completion().usage == Usage(7, 3)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "slow down", "type": "rate_limit_error"}, "quota"),
        ({"message": "loading", "code": 503}, "overloaded"),
        ("just words", "api"),
        ({"code": True}, "api"),
    ],
)
def test_an_error_inside_the_stream(error: Any, kind: str) -> None:
    with pytest.raises(BackendError) as caught:
        openai.Listener("m", LIMIT).hear(json.dumps({"error": error}))
    assert caught.value.kind == kind


def fail(listener: Any, events: list[Any]) -> str:
    with pytest.raises(BackendError) as caught:
        for event in events:
            listener.hear(event)
        listener.completion()
    return caught.value.kind


def test_too_much() -> None:
    many = ["x" * 100] * 200
    assert fail(openai.Listener("m", LIMIT), chat(many)) == "crashed"
    assert fail(anthropic.Listener("m", LIMIT), messages(many)) == "crashed"
    assert fail(anthropic.Listener("m", LIMIT), messages(many, kind="text_delta")) == "crashed"


def test_endings() -> None:
    said = ['{"message": "hi"}']
    assert fail(openai.Listener("m", LIMIT), chat(said, "length")) == "no_structure"
    assert fail(openai.Listener("m", LIMIT), chat(said, "content_filter")) == "refused"
    assert fail(openai.Listener("m", LIMIT), chat(said, None)[:-1]) == "api"
    refusal = json.dumps({"choices": [{"delta": {"refusal": "I cannot"}}]})
    assert fail(openai.Listener("m", LIMIT), [refusal, *chat(said)]) == "refused"
    assert fail(anthropic.Listener("m", LIMIT), messages(said, "max_tokens")) == "no_structure"
    assert fail(anthropic.Listener("m", LIMIT), messages(said, "refusal")) == "refused"
    assert fail(anthropic.Listener("m", LIMIT), messages(said)[:-1]) == "api"


def test_some_servers_say_no_reason_why_they_ended() -> None:
    listener = openai.Listener("m", LIMIT)
    pieces = [listener.hear(event) for event in chat(['{"message": "hi"}'], None)]
    assert "".join(pieces) == "hi"
    assert listener.completion().said == '{"message": "hi"}'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "slow down", "type": "rate_limit_error"}}, "quota"),
        ({"choices": []}, "api"),
        ({"choices": "x"}, "api"),
        ([], "api"),
        ({"choices": [{"message": {"refusal": "I cannot"}}]}, "refused"),
        ({"choices": [{"message": {"content": "{"}, "finish_reason": "length"}]}, "no_structure"),
    ],
)
def test_an_answer_in_one_piece_that_is_none(body: Any, kind: str) -> None:
    listener = openai.Listener("m", LIMIT)
    with pytest.raises(BackendError) as caught:
        listener.hear_whole(json.dumps(body))
        listener.completion()
    assert caught.value.kind == kind


def test_an_answer_in_one_piece() -> None:
    listener, said = openai.Listener("m", LIMIT), '{"message": "hi"}'
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    body = {"model": "m-1", "choices": [{"message": {"content": said}}], "usage": usage}
    assert listener.hear_whole(json.dumps(body)) == "hi"
    found = listener.completion()
    assert (found.said, found.model, found.usage.input_tokens) == (said, "m-1", 7)


def test_words_beside_the_tool_are_not_the_reply() -> None:
    said = '{"type": "chat", "message": "hi"}'
    words = Event(type="text_delta", text="Let me think.")
    events = messages([said])
    events.insert(1, Event(type="content_block_delta", delta=words))
    listener = anthropic.Listener("m", LIMIT)
    assert "".join(listener.hear(event) for event in events) == "hi"
    got = listener.completion()
    assert (got.said, got.model) == (said, "claude-opus-5")
    # Fresh input, cached input (a tenth) and output, in dollars of an Opus.
    assert got.usage.cost_usd == pytest.approx((5 * 5 + 2 * 0.5 + 3 * 25) / 1_000_000)
