"""Conversations of users of the service: made, found, renamed, forgotten, remembered."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from fuyajo.domain.errors import Conflict, InvalidInput, Problem
from fuyajo.domain.ours import missing, ours
from fuyajo.domain.talks import MOST_TALKS, MOST_TURNS, TITLE_CHARS, Asked, Talk
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.planner.prompt import plain
from fuyajo.service.context import Actor
from fuyajo.store.conversations import MAX_CHARS, MAX_TURNS, Exchange
from fuyajo.store.talks import TalkStore

MOST_WORDS = 8  # of a search
PRUNED_AT_ONCE = 200


def new(actor: Actor, title: str = "") -> Talk:
    """Raises `InvalidInput` for a title that is none, `Conflict` when there are too many."""
    now = datetime.now(UTC)
    talk = Talk(f"c-{secrets.token_hex(8)}", actor.user, _title(title), now, now)
    if not TalkStore(actor.database).add(talk):
        raise Conflict(Problem("", "too_many_talks", {"limit": MOST_TALKS}))
    return talk


def get(actor: Actor, talk_id: str) -> Talk:
    """Raises `NotFound`."""
    return ours(actor.user, "conversation", talk_id, TalkStore(actor.database).get(talk_id))


def some(actor: Actor, words: str, limit: int, skip: int = 0) -> list[Talk]:
    """The newest, behind so many; with `words` only those in which each of them was said."""
    wanted = plain(words).split()[:MOST_WORDS]
    return TalkStore(actor.database).of(actor.user, wanted, limit, skip)


def rename(actor: Actor, talk_id: str, title: str) -> Talk:
    talk = get(actor, talk_id)._replace(title=_title(title))
    TalkStore(actor.database).rename(talk.id, talk.title)
    return talk


def remove(actor: Actor, talk_id: str) -> str:
    """Its id, once it is gone."""
    talk = get(actor, talk_id)
    TalkStore(actor.database).remove([talk.id])
    return talk.id


def _title(title: str) -> str:
    if len(title) > TITLE_CHARS:
        raise InvalidInput(Problem("title", "too_long", {"limit": TITLE_CHARS}))
    if unsafe_reason(title) == "control" or "\n" in title:
        raise InvalidInput(Problem("title", "control"))
    return title.strip()


def title_of(words: str) -> str:
    """What a conversation is called that nobody named: how it began."""
    line = " ".join(plain(words, len(words)).split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1] + "…"


def turns(actor: Actor, talk_id: str, after: int = 0, limit: int = MOST_TURNS) -> list[Asked]:
    """In their order."""
    talk = get(actor, talk_id)
    return _seen(actor, TalkStore(actor.database).turns(talk.id, after, limit))


def turn(actor: Actor, talk_id: str, number: int) -> Asked:
    """Raises `NotFound`."""
    talk = get(actor, talk_id)
    found = TalkStore(actor.database).turn(talk.id, number)
    if found is None:
        raise missing("turn", number)
    return _seen(actor, [found])[0]


def _seen(actor: Actor, turns: list[Asked]) -> list[Asked]:
    """As they are to be told. Whose lease ended is for the clock to say that all services share."""
    if all(turn.over for turn in turns):
        return turns
    now = actor.database.now()
    return [turn.seen(now) for turn in turns]


def prune(actor: Actor, now: datetime) -> int:
    """Conversations that nobody went on with for as long as the settings keep them are gone. How many."""
    store, gone = TalkStore(actor.database), 0
    while old := store.older_than(
        now - timedelta(days=actor.settings.retention_days), PRUNED_AT_ONCE
    ):
        store.remove(old)
        gone += len(old)
    return gone


class Remembered:
    """The memory of one turn: what was said before it, and, once it is over, what is to be kept of it."""

    def __init__(self, store: TalkStore, asked: Asked) -> None:
        self._store, self._asked = store, asked
        self._before: list[Asked] = []
        self.said: Exchange | None = None
        self.settled: list[Asked] = []

    def load(self) -> tuple[Exchange, ...]:
        asked = self._asked
        self._before = self._store.last(asked.talk, asked.n, MAX_TURNS)
        return tuple(map(_exchange, self._before))

    def keep(self, turns: tuple[Exchange, ...]) -> None:
        """Written with the end of the turn, or not at all."""
        self.said = turns[-1]
        pairs = zip(reversed(self._before), reversed(turns[:-1]), strict=False)
        self.settled = [row._replace(made=now.made) for row, now in pairs if row.made != now.made]

    def forget(self) -> None:
        """Nobody can: a conversation of the service is deleted whole."""


def _exchange(turn: Asked) -> Exchange:
    return Exchange(
        at=turn.finished or turn.created,
        user=turn.words[:MAX_CHARS],
        reply=turn.reply[:MAX_CHARS],
        planner=turn.planner,
        plan=turn.plan,
        made=turn.made,
        touched=turn.touched,
    )
