"""What was said before: loaded for the planner, kept after every planning, never another user's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from fuyajo.domain.context import Turn
from fuyajo.domain.machine import Machine
from fuyajo.domain.references import Named

if TYPE_CHECKING:
    from fuyajo.domain.plan import Plan, PlannerNote
    from fuyajo.service.context import Actor
    from fuyajo.store.conversations import ConversationStore, Exchange
    from fuyajo.store.home import Home

SILENCE = timedelta(hours=1)
# The clock that dates a machine may be another host's.
CLOCKS_APART = timedelta(minutes=1)


class Memory(Protocol):
    """Where one conversation is kept; only what an actor may see comes out of it."""

    def load(self) -> tuple[Exchange, ...]:
        """The last turns, the oldest first."""

    def keep(self, turns: tuple[Exchange, ...]) -> None:
        """What `load` found (or the end of it, or nothing of it), as it is now, and one turn more."""

    def forget(self) -> None:
        """Start afresh."""


class Talk:
    """One conversation of one actor; without an id or a memory it is nowhere but here."""

    def __init__(
        self,
        actor: Actor,
        talk_id: str | None = None,
        *,
        fresh: bool = False,
        memory: Memory | None = None,
    ) -> None:
        self.actor = actor
        self.id = talk_id
        self._memory: Memory = memory or (
            _Here() if talk_id is None else _File(actor.home, actor.user, talk_id)
        )
        if fresh:
            self.forget()

    def forget(self) -> None:
        """Start afresh."""
        self._memory.forget()

    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything since the last silence of an hour."""
        found = self._memory.load()
        if found and datetime.now(UTC) - found[-1].at > SILENCE:
            return ()
        return found

    @property
    def tainted(self) -> bool:
        """Whether an earlier answer comes from what a guest wrote: it is read again for the next."""
        return any(one.planner is not None and one.planner.guest_text for one in self.exchanges())

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
        from fuyajo.store.conversations import MAX_TURNS, Exchange

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
        turns = (*(settled(exchange, own) for exchange in self.exchanges()), new)
        self._memory.keep(turns[-MAX_TURNS:])


class _Here:
    """Gone with the process."""

    def __init__(self) -> None:
        self._turns: tuple[Exchange, ...] = ()

    def load(self) -> tuple[Exchange, ...]:
        return self._turns

    def keep(self, turns: tuple[Exchange, ...]) -> None:
        self._turns = turns

    def forget(self) -> None:
        self._turns = ()


class _File:
    """Kept for the next command."""

    def __init__(self, home: Home, owner: str, talk_id: str) -> None:
        self._home, self._owner, self._id = home, owner, talk_id

    def load(self) -> tuple[Exchange, ...]:
        kept = self._store.load(self._owner, self._id)
        return kept.turns if kept else ()

    def keep(self, turns: tuple[Exchange, ...]) -> None:
        from fuyajo.store.conversations import Conversation

        self._store.save(Conversation(id=self._id, owner=self._owner, turns=turns))

    def forget(self) -> None:
        self._store.forget(self._owner, self._id)

    @property
    def _store(self) -> ConversationStore:
        from fuyajo.store.conversations import ConversationStore  # a plan without a talk needs none

        return ConversationStore(self._home)


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
