"""What the CLI prints while it works, line by line: pieces of the message, and the closing object.

One line is one JSON object; unknown ones, and lines that are none, mean nothing. The model's words and names
are inside strings, so that no reply can forge a line.
"""

from __future__ import annotations

import json
from typing import Any

from fuyajo.planner.backend import Partial
from fuyajo.planner.partial import MessageReader

# `--json-schema` offers the reply as one tool of this name.
TOOL = "StructuredOutput"


class Transcript:
    """Follows one call. `result` is the closing object once it came.

    A model may try more than once within a call: the CLI refuses what does not fit the schema, asks again
    after mere words, and repeats a broken answer. Every try begins the message anew, so that the last one
    wins, and its first piece says so when anything was shown before. Words beside the tool are not shown.
    """

    def __init__(self) -> None:
        self.result: dict[str, Any] | None = None
        self._reader: MessageReader | None = None
        self._block: object = None
        self._shown = False
        self._restarts = False

    def hear(self, line: bytes) -> Partial | None:
        """The new piece of the message that this line brought, if any. Never raises."""
        body = self.read(line)
        if body.get("type") == "result":
            self.result = body
        event = body.get("event")
        if body.get("type") != "stream_event" or not isinstance(event, dict):
            return None
        if event.get("type") == "content_block_delta":
            return self._delta(event)
        if event.get("type") in ("message_start", "content_block_start"):
            self._begin(event)
        return None

    @staticmethod
    def read(line: bytes) -> dict[str, Any]:
        """The line as an object; an empty one where it is none."""
        return _object(line)

    def _begin(self, event: dict[str, Any]) -> None:
        block = event.get("content_block")
        self._reader = None
        if isinstance(block, dict) and block.get("name") == TOOL:
            self._reader, self._block = MessageReader(), event.get("index")
            self._restarts = self._shown

    def _delta(self, event: dict[str, Any]) -> Partial | None:
        delta = event.get("delta")
        piece = delta.get("partial_json") if isinstance(delta, dict) else None
        if self._reader is None or event.get("index") != self._block or not isinstance(piece, str):
            return None
        text = self._reader.feed(piece)
        if not text:
            return None
        partial = Partial(text, self._restarts)
        self._shown, self._restarts = True, False
        return partial


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
