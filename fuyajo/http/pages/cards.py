"""A plan as a card: what `_plan_card.html` prints, on the plan's own page and inside conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fuyajo.domain.graph import graph_of
from fuyajo.domain.plan import Change, Effect, FieldChange, Plan
from fuyajo.domain.rewriting import request_of
from fuyajo.domain.texts import Lang, known, text
from fuyajo.service.context import Actor
from fuyajo.service.reviewing import Looks, Review, review
from fuyajo.views import plan as views
from fuyajo.views.host import where_lines
from fuyajo.views.policy import decision_lines
from fuyajo.views.references import reference_lines

#: More machines than these are folded: their names and effects stay in sight.
UNFOLDED = 6
TONES: dict[Effect, str] = {
    "none": "good",
    "live": "good",
    "restart": "warn",
    "stop": "warn",
    "destroy": "bad",
}
#: Fields whose values the form that changes a plan has words for.
CHOICES = ("state", "mode", "ready")
STATES = {
    "open": "good",
    "nothing": "",
    "running": "good",
    "done": "good",
    "refused": "bad",
    "rejected": "bad",
    "failed": "bad",
}
RISKS = {"read": "", "start": "good", "change": "warn", "delete": "warn", "destroy": "bad"}


@dataclass(frozen=True)
class Value:
    """One value; `before` or `after` is empty for what comes or goes. `note` is its effect on a machine.

    `when`: it is a time (UTC, ISO 8601).
    """

    label: str
    before: str
    after: str
    note: str
    tone: str
    why: str
    when: bool

    @property
    def moves(self) -> bool:
        return bool(self.before and self.after)

    @staticmethod
    def timed(said: str) -> bool:
        return _is_time(said)


@dataclass(frozen=True)
class Item:
    """One object of a plan, in words; `tone` is a colour that says nothing alone."""

    change: Change
    mark: str
    effect: str
    tone: str
    why: str
    values: tuple[Value, ...]
    then: str
    undo: str
    there: str


@dataclass(frozen=True)
class Step:
    """One change in the order of the plan: its turn, and the names of what it waits for."""

    turn: int
    mark: str
    change: Change
    after: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """`level` is that of its heading; `review` says what may be done."""

    review: Review
    level: int
    items: tuple[Item, ...]
    steps: tuple[Step, ...]
    risk: str
    risk_tone: str
    state_tone: str
    summary: str
    references: tuple[str, ...]
    where: tuple[str, ...]
    needs: tuple[str, ...]
    consequences: tuple[str, ...]

    @property
    def plan(self) -> Plan:
        return self.review.plan

    @property
    def query(self) -> str:
        """What addresses of somebody else's plan carry."""
        return "" if self.review.mine else f"?owner={self.plan.owner}"

    @property
    def changeable(self) -> bool:
        return self.review.mine and request_of(self.plan.spec) is not None

    @property
    def drawn(self) -> bool:
        """Whether a picture says more than the list."""
        return len(self.items) > 1

    @property
    def folded(self) -> bool:
        return len(self.items) > UNFOLDED


def card(
    actor: Actor, plan: Plan, lang: Lang, looks: Looks | None = None, *, level: int = 2
) -> Card:
    """Of a plan that this actor may look at; with `looks` several cards cost one look at the host.

    The template takes it as `card`; of several on a page each gets its own by `{% with %}`.
    """
    found = review(actor, plan, looks)
    kind = views.risk_kind(plan)
    return Card(
        review=found,
        level=level,
        items=tuple(_item(change, lang) for change in plan.changes),
        steps=_steps(plan),
        risk=text(f"ui.risk.{kind}", lang),
        risk_tone=RISKS[kind],
        state_tone=state_tone(found),
        summary=f"{views.summary(plan, lang)}{views.undo_summary(plan, lang)}",
        references=tuple(line.strip() for line in reference_lines(plan.references, lang)),
        where=tuple(where_lines(plan, lang)),
        needs=tuple(decision_lines(found.decision, lang)),
        consequences=tuple(views.consequences(plan, lang)),
    )


def state_tone(found: Review) -> str:
    """A class for a badge whose words say the same."""
    return STATES.get(found.state, "warn")


def _item(change: Change, lang: Lang) -> Item:
    values = tuple(_value(field, change, lang) for field in change.fields)
    told = {value.why for value in values}
    why = text(f"why.{change.why}", lang) if change.why else ""
    return Item(
        change=change,
        mark=views.MARKS[change.action],
        effect=views.effect_word(change.effect, change.why, lang),
        tone=TONES[change.effect],
        why="" if why in told else why,
        values=() if change.action == "noop" else values,
        then=views.steps_of(change, lang),
        undo=views.undo_words(change, lang),
        there=views.there_words(change, lang),
    )


def _value(field: FieldChange, change: Change, lang: Lang) -> Value:
    before, after = (
        ""
        if value is None
        else _word(field.path, value, lang) or views.field_value(field.path, value, lang)
        for value in (field.before, field.after)
    )
    moves = field.before is not None and field.after is not None
    return Value(
        label=views.field_label(field.path, lang),
        before=before,
        after=after,
        note=views.effect_word(field.effect, field.why, lang)
        if moves
        else views.ports_note(field, change, lang),
        tone=TONES[field.effect] if moves and field.effect != "none" else "",
        why=text(f"why.{field.why}", lang) if moves and field.why else "",
        when=not moves and _is_time(after or before),
    )


def _word(path: str, value: object, lang: Lang) -> str:
    """Ours for a value that is one of a few, else none."""
    key = f"page.plan.choice.{value}"
    return text(key, lang) if path in CHOICES and known(key) else ""


def _is_time(said: str) -> bool:
    """Of those that libvirt and we write. A date alone is somebody's text."""
    try:
        return "T" in said and datetime.fromisoformat(said).tzinfo is not None
    except ValueError:
        return False


def _steps(plan: Plan) -> tuple[Step, ...]:
    graph = graph_of(plan)
    return tuple(
        Step(
            turn,
            views.MARKS[graph.nodes[node].action],
            graph.nodes[node],
            tuple(graph.nodes[edge.source].name for edge in graph.edges if edge.target == node),
        )
        for turn, rank in enumerate(graph.ranks, 1)
        for node in rank
    )
