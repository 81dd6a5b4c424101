"""Listens to the events of one streamed answer: pieces of the message, then what it came to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fuyajo.domain.errors import shown
from fuyajo.planner.backend import Completion, Usage
from fuyajo.planner.backends.anthropic_api.present import NAME
from fuyajo.planner.backends.anthropic_api.prices import Tokens, cost_usd
from fuyajo.planner.backends.failing import fail
from fuyajo.planner.partial import MessageReader

# The reply is asked for as the input of one tool.
TOOL = "reply"
_CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded"})


@dataclass
class Listener:
    """Follows one answer. `limit`: characters of a whole reply."""

    model: str
    limit: int
    _said: list[str] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _left: int = 0
    _reader: MessageReader = field(default_factory=MessageReader)
    _tokens: dict[str, int] = field(default_factory=dict)
    _stop: str | None = None
    _ended: bool = False

    def __post_init__(self) -> None:
        self._left = self.limit

    def hear(self, event: Any) -> str:
        """The new piece of the message, often none. Raises `BackendError` when it becomes too much."""
        if event.type == "message_start":
            self.model = shown(event.message.model)
            self._count(event.message.usage)
        elif event.type == "content_block_delta":
            return self._delta(event.delta)
        elif event.type == "message_delta":
            self._stop = event.delta.stop_reason
            self._count(event.usage)
        elif event.type == "message_stop":
            self._ended = True
        return ""

    def _delta(self, delta: Any) -> str:
        piece = ""
        if delta.type == "input_json_delta":
            self._said.append(delta.partial_json)
            piece = self._reader.feed(delta.partial_json)
            self._left -= len(delta.partial_json)
        elif delta.type == "text_delta":  # words beside the tool; only counted, not shown
            self._words.append(delta.text)
            self._left -= len(delta.text)
        if self._left < 0:
            fail(NAME, "crashed", "too much output")
        return piece

    def _count(self, usage: Any) -> None:
        """Counts are totals so far; one that is not told again stays."""
        for key in (
            "input_tokens",
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
            "output_tokens",
        ):
            value = getattr(usage, key, None)
            if isinstance(value, int):
                self._tokens[key] = value

    def completion(self) -> Completion:
        """The reply as it was given. Raises `BackendError` for an answer that is cut off or refused.

        Mere words are a reply of the wrong shape, which the judge tells the model.
        """
        if not self._ended:
            fail(NAME, "api", "the answer ended early")
        if self._stop == "refusal":
            fail(NAME, "refused", "".join(self._words) or "no reason was given")
        if self._stop in _CUT_OFF:
            fail(NAME, "no_structure", "the reply was longer than a reply may be")
        return Completion("".join(self._said or self._words), self.model, self._usage())

    def _usage(self) -> Usage:
        counted = self._tokens.get
        tokens = Tokens(
            fresh=counted("input_tokens", 0),
            cache_write=counted("cache_creation_input_tokens", 0),
            cache_read=counted("cache_read_input_tokens", 0),
            output=counted("output_tokens", 0),
        )
        return Usage(tokens.input, tokens.output, cost_usd(self.model, tokens))
