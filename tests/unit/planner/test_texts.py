"""Every kind of planner failure has a text and a hint in both languages, with the same fields."""

from __future__ import annotations

import re
import string

import pytest

from fuyajo.domain.texts import TABLES
from fuyajo.domain.texts.planner_en import EN
from fuyajo.domain.texts.planner_ja import JA
from fuyajo.planner.backend import BackendError


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _kinds() -> list[str]:
    """From the class's own documentation, so that a kind added there needs a text here."""
    listed = (BackendError.__doc__ or "").rpartition(":")[2]
    return re.findall(r"[a-z_]+", listed)


def test_both_languages_have_the_same_keys_and_fields() -> None:
    assert EN.keys() == JA.keys()
    assert {k: _fields(v) for k, v in EN.items()} == {k: _fields(v) for k, v in JA.items()}


def test_no_key_is_defined_twice() -> None:
    from fuyajo.domain.texts.en import EN as GENERAL

    assert not EN.keys() & GENERAL.keys()
    assert TABLES["en"].keys() >= EN.keys()


@pytest.mark.parametrize("kind", _kinds())
def test_every_kind_renders(kind: str) -> None:
    (problem,) = BackendError("claude", kind, "why").problems
    for lang in TABLES:
        assert "claude" in problem.message(lang)
        assert problem.hint(lang)


def test_the_kinds_are_fourteen() -> None:
    assert len(_kinds()) == 14
