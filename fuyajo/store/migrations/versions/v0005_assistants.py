"""Assistants: what they called lately, who read what a guest wrote, what a person was asked; a job's door."""

from __future__ import annotations

from alembic import op

from fuyajo.store.columns import moment as _moment
from fuyajo.store.columns import text as _text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "assistant_calls", _text("caller", key=True), _moment("at", key=True), _text("mark")
    )
    op.create_index("assistant_calls_at", "assistant_calls", ["at"])
    op.create_table("assistant_reads", _text("caller", key=True), _moment("at"))
    op.create_table(
        "assistant_questions",
        _text("id", key=True),
        *map(_text, ("caller", "mark", "owner", "plan", "digest")),
        _moment("until"),
    )
    op.add_column("jobs", _text("door", null=True))
