"""A real llama.cpp with a real small model: what it says has the shape of a reply, whatever it is worth."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backend import BackendError, Completion, Partial
from fuyajo.planner.backends.openai_compatible import forms
from fuyajo.planner.backends.openai_compatible.backend import OpenAiBackend
from tests.support.llama import MODEL, Llama, LlamaFailed, llama_or_skip, llama_server
from tests.support.servers import request

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def llama() -> Iterator[Llama]:
    try:
        with llama_server() as running:
            yield running
    except LlamaFailed as error:
        llama_or_skip(error)


def planner(llama: Llama) -> OpenAiBackend:
    return OpenAiBackend(llama.url, None, None, deadline_s=240.0)


async def _said(backend: OpenAiBackend, home: Path) -> list[Any]:
    return [item async for item in backend.complete(request(home, "hello"))]


def test_it_answers_in_the_shape_of_a_reply_or_fails_honestly(llama: Llama, tmp_path: Path) -> None:
    from fuyajo.domain.errors import InvalidInput
    from fuyajo.domain.parse import parse_reply

    try:
        *pieces, last = asyncio.run(_said(planner(llama), tmp_path))
    except BackendError as error:
        assert error.kind == "no_structure"  # it did not come to an end
        return
    assert isinstance(last, Completion)
    assert last.model == MODEL
    assert last.usage.input_tokens > 1000 and last.usage.output_tokens > 5
    assert last.usage.cost_usd == 0
    try:
        reply = parse_reply(last.said)
    except InvalidInput as error:
        # The grammar gave it the keys; that a sense is in them, only the judge knows.
        assert all(problem.path for problem in error.problems)
    else:
        assert all(isinstance(piece, Partial) for piece in pieces)
        assert "".join(piece.text for piece in pieces) == reply.message
    assert next(forms.to_try((f"{llama.url}/v1", MODEL))) == "json_schema"


def test_it_tells_which_weights_it_has(llama: Llama) -> None:
    told = asyncio.run(planner(llama).identity())
    assert told["model"] == MODEL
    assert {"adapter", "build", "template", "told", "weights"} <= told.keys()
    assert len(told["weights"]) == 64
