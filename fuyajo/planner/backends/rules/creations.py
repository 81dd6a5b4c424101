"""A clause that wants new VMs → its noun phrases → drafts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from fuyajo.domain.request import Selector
from fuyajo.planner.backends.rules.drafts import Clause, VmDraft
from fuyajo.planner.backends.rules.items import Item, build_item, not_understood
from fuyajo.planner.backends.rules.scene import Scene
from fuyajo.planner.backends.rules.shared_en import for_all
from fuyajo.planner.backends.rules.tokens import HEADS, Ask, K, Token, Tokens

_JOINS = frozenset({K.AND, K.COMMA})
_SKIP = frozenset({K.DET, K.FILL, K.NUMBER, K.COUNT, K.PLEASE, K.AND, K.COMMA, K.WITH, K.STATE})
_ATTRIBUTE = frozenset({K.SIZE, K.NAMED, K.NUMBER, K.COUNT, K.TITLE, K.TITLE_AFTER, K.NAMED_AFTER})


def parse_creation(clause: Clause, scene: Scene) -> list[VmDraft]:
    """The VMs of one clause, in the order they were said."""
    if scene.japanese and _like_each_other(clause, scene):
        clause = replace(clause, body=tuple(_one_of_them(t) for t in clause.body))
    if clause.has(K.SAME, K.LIKE) or (_again(clause) and not scene.wanted):
        return [alike(clause, scene)]
    if not clause.heads:
        raise _no_kind(clause)
    if not scene.japanese and _means_own(clause):
        raise Ask("which_vm", names=scene.names)
    japanese = scene.japanese
    first = clause.body[0] if clause.body else None
    if first is not None and first.kind in HEADS and first.low in scene.known and not japanese:
        # "I want server to have 8 GB" of somebody who has a VM called server.
        raise Ask("which_vm", names=scene.names)
    pieces = _pieces_japanese(clause.body) if japanese else _pieces_english(clause.body)
    found: list[VmDraft] = []
    before = scene.wanted[-1].template if scene.wanted else None
    for piece in pieces:
        found.append(build_item(piece, japanese, before))
        before = found[-1].template
    return for_all(pieces, _shared(pieces, found)) if not japanese else _shared(pieces, found)


def _means_own(clause: Clause) -> bool:
    """ "make the web server have 3 GB" is about one that is there."""
    low = [t.low for t in clause.body]
    made = clause.verb is not None and clause.verb.low == "make" and "have" in low
    return made and low[0] in ("the", "my", "our", "this", "that")


def _shared(pieces: list[Tokens], found: list[VmDraft]) -> list[VmDraft]:
    """ "two VMs, one with 1 GB and one with 2 GB" are two, not four."""
    ones = [
        i for i, piece in enumerate(pieces) if any(t.low == "one" for t in piece if t.kind in HEADS)
    ]
    first = found[0]
    if not ones or first.count == 1:
        return found
    if ones == list(range(1, len(found))) and first.count == len(ones) and not first.sizes:
        return found[1:]
    raise Ask("one_by_one")


_OF_ITSELF = ("同じ", "同一", "同様")
_MORE_OF = ("もう", "あと", "さらに", "追加", "また")


def _like_each_other(clause: Clause, scene: Scene) -> bool:
    """同じVMを3台, out of the blue: like each other."""
    same = [t for t in clause.body if t.kind is K.SAME]
    counts = [t.value for t in clause.body if t.kind is K.COUNT and isinstance(t.value, int)]
    if len(same) != 1 or scene.turns or not any(count > 1 for count in counts):
        return False
    headed = clause.heads > 0 or _head_of(same[0]) is not None
    bare = same[0].text.startswith(_OF_ITSELF) and not clause.has(K.LIKE, K.PRONOUN, K.CREATED)
    more = any(t.text.startswith(_MORE_OF) for t in clause.body)
    return headed and bare and not more and not any(t.low in scene.known for t in clause.body)


def _head_of(token: Token) -> str | None:
    return next((h for h in ("vm", "サーバ", "マシン") if token.low.endswith(h)), None)


def _one_of_them(token: Token) -> Token:
    if token.kind is not K.SAME:
        return token
    head = _head_of(token)
    return Token(K.NOUN, head, "one") if head else Token(K.FILL, token.text)


def _again(clause: Clause) -> bool:
    """ "another one": like the one before."""
    return all(t.value == "again" for t in clause.body if t.kind in HEADS) and clause.heads == 1


def alike(clause: Clause, scene: Scene) -> VmDraft:
    """ "the same again but with 8 GB", "another one like web"."""
    model = _model(clause, scene)
    body = tuple(
        Token(K.FILL, t.text)
        if t.kind in (K.SAME, K.LIKE, K.PRONOUN, K.CREATED, K.BUT) or _names_model(t, model)
        else replace(t, kind=K.COUNT)
        if t.kind is K.NUMBER and _counts(clause.body, i)
        else t
        for i, t in enumerate(clause.body)
        if t.kind not in HEADS
    )
    return Item(body, scene.japanese).build(model)


def _counts(body: Tokens, i: int) -> bool:
    """ "two more of the same", "two servers like mail"."""
    following = next((t.kind for t in body[i + 1 :] if t.kind not in (K.FILL, K.DET)), None)
    return following in HEADS or following in (K.SAME, K.LIKE)


def _names_model(token: Token, model: Selector) -> bool:
    return token.kind is K.NAME and token.low in model.names


def _model(clause: Clause, scene: Scene) -> Selector:
    """Whose template and sizes are copied."""
    names = [t.low for i, t in enumerate(clause.body) if t.kind is K.NAME and _is_model(clause, i)]
    if not scene.vms:
        raise Ask("no_vms")
    if names:
        if len(names) > 1 or names[0] not in scene.known:
            raise Ask("unknown_vm", name=names[0], names=scene.names)
        return Selector(which="named", names=(names[0],))
    if scene.wanted:
        raise Ask("one_by_one")
    same = [t.value for t in clause.body if t.kind is K.SAME]
    if same and set(same) == {"more"} and not scene.made_last:
        raise Ask("which_kind")
    created = next((str(t.value) for t in clause.body if t.kind is K.CREATED), None)
    if scene.mentioned and len(scene.mentioned) == 1 and created is None:
        return Selector(which="named", names=scene.mentioned)
    if created is not None and created.partition(" ")[0] != "1":
        raise Ask("which_vm", names=scene.names)
    if created is not None or not scene.spoken_of:
        _only_if_said(clause, scene, created)
        return Selector(which="last_created")
    return Selector(which="last_mentioned")


def _only_if_said(clause: Clause, scene: Scene, created: str | None) -> None:
    """ "another one" out of the blue is like nothing."""
    if created is None and not scene.turns and not clause.has(K.SAME):
        raise Ask("which_kind")


def _is_model(clause: Clause, i: int) -> bool:
    """A name that stands by "like", not behind "called"."""
    before = clause.body[i - 1].kind if i else None
    return before is not K.NAMED and clause.has(K.LIKE)


def _no_kind(clause: Clause) -> Ask:
    """The unknown word is more helpful than the bare question: "create a sauna"."""
    unknown = [t for t in clause.body if t.kind in (K.WORD, K.UNKNOWN)]
    return not_understood(unknown) if unknown else Ask("which_kind")


_ANOTHER = frozenset({"another", "one more", "yet another", "a second"})
#: "my web server has 4 GB" says how it is.
_DESCRIBES = frozenset({"the", "my", "our", "your", "has", "have", "ある", "持っている", "今ある"})
_DESCRIBES |= {
    "所有している",
    "いまある",
    "がある",
    "でいい",
    "でいいです",
    "で十分",
    "で十分です",
    "でいいよ",
}


_FRESH = frozenset({"new", "a new", "another", "one more", "one new", "a fresh", "a brand new"})


def is_wish_without_verb(clause: Clause) -> bool:
    """ "a web server called hello" is a wish; a bare "web server" is only a word."""
    named = clause.has(*_ATTRIBUTE, K.PLEASE, K.QUOTE)
    if clause.has(K.SAME):
        again = any(t.kind is K.SAME and t.value in ("again", "more") for t in clause.body)
        return again or clause.has(K.COUNT, K.NUMBER, K.PLEASE)
    if clause.has(K.LIKE):
        another = any(t.low in _ANOTHER for t in clause.body)
        return _again(clause) or another or clause.has(K.COUNT, K.PLEASE)
    if clause.heads == 1 and clause.body[0].low in _FRESH and len(clause.body) == 2:
        return clause.body[1].kind in HEADS  # "new web server"
    described = any(t.low in _DESCRIBES for t in clause.body) and not clause.has(K.PLEASE)
    return bool(clause.heads) and not described and (named or _again(clause))


def _pieces_english(body: Tokens) -> list[Tokens]:
    cuts = [i for i in range(1, len(body)) if body[i].kind in _JOINS and _begins(body, i)]
    edges = [0, *cuts, len(body)]
    return [body[a:b] for a, b in pairwise(edges)]


def _begins(body: Tokens, i: int) -> bool:
    """Whether a new noun phrase begins behind this "and": an article or number, then a kind."""
    if body[i - 1].kind in _JOINS or not any(t.kind in HEADS for t in body[:i]):
        return False
    at = i + 1
    counted = False
    while at < len(body) and body[at].kind in _SKIP:
        counted = counted or body[at].kind in (K.DET, K.NUMBER)
        at += 1
    named = any(t.kind is K.NAME for t in body[:i])
    if at >= len(body) or body[at].kind not in HEADS:
        return False
    return counted or named or body[at].value == "again"


def _pieces_japanese(body: Tokens) -> list[Tokens]:
    """Cut at と and 、; with several kinds in one clause every part must say its own."""
    pieces: list[Tokens] = []
    start = 0
    for i in range(len(body) + 1):
        if i == len(body) or body[i].kind in _JOINS:
            pieces.append(body[start:i])
            start = i + 1
    idle = {K.FILL, K.PLEASE, K.TAIL, K.JOSHI}
    pieces = [piece for piece in pieces if any(t.kind not in idle for t in piece)]
    headed = [piece for piece in pieces if any(t.kind in HEADS for t in piece)]
    if len(headed) == 1:
        return [body]
    if len(headed) < len(pieces):
        return _listed(body)
    return pieces


_AND_ALSO = ("それと", "あと", "それに", "および", "ならびに", "加えて")


def _listed(body: Tokens) -> list[Tokens]:
    """webサーバーを1台、名前はa、それとサーバーを1台、名前はb: cut where the next one surely begins."""
    cuts = [i for i, t in enumerate(body) if t.kind is K.AND and t.text in _AND_ALSO]
    pieces = [body[a:b] for a, b in pairwise([0, *cuts, len(body)])]
    if any(sum(t.kind in HEADS for t in piece) != 1 for piece in pieces):
        raise Ask("one_by_one")
    return pieces


_UNDER_WAY = frozenset({"up and running", "running", "going", "up and going", "online"})


def without_up(clause: Clause) -> Clause:
    """ "get me a web server up and running"."""
    body = tuple(t for t in clause.body if t.low not in _UNDER_WAY)
    return replace(clause, body=body)
