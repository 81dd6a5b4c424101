"""Which planner `auto` takes: from measured scores and the rules' own reading, as a pure function."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.planner.backend import Completion
from fuyajo.planner.router import (
    BAR,
    RESTRAINT,
    RULES,
    SURE,
    TRUSTED_ORDER,
    WISHES,
    Choice,
    decide,
    kind_word,
)
from fuyajo.planner.standing import Standing

KINDS = (*WISHES, *sorted(RESTRAINT))
GOOD = Standing(True, dict.fromkeys(KINDS, 1.0))
TRUSTED = Standing(True)
OUT = Standing(False, GOOD.scores)
ALL = ("rules", "openai", "claude", "anthropic")


def read(kind: str | None, confidence: float = 1.0) -> Completion:
    return Completion("…", kind=kind, confidence=confidence)


def scored(**scores: float) -> Standing:
    return Standing(True, scores)


def chosen(
    assessed: Completion, standings: Mapping[str, Standing], available: tuple[str, ...] = ALL
) -> str:
    return decide(assessed, standings, available).backend


EVERYBODY = {"rules": GOOD, "openai": GOOD, "claude": TRUSTED, "anthropic": TRUSTED}


def test_the_rules_answer_what_they_are_sure_of() -> None:
    choice = decide(read("create", SURE), EVERYBODY, ALL)
    assert choice == Choice("rules", "sure", "create", 1.0)
    assert choice.sure


def test_a_doubt_of_the_rules_goes_to_the_next_cheapest_at_the_bar() -> None:
    assert chosen(read("create", SURE - 0.01), EVERYBODY) == "openai"
    assert chosen(read("create", 0.1), {**EVERYBODY, "openai": scored(create=0.89)}) == "claude"


def test_the_bar_is_that_of_the_class() -> None:
    weak = {**EVERYBODY, "rules": scored(create=BAR, resize=BAR - 0.01)}
    assert chosen(read("create"), weak) == "rules"
    assert chosen(read("resize"), weak) == "openai"
    assert chosen(read("delete"), weak) == "openai"  # never measured


def test_what_was_not_understood_goes_by_the_overall_score() -> None:
    assert chosen(read(None), EVERYBODY) == "openai"  # the rules did not understand it
    low = {**EVERYBODY, "openai": scored(create=1.0, delete=1.0, resize=0.6)}
    assert chosen(read(None), low) == "claude"


@pytest.mark.parametrize("kind", sorted(RESTRAINT))
def test_restraint_counts_only_when_sure(kind: str) -> None:
    """A wish that is taken for small talk gets lost: who is good at small talk alone must not get it."""
    talker = {**EVERYBODY, "openai": scored(**{kind: 1.0, "create": 0.5})}
    assert chosen(read(kind, 1.0), talker) == "rules"
    assert chosen(read(kind, 0.5), talker) == "claude"
    assert chosen(read(kind, 1.0), {**talker, "rules": OUT}) == "openai"


def test_thanks_count_as_a_greeting() -> None:
    assert decide(read("thanks"), EVERYBODY, ALL) == Choice("rules", "sure", "greeting", 1.0)


def test_claude_before_anthropic_then_the_rules_that_say_so() -> None:
    doubt = read("create", 0.3)
    assert chosen(doubt, EVERYBODY, ("rules", "claude", "anthropic")) == "claude"
    assert chosen(doubt, EVERYBODY, ("rules", "anthropic")) == "anthropic"
    demoted = {**EVERYBODY, "claude": OUT}
    assert chosen(doubt, demoted, ("rules", "claude", "anthropic")) == "anthropic"
    alone = decide(doubt, EVERYBODY, ("rules",))
    assert (alone.backend, alone.sure) == ("rules", False)
    assert "creating" in alone.why("en") and "作成" in alone.why("ja")


def test_who_is_not_admitted_never_answers() -> None:
    for kind, confidence in product((*KINDS, None), (0.0, 1.0)):
        out = {"rules": OUT, "openai": OUT, "claude": OUT, "anthropic": OUT}
        assert decide(read(kind, confidence), out, ALL).reason == "left"


@given(
    kind=st.sampled_from((*KINDS, "context", "thanks", None)),
    confidence=st.floats(0, 1),
    scores=st.dictionaries(
        st.sampled_from(ALL),
        st.builds(
            Standing,
            st.booleans(),
            st.dictionaries(st.sampled_from(KINDS), st.floats(0, 1)),
        ),
    ),
    available=st.lists(st.sampled_from(ALL), unique=True),
)
def test_whoever_is_chosen_has_earned_it(
    kind: str | None,
    confidence: float,
    scores: dict[str, Standing],
    available: list[str],
) -> None:
    choice = decide(read(kind, confidence), scores, available)
    assert choice.why("en") and choice.why("ja")
    if not choice.sure:
        assert choice.backend == RULES
        return
    assert choice.backend in available
    assert scores[choice.backend].admitted
    if choice.reason == "trusted":
        assert choice.backend in TRUSTED_ORDER
        return
    assert choice.score is not None and choice.score >= BAR
    if choice.backend == RULES:
        assert confidence >= SURE and kind is not None


def test_every_class_has_a_word() -> None:
    for kind in (*KINDS, None, "context", "injection", "wrong-target", "mixed", "shape"):
        assert kind_word(kind, "en") != kind_word(kind, "ja")
    assert kind_word("brand-new", "ja") == "brand-new"


def test_the_module_loads_no_planner() -> None:
    code = (
        "import sys, fuyajo.planner.router, fuyajo.service.answering;"
        "print([m for m in sys.modules if m.startswith('fuyajo.planner.backends.') or m == 'asyncio'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
