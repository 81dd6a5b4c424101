"""Where state lies, for tests that hold for every kind of database; and processes that write there."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

from fuyajo.service.context import Actor, Settings
from fuyajo.store.database import Database
from fuyajo.store.files import private_directory
from fuyajo.store.home import Home
from tests.support.claims import URI, home_with_database

_FORK = multiprocessing.get_context("fork")
DEADLINE_SECONDS = 60


def kinds() -> tuple[str, ...]:
    return ("sqlite", "postgresql")


@dataclass
class Place:
    """`url` None: the file in the home."""

    root: Path
    url: str | None = None
    opened: list[Database] = field(default_factory=list)

    @classmethod
    def of_a_file(cls, root: Path) -> Place:
        return cls(home_with_database(root))

    def __enter__(self) -> Place:
        private_directory(self.root)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for database in self.opened:
            database.close()

    @property
    def home(self) -> Home:
        return Home(self.root)

    def database(self) -> Database:
        """Another one there, as another process has it."""
        self.opened.append(Database(self.home, self.url))
        return self.opened[-1]

    def actor(self, user: str = "mika") -> Actor:
        settings = Settings(self.root, URI, "fuyajo", self.root, database=self.url)
        return Actor(user, settings, opened=self.database())


def fork(work: Callable[[], None]) -> BaseProcess:
    """A process that does it; it must open its own database."""
    process = _FORK.Process(target=work)
    process.start()
    return process


def together(works: Sequence[Callable[[], None]]) -> None:
    """All at once, a process each; every one must end well."""
    gate = _FORK.Barrier(len(works))

    def work(one: Callable[[], None]) -> None:
        gate.wait(DEADLINE_SECONDS)
        one()

    running = [_FORK.Process(target=work, args=(one,)) for one in works]
    for process in running:
        process.start()
    for process in running:
        process.join(DEADLINE_SECONDS)
    codes = [process.exitcode for process in running]
    assert codes == [0] * len(works)
