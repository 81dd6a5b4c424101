"""Is it a sentence at all? What the rules read, in one spelling, or why they read nothing."""

from __future__ import annotations

from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.planner.backends.rules.command_en import as_sentences
from fuyajo.planner.backends.rules.layout_en import laid_out
from fuyajo.planner.backends.rules.normalise import is_japanese, normalise, too_long
from fuyajo.planner.backends.rules.spelling_en import spelled_out, without_smileys
from fuyajo.planner.backends.rules.tokens import Ask

#: Code, markup and templates are not wishes; nothing is read out of them.
_MARKUP = frozenset("{}<>[]`$\\|^")


def plain_text(text: str) -> str:
    """The text in one spelling; `Ask` for what is no sentence at all."""
    if too_long(text):
        raise Ask("too_long")
    plain = normalise(text)
    plain = (
        plain if is_japanese(plain) else spelled_out(laid_out(without_smileys(as_sentences(plain))))
    )
    if too_long(plain):
        raise Ask("too_long")
    if not plain:
        raise Ask("empty")
    if unsafe_reason(plain) == "jinja" or _MARKUP & set(plain):
        raise Ask("not_plain")
    if unsafe_reason(plain):
        raise Ask("unsafe")
    return plain
