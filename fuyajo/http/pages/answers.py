"""Answers on pages: one turn as a template takes it, and the same while it is being written.

The stream sends the whole answer so far each time, as HTML made here: a listener that was away replaces what
it shows, and nothing is lost or doubled.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from markupsafe import Markup
from sse_starlette import ServerSentEvent

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.plan import Plan
from fuyajo.domain.talks import Asked
from fuyajo.domain.texts import Lang, text
from fuyajo.http.pages import markdown
from fuyajo.http.pages.cards import Card, card
from fuyajo.http.telling import Batches
from fuyajo.service.context import Actor
from fuyajo.service.reviewing import Looks
from fuyajo.service.story import Told
from fuyajo.views.talk import turn_json

SECONDS = 0.2  # between two pieces at least
CARDS = 5  # plans that are shown whole on one page
LEVEL = 2  # of the headings that turns stand below
#: Why a turn may be asked once more.
UNANSWERED = ("failed", "canceled", "interrupted")


def said(message: str, lang: Lang) -> Markup:
    """What a model wrote, as HTML."""
    return markdown.html(message, text("page.talk.table", lang), LEVEL)


def several(actor: Actor, turns: Sequence[Asked], lang: Lang) -> list[dict[str, Any]]:
    """Turns of one page; of many plans the last ones are shown, all after one look at the host."""
    looks = Looks(actor)
    whole = {turn.n for turn in [turn for turn in turns if turn.plan][-CARDS:]}
    return [seen(actor, turn, lang, looks, whole=turn.n in whole) for turn in turns]


def seen(
    actor: Actor, turn: Asked, lang: Lang, looks: Looks | None = None, *, whole: bool = True
) -> dict[str, Any]:
    """What `_turn.html` shows: the turn as JSON data, its answer as HTML, its plan as a card if `whole`."""
    told = turn_json(turn)
    answer = told["answer"] or {}
    silent = [
        text("ui.host.silent", lang, host=one["host"], detail=one["detail"])
        for one in answer.get("silent", ())
    ]
    plan = _plan(actor, turn)
    return {
        **told,
        "html": said(turn.reply, lang),
        "notices": [*answer.get("notices", ()), *silent],
        "again": turn.state in UNANSWERED,
        "there": plan is not None,
        "card": _card(actor, plan, lang, looks) if plan and whole else None,
    }


def _plan(actor: Actor, turn: Asked) -> Plan | None:
    """Old ones are removed."""
    try:
        return actor.plans.load(actor.user, turn.plan) if turn.plan else None
    except FuyajoError:
        return None


def _card(actor: Actor, plan: Plan, lang: Lang, looks: Looks | None) -> Card | None:
    """A policy that cannot be read is told where it matters; what was said can be read all the same."""
    try:
        return card(actor, plan, lang, looks, level=LEVEL + 1)
    except FuyajoError:
        return None


async def pieces(
    batches: Batches, after: int, lang: Lang, over: Callable[[], str]
) -> AsyncIterator[ServerSentEvent]:
    """Events `so-far` behind `after`, then one `end`; `over` makes the HTML of the turn that is over."""
    so_far, last = "", 0
    async with aclosing(batches):
        async for batch in batches:
            for told in batch:
                so_far, last = _added(so_far, told), told.seq or last
            if batch[-1].kind == "end":
                yield _event("end", last, await asyncio.to_thread(over))
                return
            if last > after:
                yield _event("so-far", last, await asyncio.to_thread(said, so_far, lang))


def _added(so_far: str, told: Told) -> str:
    if told.kind == "delta":
        return so_far + str(told.data["text"])
    return "" if told.kind == "again" else so_far


def _event(kind: str, number: int, html: str) -> ServerSentEvent:
    return ServerSentEvent(json.dumps({"html": html}), id=str(number), event=kind, sep="\n")
