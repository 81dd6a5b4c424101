"""What several machines share: plans, the records and the events of runs."""

from __future__ import annotations

from alembic import op

from fuyajo.store.columns import number as _number
from fuyajo.store.columns import text as _text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _shared()
    _checks()
    _signing_in()


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


def _checks() -> None:
    """A run that only looks at what it would change can be asked for as well."""
    op.add_column("jobs", _number("check", null=True))


def _signing_in() -> None:
    op.create_table(
        "identities",
        _text("issuer", key=True),
        _text("subject", key=True),
        _text("user"),
        _number("made"),
        _text("created"),
    )
    op.create_index("identities_user", "identities", ["user"])
    op.create_table(
        "handovers", _text("digest", key=True), *map(_text, ("user", "challenge", "until"))
    )
    op.add_column("jobs", _text("trace", null=True))
