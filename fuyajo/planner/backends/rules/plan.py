"""The whole planner as one pure function."""

from __future__ import annotations

from fuyajo.domain.request import Reply
from fuyajo.domain.texts import Lang
from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.normalise import MAX_CHARS, is_japanese
from fuyajo.planner.backends.rules.operations import Vms
from fuyajo.planner.backends.rules.replies import chat, planned
from fuyajo.planner.backends.rules.tokens import Ask
from fuyajo.planner.backends.rules.understand import understand


def plan(text: str, lang: Lang, vms: Vms) -> Reply:
    """The reply to one wish: the same for the same words and VMs, always."""
    spoken = language(text, lang)
    try:
        wanted, operations = understand(text, vms)
    except Ask as ask:
        return chat(ask, spoken, vms)
    return planned(wanted, operations, spoken)


def language(text: str, preferred: Lang) -> Lang:
    """Kana or kanji are Japanese; several words with an English one among them are English."""
    beginning = text[:MAX_CHARS]
    if is_japanese(beginning):
        return "ja"
    words = beginning.lower().split()
    english = len(words) > 1 and any((w.strip(".,!?"),) in words_en.PHRASES for w in words)
    return "en" if english else preferred
