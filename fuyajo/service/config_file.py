"""`config.toml`: settings that are texts, and the channels of alerts."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuyajo.domain.errors import InvalidInput, Param, Problem, shown

if TYPE_CHECKING:
    from fuyajo.domain.channels import Channels


def read(path: Path, known: Collection[str]) -> tuple[dict[str, str], Channels]:
    """Texts by their keys, and channels. Raises `InvalidInput` with everything wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            Problem(str(path), "config_unreadable", {"detail": shown(str(error), 200)})
        ) from error
    import tomllib  # only where there is a file to read

    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(Problem(str(path), "config_file", {"detail": str(error)})) from error
    channels, problems = _channels(data)
    problems += [
        Problem(str(path), "config_key", {"key": shown(key), "known": ", ".join(sorted(known))})
        for key, value in data.items()
        if key not in known or not isinstance(value, str)
    ]
    credential = data.get("claude_credential", "oauth")
    if credential not in {"oauth", "api_key"}:
        params: dict[str, Param] = {"value": shown(credential), "choices": "oauth, api_key"}
        problems.append(Problem(f"{path}: claude_credential", "choice", params))
    if problems:
        raise InvalidInput(problems)
    return data, channels


def _channels(data: dict[str, Any]) -> tuple[Channels, list[Problem]]:
    """Taken out of what was read: all the rest is texts."""
    if "alerts" not in data:
        return {}, []
    from fuyajo.domain.alerts import LOG
    from fuyajo.domain.channels import read as read_channels  # only where there are some

    return read_channels(data.pop("alerts"), LOG)
