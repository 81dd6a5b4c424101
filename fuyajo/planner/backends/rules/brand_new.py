"""Whether a clause with a verb of starting or getting is about a machine that is not there yet."""

from __future__ import annotations

from fuyajo.planner.backends.rules.drafts import Clause
from fuyajo.planner.backends.rules.tokens import K, Token


def starts_new(clause: Clause) -> bool:
    """ "start a new web server" wants another one."""
    new = any(t.low in _NEW for t in clause.body if t.kind in (K.DET, K.FILL))
    verb = clause.verb
    if verb is None or verb.value != "start":
        return False
    if _introduces(clause, verb):
        return True
    if not new:
        return False
    return clause.has(K.NAMED) or (bool(clause.heads) and not clause.has(K.NAME))


def _introduces(clause: Clause, verb: Token) -> bool:
    """ "bring up a web server called x": an article, and no VM that is there already."""
    first = next((t for t in clause.body if t.kind is not K.FILL), None)
    article = first is not None and first.low in ("a", "an") and clause.heads == 1
    return article and (clause.has(K.NAMED) or (verb.low in _RAISES and not clause.has(K.NAME)))


_RAISES = frozenset(
    {"bring up", "boot up", "power up", "start up", "light up", "put up", "started", "going"}
)
_NEW = frozenset(
    {"new", "a new", "another", "brand new", "a brand new", "an additional", "one more"}
)
_NEW |= {"新しく", "新規", "新たに", "新規に"}


def is_new(clause: Clause) -> bool:
    """ "get a web server", not "get the web server"."""
    counted = clause.has(K.NUMBER, K.COUNT)
    return counted or any(t.low in _NEW | {"a", "an"} for t in clause.body if t.kind is K.DET)
