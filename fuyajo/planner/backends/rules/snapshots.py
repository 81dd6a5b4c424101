"""Clauses about snapshots: take one, or go back to one."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.planner.backends.rules.drafts import Clause, OpDraft
from fuyajo.planner.backends.rules.items import not_understood
from fuyajo.planner.backends.rules.names import identifier, require_valid
from fuyajo.planner.backends.rules.operations import KNOWN, all_known, meant
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Token, Tokens

_NAMEABLE = frozenset({K.WORD, K.QUOTE, K.NAME, K.GREET})
_ABOUT = frozenset({"of", "on", "for"})
_INTO = frozenset({"to", "from", "as", "に", "まで", "へ", "から"})
_TAKES = frozenset({K.CREATE, K.TAKE, K.WANT, K.AMBIGUOUS, K.KEEP})
#: "one snapshot each of web and db".
_COUNTED = frozenset({"each", "every", "both", "all", "apiece"})
#: Between "to" and the name: "to the snapshot called nightly".
_BETWEEN = frozenset({K.DET, K.SNAPSHOT, K.NAMED, K.FILL, K.JOSHI})


def snapshot_op(clause: Clause) -> str | None:
    """What the clause wants done with snapshots, if it is about them."""
    verb = clause.verb
    if verb is None:
        return "snapshot" if clause.has(K.SNAPSHOT) and clause.has(K.PLEASE) else None
    if verb.value in ("snapshot", "revert"):
        return str(verb.value)
    if not clause.has(K.SNAPSHOT) or verb.kind is K.SPLIT:
        return None
    if verb.kind in _TAKES:
        return "snapshot"
    raise Ask("unsupported", what=next(t.text for t in clause.body if t.kind is K.SNAPSHOT))


def parse_snapshot(op: str, clause: Clause, scene: Scene) -> list[OpDraft]:
    """`snapshot` or `revert` on each VM that is meant; its name only when one was said."""
    body = tuple(t for t in clause.body if not (op == "revert" and _newest(t)))
    place = _name_place(op, body, scene)
    if place is not None and _works_again(clause, body[place]):
        raise not_understood([body[place]])
    name = require_valid(body[place].text) if place is not None else None
    used = (
        {K.SNAPSHOT, K.PARTICLE, K.NUMBER, K.COUNT}
        if op == "snapshot"
        else {K.SNAPSHOT, K.PARTICLE}
    )
    rest = tuple(t for i, t in enumerate(body) if i != place and t.kind not in used)
    if any(t.kind in (K.NUMBER, K.COUNT) and t.value != 1 for t in body):
        raise Ask("one_by_one")
    all_known(rest, KNOWN, scene)
    if op == "revert" and not _goes_back(clause, place):
        raise not_understood([clause.verb] if clause.verb else list(body))
    return [OpDraft(op, t.vm, select=t.select, snapshot=name) for t in meant(op, rest, scene)]


#: "put web back into operation" is no snapshot.
_WORKING = frozenset(
    {"operation", "operations", "service", "use", "work", "action", "production", "duty", "life"}
) | {"rotation", "normal", "play", "circulation", "shape", "business", "order", "health"}


def _works_again(clause: Clause, name: Token) -> bool:
    rolled = clause.verb is not None and clause.verb.low.startswith(("roll", "revert"))
    named = clause.has(K.SNAPSHOT, K.NAMED, K.NAMED_AFTER) or name.kind is K.QUOTE
    return name.low in _WORKING and not rolled and not named


_NEWEST = frozenset(
    {"last", "the last", "latest", "newest", "previous", "most recent", "最新", "直近"}
)
_NEWEST |= {
    "its",
    "their",
    "最新の",
    "直近の",
    "一つ前の",
    "1つ前の",
    "ひとつ前の",
    "直前の",
    "前回の",
    "最後の",
    "前の",
}


def _newest(token: Token) -> bool:
    """ "to its last snapshot": the newest, which needs no name."""
    return token.low in _NEWEST


def _goes_back(clause: Clause, place: int | None) -> bool:
    """元に戻して alone does not say to what; "reset web" may be meant as a restart."""
    if place is not None or clause.has(K.SNAPSHOT):
        return True
    return clause.verb is not None and clause.verb.low in (
        "revert",
        "roll back",
        "rollback",
        "roll",
        "ロールバック",
        "巻き戻し",
    )


def _name_place(op: str, body: Tokens, scene: Scene) -> int | None:
    """Where the snapshot's own name stands."""
    places = [i for i, t in enumerate(body) if t.kind in _NAMEABLE and _is_name(op, body, i, scene)]
    if len(places) > 1:
        raise Ask("one_by_one")
    return places[0] if places else None


def _is_name(op: str, body: Sequence[Token], i: int, scene: Scene) -> bool:
    token, before, after = body[i], _at(body, i - 1), _at(body, i + 1)
    own = token.low in scene.known
    if token.low in _COUNTED:
        return False
    if before is not None and before.kind is K.NAMED:
        noun = _at(body, i - 2)
        return not (own and noun is not None and noun.kind in HEADS)
    if after is not None and after.kind is K.NAMED_AFTER:
        following = _at(body, i + 2)
        return not (own and following is not None and following.kind in HEADS)
    if after is not None and after.kind is K.SNAPSHOT and identifier(token.low) and not own:
        return True
    if before is not None and before.kind is K.SNAPSHOT and before.low != "of":
        return not own
    if own and not _another_target(body, i, scene):
        return False
    return _led_to(body, i) or _leads_back(op, body, i, own)


def _another_target(body: Sequence[Token], i: int, scene: Scene) -> bool:
    return any(j != i and t.kind is K.NAME and t.low in scene.known for j, t in enumerate(body))


def _led_to(body: Sequence[Token], i: int) -> bool:
    """ "to nightly", "as nightly", "to the snapshot called nightly"."""
    at = i - 1
    while at >= 0 and body[at].kind in _BETWEEN:
        if body[at].low in _INTO and body[at].text.isascii():
            return True
        if body[at].low in _ABOUT or body[at].low in ("a", "an"):
            return False
        at -= 1
    return False


def _leads_back(op: str, body: Sequence[Token], i: int, own: bool) -> bool:
    """before-upgradeに戻して, nightlyから戻して."""
    at = i + 1
    while at < len(body) and body[at].kind in (K.SNAPSHOT, K.FILL, K.NAMED_AFTER):
        at += 1
    follows = at < len(body) and body[at].text in _INTO
    alone = body[i].kind is not K.NAME and op == "revert" and not own
    return follows or alone


def _at(body: Sequence[Token], i: int) -> Token | None:
    return body[i] if 0 <= i < len(body) else None
