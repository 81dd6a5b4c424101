"""An approval for a person, and as JSON data."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.texts import Lang, text
from fuyajo.store.approvals import Approval


def approval_json(approval: Approval) -> dict[str, Any]:
    return approval._asdict() | {
        "created": approval.created.isoformat(),
        "expires": approval.expires.isoformat(),
    }


def approved_line(approval: Approval, lang: Lang) -> str:
    until = f"{approval.expires.astimezone():%Y-%m-%d %H:%M}"
    return text("ui.approved", lang, id=approval.plan, time=until)
