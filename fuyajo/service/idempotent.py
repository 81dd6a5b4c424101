"""Mutating calls with a key: whoever got no answer asks again with the same key and gets the first one's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from fuyajo.domain.errors import Conflict, InvalidInput, Problem, shown
from fuyajo.service.context import Actor
from fuyajo.store.calls import Call, CallStore

KEPT = timedelta(hours=24)
#: An answer that has not come by then does not come any more: its process is gone.
STALE = timedelta(minutes=2)
RETRY_SECONDS = 1
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class Answer(NamedTuple):
    """`body` is JSON; `again`: it is the answer that the first call with this key got."""

    status: int
    body: str
    again: bool = False


def digest_of(*parts: bytes) -> str:
    """Of method, path and body: the same key for something else is a mistake of the caller's."""
    whole = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return sha256(whole).hexdigest()


def begin(actor: Actor, key: str, digest: str) -> Answer | Call:
    """The answer that this user's first call with that key got within a day, or the call that is now to be
    answered: `finish` it when something was done, `forget` it when nothing was.

    Raises `InvalidInput` for a key that is none, `Conflict` for the key of another call, for one that is
    being answered at this moment (`call_in_flight`, with the seconds to wait), and for a secret.
    """
    if not _KEY.fullmatch(key):
        raise InvalidInput(Problem("Idempotency-Key", "call_key", {"value": shown(key)}))
    mine = Call(actor.user, key, digest, datetime.now(UTC))
    first = CallStore(actor.database).begin(mine, KEPT, STALE)
    return mine if first is None else _first(first, digest)


def finish(actor: Actor, call: Call, answer: Answer, *, secret: bool = False) -> None:
    """Keep the answer. One that is `secret` is never written down: asked again, the call is refused."""
    CallStore(actor.database).answer(call, answer.status, None if secret else answer.body)


def forget(actor: Actor, call: Call) -> None:
    """It came to nothing: the next call with this key is the first again."""
    CallStore(actor.database).forget(call)


def _first(call: Call, digest: str) -> Answer:
    where = "Idempotency-Key"
    if call.digest != digest:
        raise Conflict(Problem(where, "call_other", {"value": shown(call.key)}))
    if call.status is None:
        raise Conflict(Problem(where, "call_in_flight", {"seconds": RETRY_SECONDS}))
    if call.answer is None:
        raise Conflict(Problem(where, "call_secret"))
    return Answer(call.status, call.answer, again=True)
