"""Where encrypted copies of backups lie, as the settings name it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from fuyajo.domain.errors import InvalidInput, Problem

KEYS = ("copies", "copies_password_file", "copies_credentials_file")


class Vault(NamedTuple):
    """A repository of restic: an absolute path, or `s3:https://HOST/BUCKET`. Secrets stay in their files."""

    repository: str
    password_file: Path
    credentials_file: Path | None = None

    def options(self) -> dict[str, str]:
        """As the collection's modules take it."""
        found = {"repository": self.repository, "password_file": str(self.password_file)}
        if self.credentials_file is not None:
            found["credentials_file"] = str(self.credentials_file)
        return found


def read(values: Mapping[str, str]) -> Vault | None:
    """None where no copies are kept. Raises `InvalidInput` with everything that is missing."""
    said = {key: values[key] for key in KEYS if values.get(key)}
    if not said:
        return None
    needed = {"copies", "copies_password_file"}
    if said.get("copies", "").startswith("s3:"):
        needed.add("copies_credentials_file")
    if absent := sorted(needed - said.keys()):
        raise InvalidInput(Problem(key, "missing", {"key": key}) for key in absent)
    credentials = said.get("copies_credentials_file")
    return Vault(
        said["copies"],
        Path(said["copies_password_file"]).expanduser(),
        Path(credentials).expanduser() if credentials else None,
    )
