"""Alerts: rules, how they stand, what a channel has not taken yet; suggestions nobody wants."""

from __future__ import annotations

from alembic import op

from fuyajo.store.columns import moment as _moment
from fuyajo.store.columns import number as _number
from fuyajo.store.columns import text as _text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "alerts",
        _text("id", key=True),
        *map(_text, ("owner", "title", "body")),
        _number("enabled"),
        _moment("created"),
    )
    op.create_index("alerts_owner", "alerts", ["owner"])
    op.create_table(
        "alert_states",
        _text("alert", key=True),
        _text("uuid", key=True),
        _text("name"),
        _text("body"),
    )
    op.create_table(
        "alert_messages",
        _text("id", key=True),
        *map(_text, ("alert", "owner", "channel", "body")),
        *map(_moment, ("created", "due")),
        _number("tries"),
        _text("error", null=True),
    )
    op.create_index("alert_messages_due", "alert_messages", ["due"])
    op.create_table(
        "dismissals",
        _text("owner", key=True),
        _text("uuid", key=True),
        _text("rule", key=True),
        _moment("until"),
    )
