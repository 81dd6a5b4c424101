"""What several machines share: plans, the records and the events of runs."""

from __future__ import annotations

from alembic import op

from fuyajo.store.columns import number as _number
from fuyajo.store.columns import text as _text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _shared()
    _messages()
    _talks()
    _checks()
    _signing_in()
    _hosts()


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
    op.create_table("ssh_keys", _text("owner", key=True), *map(_text, ("private", "public")))


def _messages() -> None:
    """Where the database can tell workers that a job waits (see `store/messages.py`)."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        from fuyajo.store.messages import schema

        statements = connection.execution_options(no_parameters=True)
        statements.exec_driver_sql(schema())


def _talks() -> None:
    op.create_table(
        "talks", _text("id", key=True), *map(_text, ("owner", "title", "created", "updated"))
    )
    op.create_index("talks_owner", "talks", ["owner", "updated"])
    op.create_index("talks_updated", "talks", ["updated"])
    op.create_table(
        "turns",
        _text("talk", key=True),
        _number("n", key=True),
        *map(_text, ("owner", "state", "words", "reply")),
        *(_text(name, null=True) for name in ("planner", "plan")),
        *map(_text, ("made", "touched")),
        _text("answer", null=True),
        _text("problems"),
        _number("events"),
        *map(_text, ("created", "until")),
        _text("finished", null=True),
    )
    op.create_index("turns_state", "turns", ["state", "owner"])
    op.create_index("turns_owner", "turns", ["owner"])
    op.create_table(
        "pieces",
        _text("talk", key=True),
        _number("n", key=True),
        _number("last", key=True),
        _text("body"),
    )


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


def _hosts() -> None:
    """Which hypervisor a job is about (null: there is one alone), and who works for which."""
    op.add_column("jobs", _text("host", null=True))
    op.create_table("workers", _text("name", key=True), *map(_text, ("hosts", "seen")))
