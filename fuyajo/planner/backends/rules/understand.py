"""Text → drafts, or an `Ask`. The order of the steps is the order of caution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fuyajo.domain.context import Turn
from fuyajo.planner.backends.rules import negation, restraint_en, words_en
from fuyajo.planner.backends.rules.asides import Heard, without_asides
from fuyajo.planner.backends.rules.asides_en import without_statements
from fuyajo.planner.backends.rules.brand_new import is_new, starts_new
from fuyajo.planner.backends.rules.clauses import names_other, split
from fuyajo.planner.backends.rules.confirmed_en import without_confirmation
from fuyajo.planner.backends.rules.consistent import require_consistent
from fuyajo.planner.backends.rules.creations import is_wish_without_verb, parse_creation, without_up
from fuyajo.planner.backends.rules.drafts import Clause, OpDraft, VmDraft
from fuyajo.planner.backends.rules.items import not_understood
from fuyajo.planner.backends.rules.marks import settle
from fuyajo.planner.backends.rules.moods import foreign, friendly, objection, social
from fuyajo.planner.backends.rules.names import joined, mark_known, stumbled_over
from fuyajo.planner.backends.rules.normalise import is_japanese
from fuyajo.planner.backends.rules.operations import merged, parse_operation
from fuyajo.planner.backends.rules.plain import plain_text
from fuyajo.planner.backends.rules.scan import scan
from fuyajo.planner.backends.rules.scene import Scene, Vms
from fuyajo.planner.backends.rules.shapes_en import in_order
from fuyajo.planner.backends.rules.snapshots import parse_snapshot, snapshot_op
from fuyajo.planner.backends.rules.tokens import VERBS, Ask, K, Token, Tokens
from fuyajo.planner.backends.rules.typos import corrected

#: After one of these another word order may still understand the same words.
_ORDER_MATTERS = frozenset(
    {"not_understood", "unknown_vm", "which_vm", "which_kind", "only_noun", "empty", "one_by_one"}
) | {"maybe_name", "how_much", "vague", "schedule", "no_vms"}


@dataclass(frozen=True)
class Wish:
    """What is wanted, and how well it was understood (0 to 1)."""

    wanted: list[VmDraft]
    operations: list[OpDraft]
    sure: float = 1.0
    clauses: int = 1
    mixed: bool = False
    in_context: bool = False


def understand(text: str, vms: Vms, turns: tuple[Turn, ...] = ()) -> Wish:
    """What the wish wants; raises `Ask` for everything that is not certain."""
    try:
        return understood(text, vms, turns)
    except Ask as ask:
        if is_japanese(text):
            raise
        from fuyajo.planner.backends.rules import reworded_en  # with the first text that needs it

        if wish := reworded_en.wish(text, vms, turns, ask.key):
            return wish
        raise


def understood(text: str, vms: Vms, turns: tuple[Turn, ...] = ()) -> Wish:
    """The same in its own turns of phrase."""
    plain = plain_text(text)
    names = frozenset(vm.name for vm in vms)
    words, changed = corrected(joined(plain, names), names)
    sure = 0.9 if changed else 1.0
    japanese = is_japanese(words)
    _require_meant(words, japanese)
    try:
        scene = Scene(vms, turns, japanese)
        return _whole(words, _read_twice(words, scene, sure), scene)
    except Ask as ask:
        if wish := _said_again(words, Scene(vms, turns, japanese), ask.key):
            return wish
        if not japanese and (
            wish := _by_residue((plain, words), Scene(vms, turns, False), ask.key)
        ):
            return wish
        if not japanese or ask.key not in _ORDER_MATTERS or not words_en.occur_in(words):
            raise
        try:
            return _read_twice(words, Scene(vms, turns, False), sure)
        except Ask:
            raise ask from None


def _require_meant(words: str, japanese: bool) -> None:
    if not japanese:
        return restraint_en.require_meant(words)
    from fuyajo.planner.backends.rules import restraint_ja  # with the first text that needs it

    return restraint_ja.require_meant(words)


def _said_again(words: str, scene: Scene, asked: str) -> Wish | None:
    """What was not understood in its own words may be in plainer ones."""
    for plain, never in _in_plainer_words(words, scene, asked):
        if asked in never:
            break
        try:
            again = Scene(scene.vms, scene.turns, scene.japanese)
            return _whole(words, _read_twice(plain, again, 0.8), scene)
        except Ask as ask:
            asked = ask.key
    from fuyajo.planner.backends.rules import orders_en  # with the first text that needs it

    return None if scene.japanese else orders_en.left_over(words, scene, asked)


def _whole(words: str, wish: Wish, scene: Scene) -> Wish:
    """The wish, when every size that was said of new machines is in it, and they are needed."""
    if scene.japanese:
        from fuyajo.planner.backends.rules import needless_ja  # with the first text in it

        needless_ja.require_needed(words, wish.wanted, wish.operations, scene)
    elif wish.wanted:
        from fuyajo.planner.backends.rules import left_sizes_en  # with the first creation

        left_sizes_en.require_used(words, wish.wanted, wish.operations)
    return wish


def _by_residue(texts: tuple[str, str], scene: Scene, asked: str) -> Wish | None:
    """A creation, when all that is left over beside it is harmless."""
    from fuyajo.planner.backends.rules import (  # with the first text that needs it
        left_sizes_en,
        residue_en,
    )

    plain = residue_en.said_by_residue(residue_en.well_mended(*texts), scene.vms, asked)
    try:
        wish = _read_twice(plain, Scene(scene.vms, scene.turns, False), 0.7) if plain else None
        return wish and left_sizes_en.named(texts[1], wish)
    except Ask:
        return None


def _in_plainer_words(words: str, scene: Scene, asked: str) -> Iterable[tuple[str, frozenset[str]]]:
    """Both are loaded with the first text that needs them."""
    if not scene.japanese:
        from fuyajo.planner.backends.rules import again_en

        return again_en.said_plainly(words, scene.vms, asked)
    from fuyajo.planner.backends.rules import again_ja

    said = again_ja.said_plainly(words, scene.vms, asked)
    return ((plain, frozenset[str]()) for plain in said)


def _read_twice(words: str, scene: Scene, sure: float) -> Wish:
    """ "give hello 4 GB" of somebody who has a VM called hello: what stopped the first reading was a name."""
    try:
        return read(words, scene, sure)
    except Ask as ask:
        again_read = tokens_of(words, scene) if ask.key in ("which_vm", "schedule") else ()
        surely = stumbled_over(ask, again_read, scene)
        if not surely:
            raise
        again = Scene(scene.vms, scene.turns, scene.japanese, surely=surely)
        try:
            return read(words, again, sure)
        except Ask:
            raise ask from None


def tokens_of(words: str, scene: Scene) -> Tokens:
    """Every word by its meaning, own VMs marked."""
    names = frozenset(scene.known)
    if not scene.japanese:
        marked = mark_known(scan(words, japanese=False), names, False, scene.surely)
        return settle(marked, japanese=False)
    from fuyajo.planner.backends.rules import marks_ja, slots_ja  # with the first text in it

    plain = slots_ja.flat(words, names)
    marked = mark_known(scan(plain, japanese=True), names, True, scene.surely)
    found = settle(marked, japanese=True)
    return marks_ja.settle(found, scene)


def _short_order(clause: Clause, scene: Scene) -> bool:
    if not scene.japanese:
        return False
    from fuyajo.planner.backends.rules import slots_ja

    return slots_ja.short(clause.body)


def read(words: str, scene: Scene, sure: float = 1.0) -> Wish:
    tokens = tokens_of(words, scene)
    said = social(tokens)
    if said:
        raise Ask(said)
    injected = foreign(tokens)
    if injected:
        raise injected
    kind_words = friendly(tokens)
    if kind_words:
        raise Ask(kind_words)
    heard = heard_in(tokens, scene)
    against = objection(heard.tokens)
    if against:
        raise against
    clauses = split(heard.tokens, scene.japanese)
    for clause in clauses:
        _read(clause, scene)
    wanted, operations = negation.settle(scene)
    same = [_by_name(draft) for draft in operations]
    operations = merged([d for i, d in enumerate(operations) if same[i] not in same[:i]])
    require_consistent(wanted, operations, scene)
    positive = sum(not c.no and c.verb is not None and c.verb.kind is not K.KEEP for c in clauses)
    mixed = is_japanese(words) and any(_english_word(t) for t in tokens)
    return Wish(wanted, operations, min(sure, 0.8) if heard.skipped else sure, positive, mixed)


def _by_name(draft: OpDraft) -> OpDraft:
    """ "my stopped VM" and "it" may be one VM."""
    only = draft.select.names if draft.select and draft.select.which == "named" else ()
    return replace(draft, vm=only[0], select=None) if len(only) == 1 else draft


def heard_in(tokens: Tokens, scene: Scene) -> Heard:
    """What is wanted, verbs first, without the words beside it."""
    if scene.japanese:
        from fuyajo.planner.backends.rules import asides_ja  # with the first text in it

        plain = asides_ja.without(tokens)
    else:
        wished = without_confirmation(tokens, scene.known)
        plain = without_statements(in_order(wished, scene.known))
    heard = without_asides(plain.tokens)
    return Heard(heard.tokens, heard.skipped or plain.skipped)


def _english_word(token: Token) -> bool:
    kinds = VERBS | {K.PLEASE, K.SHOULD, K.WITH, K.NOUN, K.TEMPLATE, K.THANKS, K.SNAPSHOT, K.KEEP}
    ascii_word = token.text.isascii() and token.text.isalpha() and token.low not in ("vm", "nginx")
    return ascii_word and token.kind in kinds


def _read(clause: Clause, scene: Scene) -> None:
    """One clause into the scene."""
    verb = clause.verb
    if verb is None and clause.has(K.REMARK):
        negation.remark(clause, scene)
    elif verb is not None and verb.kind is K.KEEP and not clause.has(K.SNAPSHOT):
        negation.keep(clause, scene)
    elif clause.no:
        negation.refuse(clause, _refused_op(clause, scene), scene)
    else:
        _order(clause, scene)


def _refused_op(clause: Clause, scene: Scene) -> str | None:
    if clause.verb is None:
        return None
    if clause.verb.kind in (K.TAKE, K.SNAPSHOT):
        return "snapshot"
    return _operation(clause, scene) or "create"


def _order(clause: Clause, scene: Scene) -> None:
    verb = clause.verb
    of_snapshot = snapshot_op(clause)
    op = None if of_snapshot else _operation(clause, scene)
    if op in ("revert", "snapshot"):
        of_snapshot = op
    if of_snapshot:
        if clause.has(K.NAME) or not scene.wanted:
            scene.operations += parse_snapshot(of_snapshot, clause, scene)
            return
        raise Ask("one_by_one")
    if op is not None:
        if scene.wanted and _only_starts_it(op, clause):
            return
        if scene.wanted and _stays_off(op, clause):
            scene.stays_off = True
            return
        scene.operations += parse_operation(op, _body(clause), scene)
    elif verb is not None and verb.kind is K.LIST:
        raise Ask("one_by_one")
    elif verb is None and _gives_size(clause, scene):
        scene.operations += parse_operation("resize", clause.body, scene)
    elif (verb is not None and verb.kind is not K.TAKE) or is_wish_without_verb(clause):
        clause = without_up(clause)
        _no_second_verb(clause)
        scene.wanted += parse_creation(clause, scene)
    else:
        raise _unclear(clause)


def _gives_size(clause: Clause, scene: Scene) -> bool:
    """ "4 GB of memory for web, please", webのメモリを4GBに."""
    own = bool(clause.names) and all(name in scene.known for name in clause.names)
    asked = clause.has(K.PLEASE) or clause.body[-1].text in ("に", "へ")
    asked = asked or _short_order(clause, scene)
    named = clause.has(K.NAMED, K.NAMED_AFTER, K.LIKE, K.SAME)
    return own and asked and not named and clause.has(K.SIZE, K.NUMBER) and not clause.heads


def _operation(clause: Clause, scene: Scene) -> str | None:
    """The operation that the verb means here, or None when it wants something new."""
    verb = clause.verb
    if verb is None:
        return None
    if verb.kind is K.OP:
        return None if starts_new(clause) else _turned(clause, str(verb.value))
    if verb.kind is K.WANT and _wants_size(clause, scene):
        return "resize"
    if verb.kind in (K.SPLIT, K.TAKE):
        return _split_operation(clause)
    if verb.kind is not K.AMBIGUOUS or not _about_known(clause, scene):
        return None
    return {"make": "resize", "run": "start", "add": "relative"}[str(verb.value)]


def _wants_size(clause: Clause, scene: Scene) -> bool:
    """ "I want 4 GB of RAM for web"."""
    own = bool(clause.names) and all(name in scene.known for name in clause.names)
    named = clause.has(K.NAMED, K.NAMED_AFTER, K.LIKE, K.SAME)
    return own and clause.has(K.SIZE, K.NUMBER) and not clause.heads and not named


def _turned(clause: Clause, op: str) -> str:
    """ "set web back to nightly" goes back; "turn it off and on again" restarts."""
    sized = clause.has(K.SIZE, K.NUMBER)
    if op == "resize" and not sized and any(t.value == "back" for t in clause.body):
        return "revert"
    if any(t.kind is K.PARTICLE and t.value == "again" for t in clause.body):
        return "restart"
    return op


def _split_operation(clause: Clause) -> str | None:
    verb = clause.verb
    assert verb is not None
    if verb.value == "get" and clause.heads and not names_other(clause.body) and is_new(clause):
        return None
    ends = [str(t.value) for t in clause.body if t.kind is K.PARTICLE]
    if verb.value == "get" and any(t.value == "running" for t in clause.body if t.kind is K.STATE):
        ends.append("running")
    if not ends and (verb.kind is K.TAKE or verb.value in ("get",)):
        if verb.kind is K.TAKE:
            return None
        raise not_understood([verb, *clause.body])
    if len(ends) > 1:
        ends = [end for end in ends if end != "back"]
    found = words_en.SPLIT_OPS.get((str(verb.value or "take"), ends[0])) if len(ends) == 1 else None
    if found is None:
        raise not_understood([verb, *clause.body])
    if found == "revert" and not any(t.low == "to" or t.kind is K.SNAPSHOT for t in clause.body):
        return "start" if verb.value == "bring" else found
    return found


def _about_known(clause: Clause, scene: Scene) -> bool:
    named = any(t.kind is K.NAME and t.low in scene.known for t in clause.body)
    if clause.has(K.SAME, K.LIKE):
        return False
    return named or (clause.has(K.PRONOUN, K.CREATED) and not clause.heads)


def _body(clause: Clause) -> Tokens:
    verb = clause.verb
    if verb is None or verb.kind not in (K.SPLIT, K.TAKE, K.OP):
        return clause.body
    gone = {K.PARTICLE} | ({K.STATE} if verb.value == "get" else set())
    if verb.kind is K.OP and not any(t.value == "again" for t in clause.body):
        return clause.body
    return tuple(t for t in clause.body if t.kind not in gone)


def _only_starts_it(op: str, clause: Clause) -> bool:
    """ "create … and start it": a new VM starts anyway."""
    return op == "start" and all(
        t.kind in (K.PRONOUN, K.PLEASE, K.FILL, K.JOSHI, K.COMMA, K.PARTICLE) for t in clause.body
    )


def _stays_off(op: str, clause: Clause) -> bool:
    """VMを作って。電源は切っておいて."""
    verb = clause.verb.text if clause.verb else ""
    return op == "stop" and not clause.body and verb.startswith(("電源", "オフ"))


def _no_second_verb(clause: Clause) -> None:
    second = [t for t in clause.body if t.kind in VERBS or t.kind in (K.LIST, K.ALL, K.SOME)]
    like = clause.has(K.SAME, K.LIKE)
    second += [t for t in clause.body if t.kind in (K.PRONOUN, K.CREATED) and not like]
    if second:
        raise not_understood(second)


def _unclear(clause: Clause) -> Ask:
    if clause.heads:
        return Ask("only_noun")
    left = [t for t in clause.body if t.kind in (K.WORD, K.UNKNOWN, K.QUOTE)]
    return not_understood(left or list(clause.body))
