"""Conversations: what was said and which VMs it was about, one bounded private file each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.references import Named
from fuyajo.store.files import outdated, private_directory, write_whole
from fuyajo.store.home import Home

CONVERSATION_ID = re.compile(r"[a-z]-[a-z0-9][a-z0-9-]{0,39}")
MAX_TURNS = 50
MAX_CHARS = 2000


# Plain values: building a model for them would cost every `fuyajo plan` a tenth of its time.
class Exchange(NamedTuple):
    """One wish and its answer. A VM of `made` has an empty UUID until it was seen to exist. `at` is UTC."""

    at: datetime
    user: str
    reply: str = ""
    planner: PlannerNote | None = None
    plan: str | None = None
    made: tuple[Named, ...] = ()
    touched: tuple[Named, ...] = ()


class Conversation(NamedTuple):
    """The last turns, the oldest first."""

    id: str
    owner: str
    turns: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class ConversationStore:
    """Two writers at once lose one of two turns, never the file."""

    home: Home

    def save(self, conversation: Conversation) -> None:
        """Keep the end of it; conversations that are old by then go."""
        path = self._path(conversation.owner, conversation.id)
        private_directory(path.parent)
        for old in outdated(path.parent.glob("*.json")):
            old.unlink(missing_ok=True)
        turns = tuple(_capped(turn) for turn in conversation.turns[-MAX_TURNS:])
        data = {
            "id": conversation.id,
            "owner": conversation.owner,
            "turns": [_data(turn) for turn in turns],
        }
        # ASCII: words may hold half of a character, which has no UTF-8.
        write_whole(path, json.dumps(data).encode(), lasting=False)

    def load(self, owner: str, conversation_id: str) -> Conversation | None:
        """The conversation of that owner; a foreign, unknown or damaged one is none."""
        path = self._path(owner, conversation_id)
        try:
            data = json.loads(path.read_bytes())
            if (data["owner"], data["id"]) != (owner, conversation_id):
                return None
            return Conversation(conversation_id, owner, tuple(map(_exchange, data["turns"])))
        except (OSError, KeyError, TypeError, ValueError, RecursionError):
            return None

    def forget(self, owner: str, conversation_id: str) -> None:
        self._path(owner, conversation_id).unlink(missing_ok=True)

    def _path(self, owner: str, conversation_id: str) -> Path:
        """Raises ValueError for an id that is none; ids are made by our own code."""
        if not CONVERSATION_ID.fullmatch(conversation_id):
            raise ValueError(f"not a conversation: {conversation_id!r}")
        return self.home.conversations(owner) / f"{conversation_id}.json"


def _capped(turn: Exchange) -> Exchange:
    if len(turn.user) <= MAX_CHARS and len(turn.reply) <= MAX_CHARS:
        return turn
    return turn._replace(user=turn.user[:MAX_CHARS], reply=turn.reply[:MAX_CHARS])


def _data(turn: Exchange) -> dict[str, Any]:
    return {
        "at": turn.at.isoformat(),
        "user": turn.user,
        "reply": turn.reply,
        "planner": turn.planner.model_dump() if turn.planner else None,
        "plan": turn.plan,
        "made": [[vm.name, vm.uuid] for vm in turn.made],
        "touched": [[vm.name, vm.uuid] for vm in turn.touched],
    }


def _exchange(data: Any) -> Exchange:
    """Raises KeyError, TypeError or ValueError for anything that `_data` did not make."""
    note, plan = data["planner"], data["plan"]
    at = datetime.fromisoformat(data["at"])
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return Exchange(
        at=at,
        user=_text(data["user"]),
        reply=_text(data["reply"]),
        planner=None if note is None else PlannerNote.model_validate(note),
        plan=None if plan is None else _text(plan),
        made=_named(data["made"]),
        touched=_named(data["touched"]),
    )


def _named(pairs: Any) -> tuple[Named, ...]:
    return tuple(Named(name=name, uuid=uuid) for name, uuid in pairs)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value
