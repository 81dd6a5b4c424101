"""Conversations and their turns as JSON data."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.talks import Asked, Talk
from fuyajo.views.planner import planner_json


def talk_json(talk: Talk) -> dict[str, Any]:
    return {
        "id": talk.id,
        "title": talk.title,
        "created": talk.created.isoformat(),
        "updated": talk.updated.isoformat(),
        "turns": talk.turns,
    }


def turn_json(turn: Asked) -> dict[str, Any]:
    """`answer` is what `plan --json` prints, of the moment when it was answered."""
    return {
        "conversation": turn.talk,
        "n": turn.n,
        "state": turn.state,
        "words": turn.words,
        "reply": turn.reply,
        "plan": turn.plan,
        "planner": planner_json(turn.planner),
        "answer": turn.answer,
        "problems": list(turn.problems),
        "created": turn.created.isoformat(),
        "finished": turn.finished.isoformat() if turn.finished else None,
    }
