"""Somebody else's thing is as unknown as one that is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.errors import NotFound
from fuyajo.domain.ours import Kind, missing, ours

KINDS = get_args(Kind)
ROOT = Path(__file__).resolve().parents[3] / "fuyajo"
#: Only here is it said that something is not found; the stores of files speak of paths of one owner.
HERE = {"domain/ours.py", "http/problems.py", "store/plans.py", "store/runs.py"}


class Thing(NamedTuple):
    owner: str


@given(st.sampled_from(KINDS), st.text(max_size=200))
def test_foreign_and_unknown_are_the_same(kind: Kind, said: str) -> None:
    told = []
    for found in (None, Thing("noriko")):
        with pytest.raises(NotFound) as error:
            ours("mika", kind, said, found)
        told.append(
            [problem.as_json(lang) for problem in error.value.problems for lang in ("en", "ja")]
        )
    assert told[0] == told[1]
    mine = Thing("mika")
    assert ours("mika", kind, said, mine) is mine


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(kind: Kind) -> None:
    (problem,) = missing(kind, "x").problems
    assert problem.message("ja") != problem.message("en")
    assert problem.hint()


def test_nobody_says_it_elsewhere() -> None:
    said = re.compile(rf"\"({'|'.join(KINDS)})_not_found\"")
    rooms = [path for path in ROOT.rglob("*.py") if said.search(path.read_text(encoding="utf-8"))]
    assert {str(path.relative_to(ROOT)) for path in rooms} <= HERE
