"""Alembic brings a database to a schema, inside the transaction of whoever asks for it."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def to_newest(connection: Connection) -> None:
    """Raises whatever the database says; taking the transaction back is the caller's."""
    to_version(connection, "head")


def to_version(connection: Connection, wanted: str) -> None:
    """`wanted` is `head`, or `0002` for the schema 2."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(
        config, script, fn=lambda rev, _: script._upgrade_revs(wanted, rev)
    ) as env:
        env.configure(connection=connection, transactional_ddl=False)
        env.run_migrations()
