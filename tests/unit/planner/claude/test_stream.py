"""Following what the CLI prints: pieces of the message in time, the last try wins, nothing else is shown."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.planner.backend import Completion, Partial, PlannerRequest
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.backends.claude_cli.stream import TOOL, Transcript
from fuyajo.planner.dialogue import answer
from tests.support.claude import result, tried

RETRY = json.dumps({"type": "system", "subtype": "api_retry", "attempt": 1, "error_status": 529})
WORDS = [
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": '{"message": "no"}'},
    },
]


def stream(*events: dict[str, Any]) -> list[str]:
    return [json.dumps({"type": "stream_event", "event": event}) for event in events]


def heard(*lines: str) -> list[Partial]:
    transcript = Transcript()
    return [partial for line in lines if (partial := transcript.hear(line.encode()))]


def test_the_message_in_pieces() -> None:
    said = heard(*tried({"type": "chat", "message": "hello there", "config": None}))
    assert "".join(partial.text for partial in said) == "hello there"
    assert len(said) > 1
    assert not any(partial.restarts for partial in said)


def test_the_last_try_wins_and_says_that_it_begins_anew() -> None:
    lines = [*tried({"message": "first", "type": "?"}), *tried({"message": "second one"})]
    said = heard(*lines)
    (begin,) = [number for number, partial in enumerate(said) if partial.restarts]
    assert "".join(partial.text for partial in said[:begin]) == "first"
    assert "".join(partial.text for partial in said[begin:]) == "second one"


def test_a_try_of_which_nothing_was_shown_needs_no_new_beginning() -> None:
    said = heard(*tried({"type": "?"}), *tried({"message": "hello"}))
    assert not any(partial.restarts for partial in said)


def test_words_and_other_tools_are_not_shown() -> None:
    other = tried({"message": "no"}, tool="Bash")
    said = heard(*stream(*WORDS), *other, *tried({"message": "yes"}), *stream(*WORDS))
    assert "".join(partial.text for partial in said) == "yes"


def test_a_retry_in_between_disturbs_nothing() -> None:
    whole = tried({"message": "hello there"})
    broken = heard(RETRY, *whole[:5], RETRY, *whole)
    (begin,) = [number for number, partial in enumerate(broken) if partial.restarts]
    assert "".join(partial.text for partial in broken[begin:]) == "hello there"
    assert heard(*whole[:5], RETRY, "not JSON", "[]", *whole[5:]) == heard(*whole)


def test_the_closing_object() -> None:
    transcript = Transcript()
    assert transcript.hear(b'{"type": "resul') is None
    assert transcript.result is None
    transcript.hear(result().encode())
    assert transcript.result is not None
    assert transcript.result["structured_output"]["message"] == "hello there"


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "event", "index", "content_block", "name", "delta", "x"]),
            inner
            | st.sampled_from(["stream_event", "content_block_start", "content_block_delta", TOOL]),
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.lists(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), max_size=4))
def test_no_line_is_an_error(lines: list[bytes]) -> None:
    transcript = Transcript()
    for line in lines:
        transcript.hear(line)
    assert transcript.hear(b"[" * 100_000) is None


def test_pieces_come_before_the_process_has_ended(
    stub: Callable[..., Path],
    backend: Callable[..., ClaudeBackend],
    wish: PlannerRequest,
    tmp_path: Path,
) -> None:
    """The stub says the end only after we have seen the beginning."""
    fifo = tmp_path / "go"
    os.mkfifo(fifo)
    said = tried({"type": "chat", "message": "hello there", "config": None})
    closing = tmp_path / "closing"
    closing.write_text(result(), encoding="utf-8")
    binary = stub("\n".join(said) + "\n", last=f"read go < {fifo}; cat {closing}; exit 0")

    async def follow() -> list[Partial | Completion]:
        seen: list[Partial | Completion] = []
        async for item in backend(binary).complete(wish):
            if not seen:
                await asyncio.to_thread(fifo.write_text, "go\n")
            seen.append(item)
        return seen

    *partials, completion = asyncio.run(asyncio.wait_for(follow(), 10))
    assert "".join(item.text for item in partials if isinstance(item, Partial)) == "hello there"
    assert isinstance(completion, Completion)
    assert completion.said["message"] == "hello there"


def test_what_is_shown_is_not_what_is_judged(
    stub: Callable[..., Path], backend: Callable[..., ClaudeBackend], wish: PlannerRequest
) -> None:
    said = tried({"type": "config", "message": "Deleting it all.", "config": {"vms": []}})
    seen: list[Any] = []
    binary = stub("\n".join([*said, result()]))
    got = asyncio.run(answer(backend(binary), wish, on_event=seen.append))
    assert "".join(event.text for event in seen) == "Deleting it all."
    assert (got.reply.type, got.reply.message) == ("chat", "hello there")


@pytest.mark.parametrize("last", ["", "\n"])
def test_the_last_line_needs_no_end(
    stub: Callable[..., Path],
    backend: Callable[..., ClaudeBackend],
    wish: PlannerRequest,
    last: str,
) -> None:
    got = asyncio.run(answer(backend(stub(result() + last)), wish))
    assert got.reply.message == "hello there"
