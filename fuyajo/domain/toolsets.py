"""Sets of tools for assistants beside those that everybody is offered. Pure."""

from __future__ import annotations

from typing import Literal, get_args

from fuyajo.domain.errors import InvalidInput, Problem, shown

#: `ops` operates what is there; `alerts` is about being told; `admin` looks at the house.
Toolset = Literal["ops", "alerts", "admin"]
TOOLSETS: tuple[Toolset, ...] = get_args(Toolset)


def toolsets_of(said: str, path: str = "toolset") -> frozenset[Toolset]:
    """Of `ops,admin`; nothing for an empty text. Raises `InvalidInput` naming every unknown one."""
    words = [word.strip() for word in said.split(",") if word.strip()]
    choices = ", ".join(TOOLSETS)
    unknown = [word for word in words if word not in TOOLSETS]
    if unknown:
        raise InvalidInput(
            Problem(path, "choice", {"value": shown(word), "choices": choices}) for word in unknown
        )
    return frozenset(one for one in TOOLSETS if one in words)
