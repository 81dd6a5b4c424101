"""Text → drafts, or an `Ask`. The order of the steps is the order of caution."""

from __future__ import annotations

from collections.abc import Sequence

from fuyajo.domain.request import MAX_VMS
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.planner.backends.rules import words_en
from fuyajo.planner.backends.rules.clauses import split
from fuyajo.planner.backends.rules.creations import is_wish_without_verb, parse_creation
from fuyajo.planner.backends.rules.drafts import Clause, OpDraft, VmDraft
from fuyajo.planner.backends.rules.items import not_understood
from fuyajo.planner.backends.rules.moods import objection, social
from fuyajo.planner.backends.rules.names import mark_known
from fuyajo.planner.backends.rules.normalise import is_japanese, normalise, too_long
from fuyajo.planner.backends.rules.operations import Vms, parse_operation
from fuyajo.planner.backends.rules.scan import scan
from fuyajo.planner.backends.rules.tokens import VERBS, Ask, K, Token

#: Code, markup and templates are not wishes; nothing is read out of them.
_MARKUP = frozenset("{}<>[]`$\\|^")
Drafts = tuple[list[VmDraft], list[OpDraft]]


def understand(text: str, vms: Vms) -> Drafts:
    """What the wish wants; raises `Ask` for everything that is not certain."""
    plain = _plain(text)
    japanese = is_japanese(plain)
    known = frozenset(v.name for v in vms)
    tokens = mark_known(scan(plain, japanese), known, japanese)
    said = social(tokens)
    if said:
        raise Ask(said)
    against = objection(tokens)
    if against:
        raise against
    wanted: list[VmDraft] = []
    operations: list[OpDraft] = []
    for clause in split(tokens, japanese):
        _read(clause, japanese, vms, wanted, operations)
    _consistent(wanted, operations, known)
    return wanted, operations


def _plain(text: str) -> str:
    if too_long(text):
        raise Ask("too_long")
    plain = normalise(text)
    if too_long(plain):
        raise Ask("too_long")
    if not plain:
        raise Ask("empty")
    if unsafe_reason(plain) == "jinja" or _MARKUP & set(plain):
        raise Ask("not_plain")
    if unsafe_reason(plain):
        raise Ask("unsafe")
    return plain


def _read(
    clause: Clause, japanese: bool, vms: Vms, wanted: list[VmDraft], operations: list[OpDraft]
) -> None:
    """One clause into the drafts."""
    verb = clause.verb
    op = _operation(clause, vms)
    if op is not None:
        if wanted and _only_starts_it(op, clause):
            return
        operations += parse_operation(op, _body(clause), vms)
    elif verb is not None and verb.kind is K.LIST:
        raise Ask("one_by_one")
    elif verb is not None or is_wish_without_verb(clause):
        _no_second_verb(clause)
        wanted += parse_creation(clause, japanese)
    else:
        raise _unclear(clause)


def _operation(clause: Clause, vms: Vms) -> str | None:
    """The operation that the verb means here, or None when it wants something new."""
    verb = clause.verb
    if verb is None:
        return None
    if verb.kind is K.OP:
        return str(verb.value)
    if verb.kind is K.SPLIT:
        ends = [str(t.value) for t in clause.body if t.kind is K.PARTICLE]
        found = words_en.SPLIT_OPS.get((str(verb.value), ends[0])) if len(ends) == 1 else None
        if found is None:
            raise not_understood([verb, *clause.body])
        return found
    if verb.kind is not K.AMBIGUOUS or not _about_known(clause, vms):
        return None
    return {"make": "resize", "run": "start", "add": "relative"}[str(verb.value)]


def _about_known(clause: Clause, vms: Vms) -> bool:
    known = {v.name for v in vms}
    named = any(t.kind is K.NAME and t.low in known for t in clause.body)
    return named or (clause.has(K.PRONOUN) and not clause.heads)


def _body(clause: Clause) -> tuple[Token, ...]:
    split_verb = clause.verb is not None and clause.verb.kind is K.SPLIT
    return tuple(t for t in clause.body if not (split_verb and t.kind is K.PARTICLE))


def _only_starts_it(op: str, clause: Clause) -> bool:
    """ "create … and start it": a new VM starts anyway."""
    return op == "start" and all(
        t.kind in (K.PRONOUN, K.PLEASE, K.FILL, K.JOSHI, K.COMMA) for t in clause.body
    )


def _no_second_verb(clause: Clause) -> None:
    second = [t for t in clause.body if t.kind in VERBS or t.kind in (K.LIST, K.PRONOUN, K.ALL)]
    if second:
        raise not_understood(second)


def _unclear(clause: Clause) -> Ask:
    if clause.heads:
        return Ask("only_noun")
    left = [t for t in clause.body if t.kind in (K.WORD, K.UNKNOWN, K.QUOTE)]
    return not_understood(left or list(clause.body))


def _consistent(wanted: list[VmDraft], operations: list[OpDraft], known: frozenset[str]) -> None:
    if not wanted and not operations:
        raise Ask("empty")
    _no_twice([draft.vm for draft in operations], "vm_twice")
    names = [name for draft in wanted for name in _expanded(draft)]
    _no_twice(names, "name_twice")
    taken = [name for name in names if name in known]
    if taken:
        raise Ask("name_exists", name=taken[0])
    if (
        sum(draft.count if draft.count > 1 else max(1, len(draft.names)) for draft in wanted)
        > MAX_VMS
    ):
        raise Ask("range_count", low=1, high=MAX_VMS)


def _expanded(draft: VmDraft) -> list[str]:
    """The names that will exist: web with count 3 is web-1 … web-3."""
    if len(draft.names) == 1 and draft.count > 1:
        return [f"{draft.names[0]}-{i}" for i in range(1, draft.count + 1)]
    return list(draft.names)


def _no_twice(names: Sequence[str], key: str) -> None:
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise Ask(key, name=twice)
