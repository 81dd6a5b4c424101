"""Images at rest: content-addressed files and one small record per name.

`<sha256>.qcow2` is never changed once it has that name; `<name>.json` says which file a name means.
Paths in records are relative, so a copied or moved directory stays valid.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fuyajo.engine.images.errors import ImageError

NAME = re.compile(r"[a-z]([a-z0-9.-]{0,61}[a-z0-9])?")
_CHUNK = 1024 * 1024


class Image(BaseModel):
    """One image of the store.

    Attributes:
        path: absolute path of the qcow2 file.
        size: bytes of the file; `virtual_size`: bytes of the disk that a guest sees.
        created: UTC, ISO 8601.
        manifest: how it came to be; for built images the package versions too.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=f"^{NAME.pattern}$")
    path: Path
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    virtual_size: int = Field(ge=0)
    source: Literal["built", "imported"]
    created: str
    manifest: dict[str, Any]


def check_name(name: str) -> str:
    """`name` itself.

    Raises:
        ImageError: it is not a valid image name.
    """
    if not NAME.fullmatch(name):
        raise ImageError(
            f"{name[:80]!r} cannot be the name of an image.",
            "Use 1 to 63 lower-case letters, digits, dots and hyphens, beginning with a letter "
            "and ending with a letter or digit.",
        )
    return name


def digest(stream: BinaryIO) -> str:
    """SHA-256 of the rest of `stream`, read in pieces."""
    total = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        total.update(chunk)
    return total.hexdigest()


class ImageStore:
    """A directory of images, private to its owner."""

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory).absolute()

    def prepare(self) -> None:
        """Create the directory, mode 0700.

        Raises:
            ImageError: it cannot be created.
        """
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ImageError(
                f"The image directory {self.directory} cannot be created: {error.strerror}.",
                "Set FUYAJO_HOME to a directory that you may write to.",
            ) from error

    def list(self) -> list[Image]:
        """All images whose file is there, by name."""
        records = sorted(self.directory.glob("*.json"))
        found = (self.get(path.stem) for path in records if NAME.fullmatch(path.stem))
        return [image for image in found if image is not None]

    def get(self, name: str) -> Image | None:
        """The image of that name, or None when there is none or its file is gone.

        Raises:
            ImageError: its record is damaged, or the name is not valid.
        """
        record = self.directory / f"{check_name(name)}.json"
        try:
            text = record.read_text()
        except FileNotFoundError:
            return None
        try:
            image = Image.model_validate_json(text)
        except ValidationError as error:
            raise ImageError(
                f"The record {record} is damaged.",
                f"Remove it and build or import the image {name} again.",
            ) from error
        path = self.directory / image.path.name
        return image.model_copy(update={"path": path}) if path.is_file() else None

    def add(
        self,
        part: Path,
        name: str,
        *,
        source: Literal["built", "imported"],
        virtual_size: int,
        manifest: Mapping[str, Any],
    ) -> Image:
        """Take over the finished file `part` (on the same file system) under `name`.

        The file is synced and renamed first and the record written last, so that an interruption
        leaves either the old image or the new one.

        Raises:
            ImageError: the name is not valid or the directory cannot be written.
        """
        check_name(name)
        self.prepare()
        with part.open("rb") as stream:
            sha256 = digest(stream)
            size = stream.tell()
            os.fsync(stream.fileno())
        path = self.directory / f"{sha256}.qcow2"
        part.chmod(0o600)
        part.replace(path)
        image = Image(
            name=name,
            path=Path(path.name),
            sha256=sha256,
            size=size,
            virtual_size=virtual_size,
            source=source,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            manifest=dict(manifest) | {"sha256": sha256, "size": size},
        )
        self._write_record(image)
        return image.model_copy(update={"path": path})

    def remove(self, name: str) -> None:
        """Forget the image of that name, and its file when no other name refers to it."""
        (self.directory / f"{check_name(name)}.json").unlink(missing_ok=True)
        self.prune()

    def prune(self) -> tuple[Path, ...]:
        """Remove image files that no name refers to, and return them.

        Call it only when no plan or run still refers to an older image.
        """
        used = {image.path for image in self.list()}
        unused = tuple(path for path in self.directory.glob("*.qcow2") if path not in used)
        for path in unused:
            path.unlink(missing_ok=True)
        return unused

    def _write_record(self, image: Image) -> None:
        record = self.directory / f"{image.name}.json"
        part = record.with_name(record.name + ".part")
        with part.open("w", encoding="utf-8") as stream:
            part.chmod(0o600)
            stream.write(image.model_dump_json(indent=1) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(record)
