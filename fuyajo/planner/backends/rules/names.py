"""Names: which words are the user's own VMs, and which a new VM may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from fuyajo.domain.request import NAME_PATTERN
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import BOUNDARY, VERBS, Ask, K, Token, Tokens

_NAME = re.compile(NAME_PATTERN.replace("$", r"\Z"))
_IDENTIFIER = re.compile(r"([a-z]+)[a-z-]*-?\d{1,3}\Z")
_BEFORE = frozenset({K.NOUN, K.TEMPLATE, K.AND, K.COMMA}) | VERBS
_AFTER_WORDS = frozenset({"to", "for", "now", "down to", "up to", "again", "please"})
_BEFORE_WORDS = frozenset({"of", "to", "for"})
_KINDS = frozenset({K.NOUN, K.TEMPLATE, K.UNSUPPORTED})
_LABELS = frozenset({K.MEMORY, K.DISK, K.CPU})
#: Words that only describe: before "can be deleted" a VM of that name is meant.
_DESCRIBES = frozenset(
    {K.ROUGH, K.VAGUE, K.CPU, K.MEMORY, K.DISK, K.STATE, K.SMALL, K.GREET, K.FILL}
)
#: Longer texts are read as they are written.
_SHORT = 400
_ONE = frozenset({"vm", "server", "machine", "box", "instance", "host"})
_PLAIN = frozenset({K.GREET, K.DET, K.SMALL, K.THANKS, K.FILL, K.HELP})
#: What they mean in English they do not mean in a Japanese sentence.
_WORDS_OF_ENGLISH = _PLAIN | {K.ALL, K.NUMBER, K.UNSUPPORTED, K.NOT, K.IF, K.BUT, K.AND, K.PARTICLE}
_WORDS_OF_ENGLISH |= VERBS | {K.LIST, K.KEEP, K.STATE, K.PAST, K.TIME, K.VAGUE, K.SOME}


def valid(name: str) -> bool:
    return _NAME.match(name) is not None


def proposal(name: str) -> str | None:
    """The nearest name that would be accepted, to be offered and never taken silently."""
    if not name.isascii():
        return None
    near = re.sub(r"[^a-z0-9]+", "-", name.lower())[:63].strip("-")
    return near if valid(near) else None


def require_valid(name: str) -> str:
    """`name`, or a question that offers a better one."""
    if valid(name):
        return name
    near = proposal(name)
    if near:
        raise Ask("bad_name", name=name, near=near)
    raise Ask("bad_name_plain", name=name)


def identifier(word: str) -> str | None:
    """`web1`, `build-12`: a word that can hardly be anything but a name; its letters, or None."""
    found = _IDENTIFIER.match(word)
    return found[1] if found else None


#: "a server stand-alone" has no name.
_DESCRIBING = frozenset(
    [
        "only",
        "up",
        "to",
        "date",
        "multi",
        "dual",
        "quad",
        "single",
        "high",
        "low",
        "self",
        "well",
        "non",
        "alone",
        "always",
        "ready",
        "based",
        "like",
        "free",
        "less",
        "side",
        "wide",
        "proof",
        "grade",
        "class",
        "style",
        "sized",
        "facing",
        "end",
        "tier",
        "on",
        "off",
        "in",
        "out",
        "core",
        "size",
        "by",
        "and",
        "or",
    ]
)


def name_like(word: str) -> bool:
    """`nexus3`, `exam-prep`: a word that is hardly an ordinary one."""
    parts = word.lower().split("-")
    hyphened = len(parts) > 1 and not _DESCRIBING & set(parts)
    return valid(word) and (identifier(word) is not None or hyphened)


_COUNTED = r"(?!-?[a-z0-9]|[ ]?(?:v?cpus?|cores?|processors?|[gmt]i?b?\b|gigs?|giga|mega|vms?|servers?|台))"


def joined(text: str, names: frozenset[str]) -> str:
    """ "build 7" and "build_7" are the VM build-7, where nothing else is called build."""
    for name in sorted(names, key=len, reverse=True):
        first, _, last = name.rpartition("-")
        if first and last.isdigit() and first not in names and len(text) < _SHORT:
            spelled = rf"(?<![a-z0-9-]){re.escape(first)}[ _]{last}{_COUNTED}"
            text = re.sub(spelled, name, text, flags=re.IGNORECASE)
    return text


def mark_known(
    tokens: Tokens, known: frozenset[str], japanese: bool, surely: frozenset[str] = frozenset()
) -> Tokens:
    """Turn the words that name one of the user's VMs into NAME tokens; those of `surely` in any place."""
    tokens = tuple(part for token in tokens for part in _own_first(token, known))
    makes = japanese or any(t.kind in (K.CREATE, K.SAME, K.LIKE, K.NAMED) for t in tokens)
    programs = frozenset() if makes else frozenset(_programs(tokens, known))
    if not japanese:
        tokens = tuple(part for token in tokens for part in _numbered(token, known))
    rule = _names_in_japanese if japanese else _names_in_english
    return tuple(
        replace(token, kind=K.NAME)
        if token.low in known
        and _is_known(
            tokens,
            i,
            i in programs or token.low in surely or _listed(tokens, i, known) or rule(tokens, i),
        )
        else token
        for i, token in enumerate(tokens)
    )


def _programs(tokens: Tokens, known: frozenset[str]) -> Iterator[int]:
    """ "fire up minecraft", "the postgres disk": of somebody who has a VM of that name."""
    for i, token in enumerate(tokens):
        after = _kind(tokens, i + 1)
        if token.kind is K.UNSUPPORTED and token.low in known and after not in _KINDS:
            yield i


def _listed(tokens: Tokens, i: int, known: frozenset[str]) -> bool:
    """ "hello and db", serverとdb: beside another VM. Left out of the list it would be a wish half done."""
    if tokens[i].kind in VERBS:
        return False
    for step in (-1, 1):
        joint, other = _at(tokens, i + step), _at(tokens, i + 2 * step)
        plain = other is not None and other.kind is K.WORD and other.low in known
        if plain and joint is not None and joint.kind in (K.AND, K.COMMA):
            return True
    return False


def stumbled_over(ask: Ask, tokens: Tokens, scene: Scene) -> frozenset[str]:
    """The own VMs whose names a reading took for something else, and asked."""
    known = frozenset(scene.known)
    if ask.key in ("not_understood", "unknown_vm"):
        said = ask.params.get("words") if ask.key == "not_understood" else [ask.params.get("name")]
        return (
            known & {str(word).lower() for word in said} if isinstance(said, list) else frozenset()
        )
    if ask.key not in ("which_vm", "schedule"):
        return frozenset()
    # "the server", "my running server" is no name; serverを and "stop server" is.
    kinds = [K.DET, K.STATE, K.ORDINAL, K.CREATED]
    return frozenset(
        token.low
        for i, token in enumerate(tokens)
        if token.low in known and token.text.isascii() and _kind(tokens, i - 1) not in kinds
    )


def _own_first(token: Token, known: frozenset[str]) -> Tokens:
    """ "the mail server" of somebody who has a VM called mail is that VM."""
    if token.kind not in (K.TEMPLATE, K.UNSUPPORTED) or not token.text.isascii():
        return (token,)
    first, _, rest = token.text.partition(" ")
    if first.lower() not in known or rest.lower() not in _ONE or token.low == "web server":
        return (token,)
    return Token(K.NAME, first), Token(K.NOUN, rest, "one")


def _numbered(token: Token, known: frozenset[str]) -> Tokens:
    """ "the tills" of somebody who has till-1 and till-2."""
    stem = token.low[:-1]
    if token.kind is not K.WORD or not token.low.endswith("s") or {token.low, stem} & known:
        return (token,)
    same = sorted(name for name in known if re.fullmatch(rf"{re.escape(stem)}-?\d{{1,3}}", name))
    if len(same) < 2:
        return (token,)
    made = [Token(K.NAME, same[0])]
    for name in same[1:]:
        made += [Token(K.AND, "and"), Token(K.NAME, name)]
    return tuple(made)


def _is_known(tokens: Tokens, i: int, by_place: bool) -> bool:
    kind = tokens[i].kind
    if kind is K.QUOTE:
        before, after = _kind(tokens, i - 1), _kind(tokens, i + 1)
        return before is not K.TITLE and after is not K.TITLE_AFTER
    return kind is K.WORD or by_place


def _names_in_english(tokens: Tokens, i: int) -> bool:
    """A VM called `server` or `start`: only where nothing but a name can stand."""
    before, after = _at(tokens, i - 1), _at(tokens, i + 1)
    if after is not None and after.kind is K.COLON and (before is None or before.kind in BOUNDARY):
        return tokens[i].kind not in _BEFORE
    if before is None:
        return _begins_sentence(tokens[i], after)
    if tokens[i].kind in (K.TIME, K.UNSUPPORTED) and before.kind is K.DET and before.low == "the":
        return after is not None and after.kind is K.NOUN
    if _names_software(tokens[i], before, after):
        return True
    starts = before.kind in _BEFORE | {K.EXCEPT} or before.low in _BEFORE_WORDS
    if before.kind is K.STOP and _begins_sentence(tokens[i], after):
        return True
    ends = after is None or after.kind in BOUNDARY or after.low in _AFTER_WORDS
    ends = ends or (after is not None and after.kind is K.NAMED)
    of = after is not None and after.kind in _LABELS and tokens[i].kind in _PLAIN - {K.DET}
    owns = (
        after is not None and after.kind in _LABELS and tokens[i].tail and tokens[i].kind is K.TIME
    )
    return starts and (ends or of or bool(owns)) and tokens[i].kind is not K.STOP


def _begins_sentence(token: Token, after: Token | None) -> bool:
    """ "gitlab needs a restart", "nightly should be stopped"."""
    said = after is not None and after.kind in (K.SHOULD, K.KEEP, K.REMARK, K.AND)
    if token.kind in _DESCRIBES and after is not None and after.kind in (K.SHOULD, K.REMARK):
        return True
    if token.kind is K.UNSUPPORTED and after is not None and after.kind in (K.WORD, K.FILL, K.WITH):
        return after.low.endswith(("s", "ed"))
    return said and token.kind in (K.UNSUPPORTED, K.TIME)


def _names_software(token: Token, before: Token, after: Token | None) -> bool:
    """A VM called gitlab or nightly, where the sentence goes on as about a VM."""
    if token.kind is K.UNSUPPORTED:
        return not (before.kind is K.DET or (after is not None and after.kind in _KINDS))
    goes_on = after is not None and after.kind in (K.AND, K.SHOULD, K.KEEP, K.REMARK)
    led = before.kind in (K.PRONOUN, K.FILL, K.AND, K.WANT) or before.kind in BOUNDARY
    return token.kind is K.TIME and goes_on and led


def _names_in_japanese(tokens: Tokens, i: int) -> bool:
    after = _at(tokens, i + 1)
    if tokens[i].text.isascii() and after is not None and after.kind is K.NAMED_AFTER:
        return True
    if not tokens[i].text.isascii():
        return False
    if tokens[i].kind in _LABELS:  # storageを止めて, not memoryを4GBに
        size = _kind(tokens, i + 2) in (K.SIZE, K.NUMBER)
        return after is not None and after.kind is K.JOSHI and after.text in "をは" and not size
    if tokens[i].kind not in _WORDS_OF_ENGLISH:
        return False
    if tokens[i].kind is K.UNSUPPORTED:
        return True
    follows = {K.JOSHI, K.AND, K.NAMED_AFTER, K.EXCEPT, K.TOO} | VERBS
    chained = _kind(tokens, i - 1) in {K.AND, K.COMMA, K.NOUN, K.TEMPLATE}
    return chained or (after is not None and after.kind in follows)


def _at(tokens: Tokens, i: int) -> Token | None:
    return tokens[i] if 0 <= i < len(tokens) else None


def _kind(tokens: Tokens, i: int) -> K | None:
    token = _at(tokens, i)
    return token.kind if token else None
