"""`fuyajo serve` of an installation: a process of its own, which has to end well."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.installation import Installation

SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """`secret` makes the first administrator."""

    url: str
    secret: str


@contextmanager
def serving(installation: Installation) -> Iterator[Served]:
    """Listens when the block begins; asked to stop, it does so by itself and leaves no process."""
    process = installation.start("serve", "--port", "0")
    logs, said = process.stderr, process.stdout
    assert logs is not None
    assert said is not None
    rest = threading.Thread(target=lambda: [None for _ in logs])
    try:
        url = next(line["url"] for line in map(json.loads, logs) if line["event"] == "listening")
        rest.start()  # nobody would read what it logs from here on
        words = (word for line in said for word in line.split())
        yield Served(url, next(word for word in words if word.startswith("setup_")))
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        assert processes_of(installation) == []
    finally:
        process.kill()
        process.wait()
        if rest.ident is not None:
            rest.join(SECONDS)
        logs.close()
        said.close()


def processes_of(installation: Installation) -> list[str]:
    """Command lines of those that know its home: the service, its jobs, Ansible and what that starts."""
    home = f"FUYAJO_HOME={installation.home}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if home in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has ended meanwhile, or is nobody's business
    return found
