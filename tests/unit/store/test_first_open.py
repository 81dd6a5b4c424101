"""Many processes that come to a fresh home at the same moment: one of them makes the file, the others wait.

SQLite refuses whoever comes while the write-ahead log is switched on; its busy timeout does not count there.
"""

from __future__ import annotations

import threading
from pathlib import Path

from filelock import FileLock

from fuyajo.store.database import Database
from fuyajo.store.home import Home

A_MOMENT, SECONDS = 0.3, 30.0


def test_nobody_touches_a_file_that_another_one_makes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    counted: list[int] = []

    def write() -> None:
        with Database(home).write() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM jobs")
            counted.append(int(found.scalar_one()))

    threads = [threading.Thread(target=write) for _ in range(3)]
    with FileLock(home.database().with_suffix(".lock"), mode=0o600):
        for thread in threads:
            thread.start()
        threads[0].join(A_MOMENT)
        assert home.database().stat().st_size == 0
    for thread in threads:
        thread.join(SECONDS)
    assert counted == [0, 0, 0]
