"""Users, tokens, jobs, idempotent calls, schedules."""

from __future__ import annotations

from alembic import op

from fuyajo.store.columns import number as _number
from fuyajo.store.columns import text as _text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _people()
    _jobs()


def _people() -> None:
    op.create_table(
        "users",
        _text("name", key=True),
        *map(_number, ("admin", "disabled")),
        _text("password", null=True),
        _text("created"),
    )
    op.create_table(
        "tokens",
        _text("id", key=True),
        *map(_text, ("user", "label", "digest", "scopes", "created")),
        _text("expires", null=True),
        _text("used", null=True),
    )
    op.create_index("tokens_digest", "tokens", ["digest"], unique=True)
    op.create_index("tokens_user", "tokens", ["user"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        _text("run", key=True),
        _text("owner"),
        _text("plan", null=True),
        _text("state"),
        *map(_number, ("priority", "fence")),
        *(_text(name, null=True) for name in ("worker", "lease")),
        _text("locks"),
        _text("consent", null=True),
        *map(_text, ("reason", "created")),
        *(_text(name, null=True) for name in ("failure", "started", "finished", "wanted")),
    )
    op.create_index("jobs_state", "jobs", ["state", "priority", "created"])
    op.create_index("jobs_owner", "jobs", ["owner", "state"])
    op.create_table(
        "calls",
        _text("user", key=True),
        _text("key", key=True),
        _text("digest"),
        _number("status", null=True),
        _text("answer", null=True),
        _text("created"),
    )
    op.create_table(
        "schedules",
        _text("id", key=True),
        *map(_text, ("owner", "title", "cron", "zone", "request")),
        _number("enabled"),
        _text("next"),
        *(_text(name, null=True) for name in ("last", "outcome")),
        _text("created"),
    )
    op.create_index("schedules_next", "schedules", ["enabled", "next"])
