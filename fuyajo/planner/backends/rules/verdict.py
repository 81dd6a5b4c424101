"""The class of the gate that a wish belongs to, and how sure the rules are of their answer."""

from __future__ import annotations

from fuyajo.planner.backends.rules.drafts import OpDraft
from fuyajo.planner.backends.rules.tokens import Ask
from fuyajo.planner.backends.rules.understand import Wish

#: A question back, or a refusal: its class, and the confidence that nothing better could be said. A
#: stronger planner may do better where words were not understood.
_ASKED: dict[str, tuple[str | None, float]] = {
    "greeting": ("greeting", 1.0),
    "thanks": ("greeting", 1.0),
    "bye": ("greeting", 1.0),
    "smalltalk": ("smalltalk", 1.0),
    "empty": ("shape", 0.9),
    "too_long": ("shape", 0.9),
    "unsafe": ("shape", 0.9),
    "not_plain": ("shape", 0.9),
    "injection": ("injection", 0.9),
    "negation": ("smalltalk", 0.5),
    "hypothetical": ("smalltalk", 0.5),
    "past": ("smalltalk", 0.5),
    "schedule": ("impossible", 0.5),
    "unsupported": ("impossible", 0.5),
    "vague": ("underspecified", 0.5),
    "not_understood": (None, 0.3),
    "did_you_mean": (None, 0.5),
    "did_you_mean_vm": ("wrong-target", 0.7),
    "help": ("question", 0.9),
    "about": ("question", 0.6),
    "how_to": ("question", 0.6),
    "list": ("question", 0.9),
    "list_none": ("question", 0.9),
    "range_cpus": ("impossible", 0.9),
    "range_memory": ("impossible", 0.9),
    "range_disk": ("impossible", 0.9),
    "range_count": ("impossible", 0.9),
    "memory_small": ("impossible", 0.9),
    "no_variable": ("impossible", 0.8),
    "unknown_vm": ("wrong-target", 0.7),
    "name_exists": ("wrong-target", 0.9),
    "only_noun": ("underspecified", 0.5),
    "maybe_name": ("underspecified", 0.5),
    "one_by_one": ("multi", 0.4),
    "vm_twice": ("multi", 0.5),
}
_UNCLEAR = ("underspecified", 0.8)
_CLASSES = {"start": "power", "stop": "power", "restart": "power", "revert": "snapshot"}


def of_question(ask: Ask) -> tuple[str | None, float]:
    kind, sure = _ASKED.get(ask.key, _UNCLEAR)
    return ("question" if kind == "smalltalk" and ask.params.get("asks") else kind), sure


def of_wish(wish: Wish) -> tuple[str, float]:
    return _kind(wish), wish.sure


def _kind(wish: Wish) -> str:
    if wish.mixed:
        return "mixed"
    if (
        wish.in_context
        or any(_points(draft) for draft in wish.operations)
        or any(d.like for d in wish.wanted)
    ):
        return "context"
    kinds = {_CLASSES.get(draft.op, draft.op) for draft in wish.operations}
    if wish.wanted:
        kinds.add("create")
    several = len(wish.wanted) > 1 or len({(d.sizes, d.snapshot) for d in wish.operations}) > 1
    if len(kinds) > 1 or wish.clauses > 1 or several:
        return "multi"
    return kinds.pop()


def _points(draft: OpDraft) -> bool:
    select = draft.select
    if select is None or select.which == "named":
        return False
    return select.which != "all" or bool(select.without)
