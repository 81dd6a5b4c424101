"""Alembic brings a database to the newest schema, under a lock, with a copy of what was there before."""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import URL, Connection, create_engine

LOCK_SECONDS = 60.0


def upgrade(path: Path, version: int) -> None:
    """Raises whatever the database says; the file is then as it was."""
    with FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS, mode=0o600):
        engine = create_engine(
            URL.create("sqlite", database=str(path)), connect_args={"isolation_level": None}
        )
        with engine.connect() as connection:
            found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
            if found == version:
                return  # another process was faster
            if found:
                shutil.copy2(path, path.with_suffix(f".before-{version}.db"))
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                _run(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {int(version)}")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")


def _run(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(
        config, script, fn=lambda rev, _: script._upgrade_revs("head", rev)
    ) as env:
        env.configure(connection=connection, transactional_ddl=False)
        env.run_migrations()
