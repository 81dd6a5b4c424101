"""A scripted reply as the events of OpenAI's chat completions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

ENDPOINT = "/v1/chat/completions"
_FINISH = {"refusal": "content_filter", "max_tokens": "length"}


def frames(asked: Any, reply: Mapping[str, Any]) -> Iterator[bytes]:
    """Pieces of eight characters, then the reason, the usage and the end."""
    whole = json.dumps(reply["structured"]) if "structured" in reply else reply.get("text", "ok")
    yield _frame(asked, {"role": "assistant", "content": None})
    for start in range(0, len(whole), 8):
        yield _frame(asked, {"content": whole[start : start + 8]})
    finish = _FINISH.get(reply.get("stop_reason", ""), "stop")
    yield _frame(asked, {}, finish)
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    yield _event({"model": asked["model"], "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _frame(asked: Any, delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c-1", "object": "chat.completion.chunk", "model": asked["model"]}
    return _event({**chunk, "choices": [choice]})


def _event(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()
