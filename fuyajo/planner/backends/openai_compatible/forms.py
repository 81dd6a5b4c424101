"""How a server is asked for a reply in JSON: the strictest form that it understands. Pure.

Servers differ, and say so only when asked: `json_schema` is the standard one; older llama.cpp (bitnet.cpp
among them) makes its grammar of a schema beside `json_object`, and others take that for plain JSON; the rest
have nothing but the prompt. The judge and its one repair round are the same behind all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from fuyajo.planner.prompt import schema_json, system_prompt

FORMS = ("json_schema", "json_object", "plain")
# Characters: a small model that found a rhythm goes on until something stops it.
_MESSAGE_CHARS = 1000
_REFUSALS = frozenset({400, 422, 501})
_WORDS = ("response_format", "json_schema", "json_object", "grammar")
_HOW = """

Reply with one JSON object and nothing else, of this JSON Schema:
"""

# The form that worked, by (base URL, model). A memo; being wrong costs a request.
_worked: dict[tuple[str, str], str] = {}


def to_try(key: tuple[str, str]) -> Iterator[str]:
    """The form that worked before and the looser ones behind it."""
    yield from FORMS[FORMS.index(_worked.get(key, FORMS[0])) :]


def remember(key: tuple[str, str], form: str) -> None:
    _worked[key] = form


def forget() -> None:
    """For tests: as in a fresh process."""
    _worked.clear()


def refuses_form(status: int, said: str) -> bool:
    """Whether an error answer may be about the form alone, so that a looser one is worth asking for."""
    return status in _REFUSALS or (status >= 500 and any(word in said for word in _WORDS))


def options(form: str) -> dict[str, Any]:
    """What this form adds to the request."""
    if form == "json_schema":
        return {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": schema()},
            }
        }
    if form == "json_object":
        return {"response_format": {"type": "json_object", "schema": schema()}}
    return {}


@cache
def schema() -> dict[str, Any]:
    """The Reply schema with a shorter message; as every schema it only guides, `parse_reply` decides."""
    whole: dict[str, Any] = json.loads(schema_json())
    whole["properties"]["message"]["maxLength"] = _MESSAGE_CHARS
    return whole


@cache
def system() -> str:
    """Rules, catalogue and schema, the same for every request: servers keep what they made of it."""
    return system_prompt() + _HOW + schema_json() + "\n"
