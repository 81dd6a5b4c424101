"""Names without "called", and lists of new machines: "add a vm -> mqtt, 1 core", "server a (2 CPU)"
" and server b (4 CPU)"."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.again_frames_en import pattern
from fuyajo.planner.backends.rules.tokens import K

_MAKES = r"(?:(?:<BEG> )?(?:<MAKE>|add|new|need|get|i need|i want|i'd like|we need|want)|<WANT>)(?: me| us)?"
_NAMED = (
    rf"(?P<make>(?:<S>|<B>){_MAKES}:?(?: an?| one| new| another| a new)?(?: [a-z]+)??|(?<=and)"
    rf"|(?<=,)) (?P<head>(?:an? |one |another )?(?:<HEAD>))"
    r"(?:,|:| -)? (?!called|named|with|for|titled|at|on|in|to|and|please|under|having|by|id\b"
    r"|name)(?P<name><W>)"
    r"(?=,? (?:with |at |on |using |- |of )?(?:<MUCH>)|,? (?:v?cpus?|ram|mem|memory|disk|cores?)[:="
    r" ]|(?P<bare>[.,;]|$| please| and\b))"
)
_EACH = (
    r"<S>(?P<make>(?:<BEG> )?(?:<MAKE>|add|i need|i want|i'd like|we need)) (?P<one>(?:an? |one"
    r" )?(?:<HEAD>) called <W>[^.;!?]*?<ONE>,?) (?:and|plus|as well as)(?: also)? (?P<two>(?:an? "
    r"|one )?(?:<HEAD>) called <W>[^.;!?]*<ONE>)"
)
_FORM = (
    r"^(?P<form>(?:[a-z ]{2,14}[:=] ?[^\n]+\n)+)(?P<make>(?:<BEG> )?(?:<MAKE>|add)) (?P<head>an?"
    r" [^.!?\n]*?<HEAD>|one|it)"
    r"(?: (?:like|with|from|as|for|of|out of|according to)\b[^.!?\n]{0,30})?[.!]?$"
)


def named(text: str) -> str:
    """The text with "called" before what can only be a name."""
    text = pattern(_FORM).sub(_filled, text)
    text = pattern(_NAMED).sub(_called, text)
    return pattern(_EACH).sub(
        lambda m: f"{m['make']} {m['one'].rstrip(',')}. {m['make']} {m['two']}", text
    )


def _filled(found: re.Match[str]) -> str:
    """ "name: x, cpu: 2" above "Please make a VM like this."."""
    lines = [line.strip(" ,;.") for line in found["form"].strip().split("\n")]
    head = found["head"] if found["head"] not in ("one", "it") else "a server"
    return f"{found['make']} {head}, {', '.join(lines)}"


def _called(found: re.Match[str]) -> str:
    name = found["name"].lower()
    known = words_en.PHRASES.get((name,), (K.WORD, ""))[0] is not K.WORD
    known = known or name in words_en.LABELS or name.isdigit()
    unlike = found["bare"] is not None and not re.search(r"[0-9-]", name)
    if known or unlike or re.match(r"\d+(?:[kmgt]i?b?|c|cores?)$|.*-(?:core|cpu|gb|gig)s?$", name):
        return found[0]
    return f"{found['make']} {found['head']} called {found['name']}"
