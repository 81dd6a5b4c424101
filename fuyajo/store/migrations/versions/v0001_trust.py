"""Approvals, audit, claims, objects, shares, baselines, usage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fuyajo.store.columns import number as _number
from fuyajo.store.columns import text as _text

revision = "0001"
down_revision = None


def upgrade() -> None:
    _people()
    _accounts()
    _machines()
    _usage()


def _people() -> None:
    op.create_table(
        "approvals",
        _text("id", key=True),
        *map(_text, ("plan", "digest", "owner", "by", "kind", "door", "verdict", "note")),
        *map(_text, ("created", "expires")),
        _text("used", null=True),
        sa.CheckConstraint("verdict IN ('approved', 'rejected')", name="verdict"),
    )
    op.create_index("approvals_plan", "approvals", ["owner", "plan"])
    op.create_table(
        "audit",
        _number("seq", key=True),
        *map(_text, ("at", "actor", "body", "prev", "hash")),
    )
    if op.get_context().dialect.name == "postgresql":
        _append_only_on_the_server()
    else:
        _append_only_in_the_file()


def _append_only_in_the_file() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )
    # INSERT OR REPLACE removes rows without asking the trigger of DELETE.
    op.execute(
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
        "WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit) "
        "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    )


def _append_only_on_the_server() -> None:
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'INSERT' AND NEW.seq = (SELECT coalesce(max(seq), 0) + 1 FROM audit) THEN "
        "RETURN NEW; END IF; "
        "RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_rows BEFORE INSERT OR UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )


def _accounts() -> None:
    op.create_table(
        "claims",
        _text("run", key=True),
        _text("name", key=True),
        *map(_text, ("by", "owner", "host")),
        *map(_number, ("generation", "vms", "cpus", "memory_mib", "disk_gib")),
        *map(_number, ("running_mib", "pool_gib", "snapshots", "trash_gib")),
        _text("created"),
    )
    op.create_index("claims_owner", "claims", ["owner"])
    op.create_table("accounts", _text("owner", key=True), _number("generation"))


def _machines() -> None:
    op.create_table(
        "objects",
        _text("uuid", key=True),
        *map(_text, ("host", "name", "owner", "state")),
        _text("run", null=True),
        *map(_text, ("created", "updated")),
        sa.CheckConstraint("state IN ('there', 'trash', 'gone')", name="state"),
    )
    op.create_index("objects_owner", "objects", ["owner"])
    op.create_table(
        "shares",
        _text("uuid", key=True),
        _text("grantee", key=True),
        *map(_text, ("owner", "rights", "created")),
        sa.CheckConstraint("rights IN ('read', 'operate')", name="rights"),
    )
    op.create_table(
        "baselines",
        _text("uuid", key=True),
        *map(_text, ("owner", "name")),
        _text("run", null=True),
        *map(_text, ("taken", "document")),
    )


def _usage() -> None:
    op.create_table(
        "usage",
        _text("uuid", key=True),
        _text("month", key=True),
        _text("owner", key=True),
        _text("host", key=True),
        _number("seconds"),
        _text("seen"),
        _number("running"),
    )
    op.create_index("usage_owner", "usage", ["owner", "month"])
    op.create_index("usage_host", "usage", ["host", "month"])
