"""A request file or standard input → a plan, through the same schema as every other door."""

from __future__ import annotations

import sys
from pathlib import Path

from fuyajo.cli.options import Call
from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.strict_json import MAX_BYTES
from fuyajo.service.planning import Planned
from fuyajo.service.requesting import from_text


def planned_from(call: Call, file: str, command: str) -> Planned:
    """The plan of a file. Raises `InvalidInput` with every problem: its own, and those with the host."""
    text = read_text(file)
    return call.ask(from_text, text, file.endswith(".json"), f"{command} -f {file}")


def read_text(file: str) -> str:
    """What stands in it. Raises `InvalidInput` where that cannot be read."""
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise InvalidInput(Problem("", "too_large", {"limit": "1 MiB"}))
        return raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(Problem("", "not_a_file", {"value": shown(file)})) from error
