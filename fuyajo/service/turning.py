"""Questions that are being answered: a thread each, bounded in number, ended from outside within seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from fuyajo.domain.errors import Conflict, FuyajoError, Problem, Refused, TooMany
from fuyajo.domain.ours import missing
from fuyajo.domain.people import is_anonymous
from fuyajo.domain.talks import MOST_TURNS, Asked, TurnState
from fuyajo.planner.prompt import plain
from fuyajo.planner.stopping import Stopped, stoppable
from fuyajo.service import talks
from fuyajo.service.context import Actor
from fuyajo.service.conversing import Talk
from fuyajo.service.planning import Planned, checked_backend, from_words
from fuyajo.service.story import Story
from fuyajo.service.tending import Going, Question, Tender
from fuyajo.store.talks import Full, Limits, TalkStore
from fuyajo.views.planned import planned_json
from fuyajo.views.talk import turn_json

PER_USER, AT_ONCE = 2, 8
ANONYMOUS_AT_ONCE, ANONYMOUS_TURNS = 1, 50
#: An answer takes longer only when its planner's deadline does not hold: it is ended then.
LONGEST = timedelta(minutes=10)
#: So much later it counts as lost with its service, where nobody else could hold it by a lease.
SPARE = timedelta(minutes=1)
END_SECONDS = 8.0  # for the threads, when the service stops


class Desk:
    """All of one service. Its limits hold over every service that shares the database."""

    def __init__(self, tender: Tender | None = None) -> None:
        """`tender`: other services share the database."""
        self._tender = tender
        self._lock = threading.Lock()
        self._going: dict[tuple[str, int], Going] = {}
        self._closing = False

    def ask(self, actor: Actor, talk_id: str, question: Question) -> Asked:
        """The turn, being answered from now on.

        Raises `Conflict` while another question of this conversation is, `TooMany` where somebody has too
        many, `NotFound`, and `InvalidInput` for a planner that there is not.
        """
        if question.backend is not None:
            if is_anonymous(actor.user):
                raise Refused(Problem("backend", "anonymous_backend"))
            checked_backend(question.backend)
        talk = talks.get(actor, talk_id)
        now = actor.database.now()
        words = plain(question.words, len(question.words))
        until = now + (self._tender.lease if self._tender else LONGEST + SPARE)
        turn = Asked(talk.id, 0, actor.user, words, now, until)
        asked = _written(actor, turn, words)
        going = Going(actor, asked, question)
        # A daemon: what hangs for good must not keep the service from its end.
        going.thread = threading.Thread(
            target=self._answer, args=(going,), name=talk.id, daemon=True
        )
        with self._lock:
            self._going[going.key] = going
            if self._closing:
                going.stop.press()
            if self._tender is not None:
                self._tender.add(going)
            going.thread.start()
        return asked

    def begin(self, actor: Actor, question: Question) -> Asked:
        """The first turn of a new conversation; what is not taken leaves none behind. Raises as `ask`."""
        talk = talks.new(actor)
        try:
            return self.ask(actor, talk.id, question)
        except FuyajoError:
            talks.remove(actor, talk.id)
            raise

    def going(self, turn: Asked) -> Going | None:
        """None when it is over, or another service answers it."""
        with self._lock:
            return self._going.get((turn.talk, turn.n))

    def cancel(self, actor: Actor, talk_id: str, number: int) -> Asked:
        """Ask for its end: the planner is stopped, and it counts as canceled. Raises `Conflict` when over."""
        turn = talks.turn(actor, talk_id, number)
        if turn.over:
            raise Conflict(Problem("", "turn_over", {"value": number, "state": turn.state}))
        going = self.going(turn)
        if going is not None:
            going.stop.press()
        else:  # whoever answers it looks whether it is over
            over = turn._replace(state="canceled", finished=datetime.now(UTC))
            TalkStore(actor.database).end(over)
        return talks.turn(actor, talk_id, number)

    def leave(self, talk_id: str) -> None:
        """Nobody waits for what is being answered there any more."""
        with self._lock:
            going = [one for one in self._going.values() if one.asked.talk == talk_id]
        for one in going:
            one.stop.press()

    def close(self) -> None:
        """The service stops: whatever is being answered is interrupted, its planners are gone."""
        with self._lock:
            self._closing = True
            going = list(self._going.values())
        for one in going:
            one.stop.press()
        for one in going:
            if one.thread is not None:
                one.thread.join(END_SECONDS)

    def overdue(self, now: datetime) -> None:
        """Those whose planner never came to its end are ended."""
        with self._lock:
            late = [one for one in self._going.values() if one.begun + LONGEST <= now]
        for one in late:
            one.stop.press()

    def _answer(self, going: Going) -> None:
        """From the question to its end, in a thread of its own. Whatever happens, there is an end."""
        turn = going.asked
        try:
            turn = self._answered(going)
        except Exception:  # the database, or a fault of ours: told, and never left hanging
            where = {"fuyajo": {"conversation": turn.talk}}
            logging.getLogger("fuyajo.talks").exception("answer failed", extra=where)
            problem = Problem("", "internal_service").as_json(going.question.lang)
            turn = _over(turn._replace(state="failed", problems=(problem,)), going.story)
            with suppress(FuyajoError):
                TalkStore(going.actor.database).end(turn)
        finally:
            with self._lock:
                self._going.pop(going.key, None)
            if self._tender is not None:
                self._tender.remove(going)
            going.story.end(turn_json(turn))

    def _answered(self, going: Going) -> Asked:
        store = TalkStore(going.actor.database)
        memory = talks.Remembered(store, going.asked)
        turn = self._outcome(going, memory)
        if memory.said is not None:
            said = memory.said
            turn = turn._replace(
                reply=plain(said.reply, len(said.reply)),
                planner=said.planner,
                plan=said.plan,
                made=said.made,
                touched=said.touched,
            )
        turn = _over(turn, going.story)
        if store.end(turn, memory.settled, going.rest() if self._tender else None):
            return turn
        # Ended by another service meanwhile, lost, or deleted with its conversation: nothing of it counts.
        going.story.complete("")
        kept = store.turn(turn.talk, turn.n)
        if kept is None:
            return going.asked._replace(state="canceled", finished=turn.finished)
        return kept.seen(going.actor.database.now())

    def _outcome(self, going: Going, memory: talks.Remembered) -> Asked:
        actor, asked, question = going.actor, going.asked, going.question
        talk = Talk(actor, asked.talk, memory=memory)
        try:
            with stoppable(going.stop):
                going.stop.check()
                planned = from_words(
                    actor,
                    question.words,
                    question.lang,
                    question.backend,
                    talk=talk,
                    on_event=going.story,
                )
        except Stopped:
            memory.said = None
            state: TurnState = "interrupted" if self._closing else "canceled"
            return asked._replace(state=state)
        except FuyajoError as error:
            found = tuple(problem.as_json(question.lang) for problem in error.problems)
            return asked._replace(state="failed", problems=found)
        return asked._replace(state="answered", answer=_answer(planned))


def _written(actor: Actor, turn: Asked, words: str) -> Asked:
    """The turn with its number; the limits of an anonymous user are tighter."""
    guest = is_anonymous(actor.user)
    store = TalkStore(actor.database)
    per_user = ANONYMOUS_AT_ONCE if guest else PER_USER
    most = ANONYMOUS_TURNS if guest else None
    asked = store.ask(turn, talks.title_of(words), Limits(per_user, AT_ONCE, most))
    if isinstance(asked, Asked):
        return asked
    raise _refusal(asked, turn.talk, per_user)


def _refusal(why: Full, talk_id: str, per_user: int) -> FuyajoError:
    if why == "gone":
        return missing("conversation", talk_id)
    if why == "talk":
        return Conflict(Problem("", "talk_busy"))
    if why == "turns":
        return Conflict(Problem("", "too_many_turns", {"limit": MOST_TURNS}))
    if why == "spent":
        return TooMany(Problem("", "anonymous_spent", {"limit": ANONYMOUS_TURNS}))
    if why == "user":
        return TooMany(Problem("", "too_many_asked", {"limit": per_user}))
    return TooMany(Problem("", "talk_full"))


def _answer(planned: Planned) -> Mapping[str, Any]:
    """The contract of `plan --json`, without what a terminal or a page would obey."""
    told = {**planned_json(planned), "notices": list(planned.notices)}
    told["reply"]["message"] = plain(planned.reply.message, len(planned.reply.message))
    return told


def _over(turn: Asked, story: Story) -> Asked:
    return turn._replace(events=story.complete(turn.reply), finished=datetime.now(UTC))
