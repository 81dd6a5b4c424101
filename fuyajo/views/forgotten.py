"""What is gone of a user, and what stays, for a person and as JSON data."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.texts import Lang, text
from fuyajo.service.forgetting import Forgotten, Stays


def forgotten_json(gone: Forgotten, left: Stays) -> dict[str, Any]:
    return {**gone._asdict(), "stays": left._asdict()}


def forgotten_lines(user: str, gone: Forgotten, left: Stays, lang: Lang) -> list[str]:
    machines = "?" if left.machines is None else ", ".join(left.machines) or "-"
    return [
        text("ui.forgotten", lang, user=user, **gone._asdict()),
        text("ui.forgotten_stays", lang, machines=machines, runs=left.runs, audit=left.audit),
    ]
