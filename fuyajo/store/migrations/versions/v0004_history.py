"""Measured history: who measures, what is fresh, what is folded."""

from __future__ import annotations

from alembic import op

from fuyajo.store.columns import moment as _moment
from fuyajo.store.columns import number as _number
from fuyajo.store.columns import raw as _raw
from fuyajo.store.columns import text as _text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table("collectors", _text("host", key=True), _text("by"), _moment("until"))
    op.create_table("rounds", _text("host", key=True), _moment("at", key=True), _raw("body"))
    op.create_table(
        "samples",
        _text("uuid", key=True),
        _number("tier", key=True),
        _moment("start", key=True),
        _raw("body"),
    )
    op.create_index("samples_start", "samples", ["tier", "start"])
