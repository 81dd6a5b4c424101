"""Tokens for services elsewhere: one file for each address, readable by its owner alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from fuyajo.store.files import private_directory, write_whole
from fuyajo.store.home import Home


class Known(NamedTuple):
    """Who somebody is at that address (scheme, host and port)."""

    url: str
    user: str
    token: str

    def __repr__(self) -> str:
        return f"Known({self.url!r}, {self.user!r})"


@dataclass(frozen=True)
class ServerStore:
    home: Home

    def save(self, known: Known) -> None:
        private_directory(self._directory)
        write_whole(self._path(known.url), json.dumps(known._asdict()).encode())

    def load(self, url: str) -> Known | None:
        """None also for a file that is damaged, or of another address."""
        try:
            found = Known(**json.loads(self._path(url).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        whole = all(isinstance(value, str) for value in found)
        return found if whole and found.url == url else None

    def forget(self, url: str) -> None:
        self._path(url).unlink(missing_ok=True)

    @property
    def _directory(self) -> Path:
        return self.home.root / "servers"

    def _path(self, url: str) -> Path:
        return self._directory / f"{sha256(url.encode()).hexdigest()[:32]}.json"
