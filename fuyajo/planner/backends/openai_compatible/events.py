"""Listens to the events of one streamed completion: pieces of the message, then what it came to. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from fuyajo.domain.errors import shown
from fuyajo.planner.backend import Completion, Usage
from fuyajo.planner.backends.failing import fail, kind_of
from fuyajo.planner.backends.openai_compatible.present import NAME
from fuyajo.planner.partial import MessageReader

_END = "[DONE]"


@dataclass
class Listener:
    """Follows one answer. `limit`: characters of a whole reply. `done`: nothing more is to come."""

    model: str
    limit: int
    done: bool = False
    _said: list[str] = field(default_factory=list)
    _refusal: list[str] = field(default_factory=list)
    _left: int = 0
    _reader: MessageReader = field(default_factory=MessageReader)
    _usage: Usage = field(default_factory=Usage)
    _finish: str | None = None

    def __post_init__(self) -> None:
        self._left = self.limit

    def hear(self, data: str) -> str:
        """The new piece of the message, often none. Raises `BackendError` for an error, and too much."""
        if data.strip() == _END:
            self.done = True
            return ""
        return self._take(_object(data))

    def _take(self, chunk: dict[str, Any]) -> str:
        if chunk.get("error"):
            _tell(chunk["error"])
        if isinstance(chunk.get("model"), str):
            self.model = shown(chunk["model"], 200)
        self._count(chunk.get("usage"))
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        return self._choice(choice) if isinstance(choice, dict) else ""

    def hear_whole(self, body: str) -> str:
        """The message of an answer in one piece, from a server that does not stream. Raises as `hear`."""
        answer = _object(body)
        self.done = True
        choices = answer.get("choices")
        if not (choices and isinstance(choices, list)) and not answer.get("error"):
            fail(NAME, "api", "the answer holds no reply")
        for choice in choices if isinstance(choices, list) else []:
            if isinstance(choice, dict):
                choice["delta"] = choice.get("message")
        return self._take(answer)

    def _choice(self, choice: dict[str, Any]) -> str:
        if isinstance(choice.get("finish_reason"), str):
            self._finish = choice["finish_reason"]
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return ""
        said, refusal = _text(delta.get("content")), _text(delta.get("refusal"))
        self._said.append(said)
        self._refusal.append(refusal)
        self._left -= len(said) + len(refusal)
        if self._left < 0:
            fail(NAME, "crashed", "too much output")
        return self._reader.feed(said)

    def _count(self, usage: object) -> None:
        """Totals so far; some servers tell them with every event, most only with the last."""
        if isinstance(usage, dict):
            self._usage = Usage(
                _number(usage.get("prompt_tokens")), _number(usage.get("completion_tokens"))
            )

    def completion(self) -> Completion:
        """The reply as it was given. Raises `BackendError` for an answer that is cut off or refused."""
        refusal = "".join(self._refusal)
        if refusal or self._finish == "content_filter":
            fail(NAME, "refused", refusal or "no reason was given")
        if self._finish == "length":
            fail(NAME, "no_structure", "the reply was longer than a reply may be")
        if self._finish is None and not self.done:
            fail(NAME, "api", "the answer ended early")
        return Completion("".join(self._said), self.model, self._usage)


def _tell(error: object) -> None:
    """Raises `BackendError` for an error inside the stream."""
    body = error if isinstance(error, dict) else {"message": str(error)}
    said = _text(body.get("message")) or "an error without words"
    fail(NAME, kind_of(_number(body.get("code")), body.get("type"), said), said)


def _object(data: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        fail(NAME, "api", "the answer cannot be read")
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
