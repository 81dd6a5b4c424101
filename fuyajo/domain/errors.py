"""What can go wrong, as values: a `Problem` per finding and one exception per exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from fuyajo.domain.texts import Lang, known, text

Param = str | int | float | None


class Exit(IntEnum):
    """Exit codes of the command line; HTTP and MCP map the same kinds."""

    DONE = 0
    FAILED = 1
    INVALID = 2
    REFUSED = 3
    CONFLICT = 4
    UNAVAILABLE = 5
    CHANGES = 10
    INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One finding about an input: where, what, and what to do about it.

    `path` is a dotted path into the input (`vms[0].memory`, empty for the whole); `code` names a text in
    `fuyajo.domain.texts`; `params` fill it. Parameters are shown as they are: callers pass only bounded,
    printable values (see `shown`).
    """

    path: str
    code: str
    params: dict[str, Param] = field(default_factory=dict)

    def message(self, lang: Lang = "en") -> str:
        return text(f"problem.{self.code}", lang, **self.params)

    def hint(self, lang: Lang = "en") -> str:
        """What to type next; about a planner there may be an own text (`hint.CODE_BACKEND`)."""
        own = f"hint.{self.code}_{self.params.get('backend')}"
        return text(own if known(own) else f"hint.{self.code}", lang, **self.params)

    def as_json(self, lang: Lang = "en") -> dict[str, object]:
        """`params` is for programs: which field, before and after."""
        return {
            "path": self.path,
            "code": self.code,
            "message": self.message(lang),
            "hint": self.hint(lang),
            "params": dict(self.params),
        }


def shown(value: object, limit: int = 60) -> str:
    """A printable, bounded rendering of any untrusted value, for use in messages."""
    rendered = value if isinstance(value, str) else repr(value)
    rendered = rendered.encode("unicode_escape").decode("ascii") if _odd(rendered) else rendered
    return rendered if len(rendered) <= limit else rendered[: limit - 1] + "…"


def _odd(value: str) -> bool:
    return any(not char.isprintable() for char in value)


class FuyajoError(Exception):
    """An expected failure: it has an exit code and texts, and is never shown as a traceback."""

    exit = Exit.FAILED

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(p.message() for p in self.problems))


class InvalidInput(FuyajoError):
    """The input is wrong; nothing was changed. Carries every problem found."""

    exit = Exit.INVALID


class Misconfigured(InvalidInput):
    """A file of this installation is wrong: whoever asked a service for something cannot mend that."""


class Refused(FuyajoError):
    """Policy says no, or an approval is missing."""

    exit = Exit.REFUSED


class TooMany(Refused):
    """A limit on how much at once: the same again may go through later."""


class Conflict(FuyajoError):
    """The world moved: a stale plan, a name already taken."""

    exit = Exit.CONFLICT


class Unavailable(FuyajoError):
    """A backend (planner, libvirt, a tool) is missing or does not answer."""

    exit = Exit.UNAVAILABLE


class NotFound(FuyajoError):
    """No such object for this actor; a foreign one looks exactly the same."""

    exit = Exit.FAILED


class Failed(FuyajoError):
    """Something was tried and did not work."""
