"""The whole planner as one pure function."""

from __future__ import annotations

from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import Completion, PlannerRequest
from fuyajo.planner.backends.rules import verdict, words_en
from fuyajo.planner.backends.rules.followups import follow_up
from fuyajo.planner.backends.rules.normalise import MAX_CHARS, is_japanese
from fuyajo.planner.backends.rules.replies import chat, planned
from fuyajo.planner.backends.rules.suggestions import helpful
from fuyajo.planner.backends.rules.tokens import Ask
from fuyajo.planner.backends.rules.understand import Wish, understand


def plan(request: PlannerRequest) -> Completion:
    """The reply to one wish: the same for the same words, VMs and turns, always."""
    spoken = language(request.text, request.lang)
    kind: str | None
    try:
        wish = follow_up(request) or _answered(request)
        wish = wish or understand(request.text, request.vms, request.turns)
    except Ask as ask:
        better = helpful(ask, request)
        kind, sure = verdict.of_question(better)
        return Completion(chat(better, spoken, request.vms), kind=kind, confidence=sure)
    kind, sure = verdict.of_wish(wish)
    return Completion(planned(wish, request, spoken), kind=kind, confidence=sure)


def _answered(request: PlannerRequest) -> Wish | None:
    if not request.turns or not is_japanese(request.text[:MAX_CHARS]):
        return None
    from fuyajo.planner.backends.rules.answers_ja import answered

    return answered(request)


def language(text: str, preferred: Lang) -> Lang:
    """Kana or kanji are Japanese; several words with an English one among them are English."""
    beginning = text[:MAX_CHARS]
    if is_japanese(beginning):
        return "ja"
    words = beginning.lower().split()
    english = len(words) > 1 and any((w.strip(".,!?"),) in words_en.PHRASES for w in words)
    return "en" if english else preferred
