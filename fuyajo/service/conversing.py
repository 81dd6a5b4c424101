"""What was said before: loaded for the planner, kept after every planning, never another user's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fuyajo.domain.context import Turn
from fuyajo.domain.machine import Machine
from fuyajo.domain.references import Named

if TYPE_CHECKING:
    from fuyajo.domain.plan import Plan, PlannerNote
    from fuyajo.service.context import Actor
    from fuyajo.store.conversations import ConversationStore, Exchange

SILENCE = timedelta(hours=1)
# The clock that dates a machine may be another host's.
CLOCKS_APART = timedelta(minutes=1)


class Talk:
    """One conversation of one actor; without an id it is nowhere but here."""

    def __init__(self, actor: Actor, talk_id: str | None = None, *, fresh: bool = False) -> None:
        self.actor = actor
        self.id = talk_id
        self._here: tuple[Exchange, ...] = ()
        if fresh:
            self.forget()

    def forget(self) -> None:
        """Start afresh."""
        self._here = ()
        if self.id is not None:
            self._store.forget(self.actor.user, self.id)

    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything since the last silence of an hour."""
        found = self._here if self.id is None else self._kept()
        if found and datetime.now(UTC) - found[-1].at > SILENCE:
            return ()
        return found

    def _kept(self) -> tuple[Exchange, ...]:
        kept = self._store.load(self.actor.user, self.id or "")
        return kept.turns if kept else ()

    def turns(self, own: Mapping[str, Machine]) -> tuple[Turn, ...]:
        """The turns as references may mean them: only machines that are there, and are still the same."""
        return tuple(turn(exchange, own) for exchange in self.exchanges())

    def add(
        self,
        words: str,
        reply: str,
        own: Mapping[str, Machine],
        note: PlannerNote | None = None,
        plan: Plan | None = None,
    ) -> None:
        """Keep one more turn."""
        from fuyajo.store.conversations import MAX_TURNS, Conversation, Exchange

        made, touched = about(plan, own)
        new = Exchange(
            at=datetime.now(UTC),
            user=words,
            reply=reply,
            planner=note,
            plan=plan.id if plan else None,
            made=made,
            touched=touched,
        )
        turns = (*(settled(exchange, own) for exchange in self.exchanges()), new)[-MAX_TURNS:]
        self._here = turns
        if self.id is not None:
            self._store.save(Conversation(id=self.id, owner=self.actor.user, turns=turns))

    @property
    def _store(self) -> ConversationStore:
        from fuyajo.store.conversations import ConversationStore  # a plan without a talk needs none

        return ConversationStore(self.actor.home)


def about(
    plan: Plan | None, own: Mapping[str, Machine]
) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The VMs that a plan would make, and those that it is about besides."""
    changes = [c for c in plan.changes if c.object == "vm"] if plan else []
    made = tuple(Named(name=c.name, uuid=c.uuid or "") for c in changes if c.action == "create")
    touched = tuple(
        Named(name=c.name, uuid=c.uuid or (own[c.name].uuid if c.name in own else ""))
        for c in changes
        if c.action != "create"
    )
    return made, touched


def turn(exchange: Exchange, own: Mapping[str, Machine]) -> Turn:
    """The exchange as a planner and the references may read it."""
    made = [n.name for n in exchange.made if _made(n, exchange.at, own.get(n.name))]
    touched = [n.name for n in exchange.touched if _same(n, own.get(n.name))]
    return Turn(
        user=exchange.user,
        reply=exchange.reply,
        made=tuple(made),
        touched=tuple(touched),
        unmade=tuple(n.name for n in exchange.made if n.name not in made),
        gone=tuple(n.name for n in exchange.touched if n.name not in touched),
    )


def settled(exchange: Exchange, own: Mapping[str, Machine]) -> Exchange:
    """With the UUIDs of what has been made meanwhile: a later namesake is another machine."""
    if all(named.uuid for named in exchange.made):
        return exchange
    made = tuple(
        Named(name=n.name, uuid=own[n.name].uuid)
        if not n.uuid and _made(n, exchange.at, own.get(n.name))
        else n
        for n in exchange.made
    )
    return exchange._replace(made=made)


def _same(named: Named, machine: Machine | None) -> bool:
    return machine is not None and machine.uuid == named.uuid


def _made(named: Named, planned: datetime, machine: Machine | None) -> bool:
    """Whether this machine is what was planned then, not an older or later one of that name."""
    if machine is None or machine.uuid == named.uuid:
        return machine is not None
    return not named.uuid and _since(machine.created, planned)


def _since(created: str | None, planned: datetime) -> bool:
    """Of unknown age: nothing speaks against it."""
    try:
        moment = datetime.fromisoformat(created or "")
    except ValueError:
        return True
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment >= planned - CLOCKS_APART
