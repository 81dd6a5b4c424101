"""Problems as lines: where, what, and what to type next."""

from __future__ import annotations

from collections.abc import Iterable

from fuyajo.domain.errors import Problem
from fuyajo.domain.texts import Lang, text


def problem_lines(problems: Iterable[Problem], lang: Lang) -> list[str]:
    lines: list[str] = []
    for problem in problems:
        where = f"{problem.path}: " if problem.path else ""
        lines.append(f"{text('ui.error', lang)}: {where}{problem.message(lang)}")
        lines.append(f"  {text('ui.hint', lang)} {problem.hint(lang)}")
    return lines
