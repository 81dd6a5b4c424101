"""A request file or standard input → Config, through the same schema as every other door."""

from __future__ import annotations

import sys
from pathlib import Path

from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.request import Config
from fuyajo.domain.strict_json import MAX_BYTES
from fuyajo.service.context import Actor
from fuyajo.service.documents import config_from_text
from fuyajo.service.planning import Planned, from_config
from fuyajo.service.requesting import with_host_problems


def read_config(file: str) -> Config:
    """Raises `InvalidInput` with every problem of the file."""
    return config_from_text(read_text(file), is_json=file.endswith(".json"))


def planned_from(actor: Actor, file: str, command: str) -> Planned:
    """The plan of a file. Raises `InvalidInput` with every problem: its own, and those with this host."""
    try:
        config = read_config(file)
    except InvalidInput as error:
        raise with_host_problems(actor, error) from error
    return from_config(actor, config, f"{command} -f {file}")


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
