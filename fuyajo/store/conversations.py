"""Conversations: what was said and which VMs it was about, one bounded private file each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ConfigDict, ValidationError

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.references import Named
from fuyajo.domain.request import Strict
from fuyajo.store.files import outdated, private_directory, write_whole
from fuyajo.store.home import Home

CONVERSATION_ID = re.compile(r"[a-z]-[a-z0-9][a-z0-9-]{0,39}")
MAX_TURNS = 50
MAX_CHARS = 2000


class Exchange(Strict):
    """One wish and its answer. A VM of `made` has an empty UUID until it was seen to exist. `at` is UTC."""

    model_config = ConfigDict(strict=False, extra="forbid", frozen=True, defer_build=True)

    at: datetime
    user: str
    reply: str = ""
    planner: PlannerNote | None = None
    plan: str | None = None
    made: tuple[Named, ...] = ()
    touched: tuple[Named, ...] = ()


class Conversation(Strict):
    """The last turns, the oldest first."""

    model_config = ConfigDict(strict=False, extra="forbid", frozen=True, defer_build=True)

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
        kept = conversation.model_copy(update={"turns": turns})
        write_whole(path, kept.model_dump_json().encode(), lasting=False)

    def load(self, owner: str, conversation_id: str) -> Conversation | None:
        """The conversation of that owner; a foreign, unknown or damaged one is none."""
        try:
            found = Conversation.model_validate_json(
                self._path(owner, conversation_id).read_bytes()
            )
        except (OSError, ValidationError):
            return None
        return found if found.owner == owner and found.id == conversation_id else None

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
    update = {"user": turn.user[:MAX_CHARS], "reply": turn.reply[:MAX_CHARS]}
    return turn.model_copy(update=update)
