"""stdout carries the result, stderr the rest."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fuyajo.domain.errors import Problem
from fuyajo.domain.texts import Lang
from fuyajo.views.problem import problem_lines


def say(lines: str | Iterable[str]) -> None:
    """Lines of the result."""
    for line in [lines] if isinstance(lines, str) else lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def note(lines: str | Iterable[str]) -> None:
    """Lines about how it goes."""
    for line in [lines] if isinstance(lines, str) else lines:
        sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def say_json(value: Any) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))


def fail(problems: Iterable[Problem], code: int, lang: str, as_json: bool) -> int:
    """Show every problem and hand the exit code back. With --json they are the result."""
    language: Lang = "ja" if lang == "ja" else "en"
    found = list(problems)
    if as_json:
        say_json({"problems": [problem.as_json(language) for problem in found]})
    else:
        note(problem_lines(found, language))
    return int(code)


def locale_language(environ: Mapping[str, str]) -> Lang:
    """English or Japanese, from the variables in the order that POSIX gives them."""
    for key in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(key):
            return "ja" if environ[key].startswith("ja") else "en"
    return "en"


def is_japanese(words: str) -> bool:
    """Whether there is a kana or a kanji in it."""
    return any("\u3041" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" for char in words)


def guess_language(argv: Sequence[str]) -> Lang:
    """`--lang` as it was typed, for errors that come before the options are parsed."""
    for index, word in enumerate(argv):
        if word == "--lang" and index + 1 < len(argv):
            return "ja" if argv[index + 1] == "ja" else "en"
        if word.startswith("--lang="):
            return "ja" if word == "--lang=ja" else "en"
    return locale_language(os.environ)
