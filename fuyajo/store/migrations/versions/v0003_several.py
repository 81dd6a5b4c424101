"""What several machines share: plans, the records and the events of runs."""

from __future__ import annotations

from alembic import op

from fuyajo.store.columns import number as _number
from fuyajo.store.columns import text as _text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _shared()


def _shared() -> None:
    op.create_table(
        "plans",
        _text("owner", key=True),
        _text("id", key=True),
        *map(_text, ("body", "created")),
        _text("run", null=True),
    )
    op.create_table(
        "records",
        _text("run", key=True),
        *map(_text, ("owner", "status", "body")),
    )
    op.create_index("records_owner", "records", ["owner", "run"])
    op.create_table("events", _text("run", key=True), _number("seq", key=True), _text("line"))
