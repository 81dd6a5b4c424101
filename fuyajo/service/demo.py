"""The main job once, with a note of what it made, so that cleaning up removes exactly that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fuyajo.service.context import Actor
from fuyajo.store.files import write_whole

WORDS = {
    "en": "a web server called hello with 1 GB of memory",
    "ja": "メモリ1GBのウェブサーバーhelloを作って",
}
IMAGE = "debian-12"


@dataclass(frozen=True)
class Made:
    """UUIDs of VMs by name, names of images, and whether the pool was new."""

    vms: dict[str, str] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    pool: bool = False


def _note(actor: Actor) -> Path:
    return actor.settings.home / "demo.json"


def made(actor: Actor) -> Made:
    """What the demo made here; nothing when it never ran or was cleaned up."""
    try:
        raw = json.loads(_note(actor).read_text(encoding="utf-8"))
        return Made(dict(raw["vms"]), tuple(raw["images"]), bool(raw["pool"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Made()


def remember(actor: Actor, update: Made) -> None:
    """Add to the note; written before the next step, so that an interrupted demo can be cleaned too."""
    before = made(actor)
    merged = Made(
        {**before.vms, **update.vms},
        tuple(sorted({*before.images, *update.images})),
        before.pool or update.pool,
    )
    write_whole(_note(actor), json.dumps(asdict(merged)).encode())


def forget(actor: Actor) -> None:
    _note(actor).unlink(missing_ok=True)
