"""Everything that is stored about a user, piece by piece: a long history needs no memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.texts import Lang
from fuyajo.service import auditing, following, owning, planning, runs
from fuyajo.service.context import Actor
from fuyajo.service.plans import some_plans
from fuyajo.service.policing import role_of
from fuyajo.store.alerts import AlertStore
from fuyajo.store.talks import TalkStore
from fuyajo.views.alert import alert_json
from fuyajo.views.approval import approval_json
from fuyajo.views.audit import audit_json
from fuyajo.views.people import token_json, user_json
from fuyajo.views.plan import plan_json
from fuyajo.views.run import run_json
from fuyajo.views.schedule import schedule_json
from fuyajo.views.talk import talk_json, turn_json

MOST_PLANS = 10_000


def export(actor: Actor, lang: Lang = "en") -> Iterator[str]:
    """One JSON object in pieces. Never a secret or a hash. What policy says is asked before the first one."""
    role_of(actor, actor.user)
    return _pieces(actor, lang)


def _pieces(actor: Actor, lang: Lang) -> Iterator[str]:
    parts: dict[str, Callable[[], Iterable[Any]]] = {
        "tokens": lambda: map(token_json, actor.people.tokens(actor.user)),
        "conversations": lambda: _conversations(actor),
        "terminal": lambda: _terminal(actor),
        "plans": lambda: map(plan_json, some_plans(actor, MOST_PLANS)),
        "approvals": lambda: map(approval_json, actor.approvals.about(actor.user)),
        "runs": lambda: _runs(actor),
        "alerts": lambda: (alert_json(one) for one in AlertStore(actor.database).of(actor.user)),
        "schedules": lambda: (schedule_json(one, lang) for one in actor.schedules.of(actor.user)),
        "machines": lambda: _machines(actor),
        "audit": lambda: _audit(actor),
    }
    user = actor.people.user(actor.user)
    yield f'{{"user": {json.dumps(user_json(user) if user else {"name": actor.user})}'
    for name, part in parts.items():
        yield f',\n"{name}": ['
        for number, item in enumerate(part()):
            yield f"{',' if number else ''}\n{json.dumps(item)}"
        yield "]"
    yield "}\n"


def _conversations(actor: Actor) -> Iterator[dict[str, Any]]:
    store = TalkStore(actor.database)
    for talk in store.of(actor.user):
        yield {**talk_json(talk), "turns": [turn_json(turn) for turn in store.turns(talk.id)]}


def _terminal(actor: Actor) -> Iterator[Any]:
    """What the command line keeps of this user's words."""
    for path in sorted(actor.home.conversations(actor.user).glob("*.json")):
        try:
            yield json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue


def _runs(actor: Actor) -> Iterator[dict[str, Any]]:
    for seen in following.all_seen(actor):
        events = list(runs.events(actor, seen.id)) if seen.record is not None else []
        yield {**run_json(seen), "events": events}


def _audit(actor: Actor) -> Iterator[dict[str, Any]]:
    """What they did, and what was done with plans of theirs, whatever else policy lets them read."""
    for row, body in auditing.entries(actor, auditing.Wanted()):
        if actor.user in (row.actor, body.get("owner")):
            yield audit_json(row, body)


def _machines(actor: Actor) -> list[str]:
    """Those in the trash too; none where the host does not say."""
    try:
        return sorted(one.name for one in owning.of(planning.look(actor), actor.user))
    except FuyajoError:
        return []
