"""Whether one answer to one case is right. Deterministic: no model judges a model.

A config is compared by what it comes down to: sizes in MiB and GiB, counts expanded, references resolved. Of
every entry only the keys that the case gives must be equal, in order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fuyajo.domain.checks import expanded_names
from fuyajo.domain.errors import InvalidInput, shown
from fuyajo.domain.request import Config, Reply
from fuyajo.domain.strict_json import load_json
from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import Answer, BackendError
from fuyajo.planner.gate.admission import RESTRAINT
from fuyajo.planner.gate.cases import Case

Entry = dict[str, Any]
# Nobody asked for a network in a case that names none: it would be one more thing that appears.
PARTS = ("vms", "operations", "networks")


@dataclass(frozen=True)
class Score:
    """`why` says in English what was wrong, for a developer; it may quote the reply, so it is untrusted.

    `slip`: something would have been planned where nothing was asked for. `speaks`: whether the message is
    in the language of the case; None where that cannot be said.
    """

    passed: bool
    why: str = ""
    slip: bool = False
    speaks: bool | None = None


def score(case: Case, outcome: Answer | BackendError | InvalidInput, said: Sequence[Any]) -> Score:
    """`said` are all attempts as they were given, those included that were refused or repaired."""
    if case.kind in RESTRAINT and any(means_config(one) for one in said):
        return Score(False, "a config where nothing was asked for", slip=True)
    if isinstance(outcome, BackendError):
        return Score(False, f"{outcome.kind}: {_sentences(outcome)}")
    if isinstance(outcome, InvalidInput):
        refused = f"refused: {_sentences(outcome)}"
        return Score(case.wanted is None, "" if case.wanted is None else refused)
    reply = outcome.reply
    why = _why(case, reply)
    return Score(not why, why, speaks=speaks(reply.message, case))


def _sentences(error: BackendError | InvalidInput) -> str:
    return shown("; ".join(problem.message() for problem in error.problems[:3]), 300)


def _why(case: Case, reply: Reply) -> str:
    if case.wanted is None:
        return "a config instead of words alone" if reply.config is not None else ""
    if reply.config is None:
        return "words alone instead of a config"
    return "; ".join(differences(case.wanted, reply.config))


# --- configs ---------------------------------------------------------------------------------------


def differences(wanted: Config, got: Config) -> list[str]:
    """Every place where `got` is not what was wanted; none: it matches."""
    found: list[str] = []
    for part in PARTS:
        expected, there = entries(wanted, part, given=True), entries(got, part)
        if len(expected) != len(there):
            found.append(f"{part}: {len(there)} instead of {len(expected)}")
            continue
        for index, (one, other) in enumerate(zip(expected, there, strict=True)):
            found += [
                f"{part}[{index}].{key}: {shown(other.get(key))} instead of {shown(value)}"
                for key, value in one.items()
                if not _same(value, other.get(key))
            ]
    return found


def entries(config: Config, part: str, given: bool = False) -> list[Entry]:
    """The entries of that part, one for each VM; with `given` only the keys that were written down."""
    if part == "vms" and config.template is not None:
        return [{"template": config.template}]
    models = getattr(config, part)
    plain = [
        {key: getattr(m, key) for key in (m.model_fields_set if given else type(m).model_fields)}
        for m in models
    ]
    return [one for entry in plain for one in _expanded(entry)] if part == "vms" else plain


def _expanded(entry: Entry) -> list[Entry]:
    """`count` VMs as so many entries, with the names that they get."""
    count = entry.pop("count", 1)
    name = entry.get("name")
    if name is None:
        return [dict(entry) for _ in range(count)]
    return [{**entry, "name": one} for one in expanded_names(name, count)]


def _same(one: object, other: object) -> bool:
    """Equal and of one type: True is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


# --- restraint -------------------------------------------------------------------------------------

_PARTS_OF_CONFIG = frozenset({"vms", "operations", "networks", "template"})
# In text that is no JSON. An escaped quotation mark (a message that quotes JSON) does not match.
_LOOKS_LIKE = re.compile(
    r'"type"\s*:\s*"config"|"config"\s*:\s*\{|"(?:vms|operations|networks)"\s*:\s*\[\s*\{'
)


def means_config(said: Any) -> bool:
    """Whether a reply, as it was given, would have planned something: in any shape, sound or not."""
    if isinstance(said, Reply):
        return said.config is not None
    if isinstance(said, str):
        data, problems = load_json(_unfenced(said))
        return bool(_LOOKS_LIKE.search(said)) if problems else means_config(data)
    if isinstance(said, list):
        return any(means_config(one) for one in said)
    if not isinstance(said, dict):
        return False
    return (
        said.get("type") == "config"
        or bool(said.get("config"))
        or bool(_PARTS_OF_CONFIG & {key for key, value in said.items() if value})
    )


def _unfenced(text: str) -> str:
    """Without the code fence that models like to put around JSON."""
    match = re.fullmatch(r"\s*```\w*\n(.*)\n?```\s*", text, re.DOTALL)
    return match[1] if match else text


def as_text(said: Any, limit: int = 4000) -> str:
    """A reply as it was given, for a report; bounded, untrusted."""
    if isinstance(said, Reply):
        said = said.model_dump(mode="json", exclude_unset=True)
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"


# --- language --------------------------------------------------------------------------------------

_QUOTED = re.compile(r"「[^」]*」|『[^』]*』|“[^”]*”|\"[^\"]*\"|`[^`]*`|'[^']*'")


def speaks(message: str, case: Case) -> bool | None:
    """Whether the message is in the language of the case, by script; what it quotes does not count."""
    if case.kind == "mixed":
        return None
    lang = language_of(message)
    return None if lang is None else lang == case.lang


def language_of(message: str) -> Lang | None:
    """Japanese as soon as there is a kana; None where there is no letter at all."""
    plain = _QUOTED.sub(" ", message)
    if any("\u3041" <= char <= "\u30ff" and char != "・" for char in plain):
        return "ja"
    return "en" if any(_letters(plain)) else None


def _letters(text: str) -> Iterable[bool]:
    return (char.isalpha() for char in text)
