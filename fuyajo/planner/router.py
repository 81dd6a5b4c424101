"""`auto`: which planner answers a wish, decided from measured scores. Pure; calls nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fuyajo.domain.texts import Lang, known, text
from fuyajo.planner.backend import Completion
from fuyajo.planner.standing import Standing

RULES = "rules"
# pass^k of a class, 0 to 1: what a backend must have reached to be asked about a wish of that class.
BAR = 0.9
# How sure the rules must be of their own reading, 0 to 1.
SURE = 0.8
# Answered, but without a plan. Taking a wish for one of these is how it gets lost.
RESTRAINT = frozenset({"greeting", "smalltalk", "question", "underspecified", "impossible"})
# Kinds of wishes, as opposed to circumstances of one (mixed, shape, injection …).
WISHES = ("create", "power", "resize", "delete", "snapshot", "multi")
# The rules may tell thanks apart; the gate counts them as greetings.
SAME_AS = {"thanks": "greeting"}
# Who answers what no measured backend may: these serve without scores, in this order.
TRUSTED_ORDER = ("claude", "anthropic")


class Choice(NamedTuple):
    """`sure` is False for the rules when they answer only because nobody else is there, or may or can."""

    backend: str
    reason: str
    kind: str | None = None
    score: float | None = None
    sure_of: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        return self.reason not in {"only", "left"}

    def why(self, lang: Lang) -> str:
        """One sentence for a person."""
        return text(
            f"planner.auto_{self.reason}",
            lang,
            backend=self.backend,
            kind=kind_word(self.kind, lang),
            percent=f"{100 * (self.score or 0):.0f}",
            classes=", ".join(kind_word(kind, lang) for kind in self.sure_of) or "-",
        )


def kind_word(kind: str | None, lang: Lang) -> str:
    """What a class of the gate is called in a sentence."""
    if kind is None:
        return text("kind.none", lang)
    return text(f"kind.{kind}", lang) if known(f"kind.{kind}") else kind


def decide(
    assessed: Completion, standings: Mapping[str, Standing], available: Sequence[str]
) -> Choice:
    """The cheapest backend at the bar for this wish's class, else a trusted one, else the rules.

    `assessed` is the rules' own reading of the wish; `available` are the backends that are set up, the
    cheapest first.
    """
    kind = class_of(assessed)
    for name in available:
        standing = standings.get(name)
        if standing is None or not standing.admitted:
            continue
        score = standing.scores.get(kind) if kind else overall(standing)
        if score is None or score < BAR:
            continue
        if name != RULES:
            return Choice(name, "cheapest", kind, score)
        if kind is not None and assessed.confidence >= SURE:
            return Choice(name, "sure", kind, score)
    for name in TRUSTED_ORDER:
        if name in available and name in standings and standings[name].admitted:
            return Choice(name, "trusted", kind)
    reason = "left" if any(name != RULES for name in available) else "only"
    return Choice(RULES, reason, kind, sure_of=_sure_of(standings.get(RULES)))


def overall(standing: Standing) -> float | None:
    """How good it is all in all: every class counts as much as any other."""
    scores = standing.scores.values()
    return sum(scores) / len(scores) if scores else None


def class_of(assessed: Completion) -> str | None:
    """The class whose scores count. A restraint class that is only suspected is none: the wish in it
    would get lost."""
    kind = SAME_AS.get(assessed.kind or "", assessed.kind)
    return None if kind in RESTRAINT and assessed.confidence < SURE else kind


def _sure_of(rules: Standing | None) -> tuple[str, ...]:
    """The kinds of wishes that the rules are good at."""
    if rules is None or not rules.admitted:
        return ()
    return tuple(kind for kind in WISHES if rules.scores.get(kind, 0.0) >= BAR)
