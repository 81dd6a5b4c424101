"""Whether a model's names were meant by the user: said, or what our own reading of the words points at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.request import Config, Selector
from fuyajo.planner.backend import PlannerRequest

Guess = tuple[str, str]


def guesses(config: Config, request: PlannerRequest) -> tuple[Guess, ...]:
    """(path, name) of every existing VM that a config names although nobody said it.

    Said are the user's own words, what a plan of this conversation was about, and what the last answer named:
    "both" may answer "web or db?".
    """
    told = [request.text, *(turn.user for turn in request.turns)]
    told += [turn.reply for turn in request.turns[-1:]]
    heard = _flat("\n".join(told))
    about = {name for turn in request.turns for name in turn.about}
    return tuple(
        (path, name)
        for path, name in _names(config)
        if name not in about and not _says(heard, name)
    )


def shared_unsaid(config: Config, request: PlannerRequest) -> list[Problem]:
    """Another user's VM is meant only where somebody said its name, whoever read the words."""
    owners = {vm.name: vm.owner for vm in request.vms if vm.owner is not None}
    if not owners:
        return []
    return [
        Problem(f"config.{path}", "shared_unsaid", {"value": name, "owner": owners[name]})
        for path, name in guesses(config, request)
        if name in owners
    ]


def problems(guessed: Sequence[Guess]) -> tuple[Problem, ...]:
    """What the one who guessed is told."""
    return tuple(
        Problem(f"config.{path}", "not_said", {"value": shown(name)}) for path, name in guessed
    )


def _names(config: Config) -> Iterator[tuple[str, str]]:
    """Every existing VM that a config names outright, with its path."""
    for index, operation in enumerate(config.operations):
        if operation.vm is not None:
            yield f"operations[{index}].vm", operation.vm
        if operation.select is not None:
            yield from _selected(operation.select, f"operations[{index}].select")
    for index, vm in enumerate(config.vms):
        if vm.like is not None:
            yield from _selected(vm.like, f"vms[{index}].like")


def _selected(selector: Selector, path: str) -> Iterator[tuple[str, str]]:
    """`without` may name anything: it only spares."""
    for index, name in enumerate(selector.names):
        yield f"{path}.names[{index}]", name


def _flat(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _says(heard: str, name: str) -> bool:
    """Whether the name stands there as a word; "web 1" and "web_1" say web-1."""
    spelled = r"[-_ ]?".join(map(re.escape, name.split("-")))
    return re.search(rf"(?<![a-z0-9-]){spelled}(?!-?[a-z0-9])", heard) is not None
