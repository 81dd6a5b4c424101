"""The main job once, with a note of what it made, so that cleaning up removes exactly that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.trash import old_name
from fuyajo.engine.reader import base_name, connection
from fuyajo.service.applying import execute, run_record
from fuyajo.service.context import Actor
from fuyajo.service.images import get_image, remove_image
from fuyajo.service.machines import list_vms
from fuyajo.service.runs import failed_problem
from fuyajo.service.trashing import list_trash, plan_ending
from fuyajo.store.files import private_directory, write_whole

WORDS = {
    "en": "a web server called hello with 1 GB of memory",
    "ja": "メモリ1GBのウェブサーバーhelloを作って",
}
IMAGE = "debian-12"
DOCUMENT = {"vms": [{"name": "hello", "template": "web-server", "memory": "1GB"}]}


@dataclass(frozen=True)
class Made:
    """UUIDs of VMs by name, names of images that were built, digests of images by name that were
    copied into the pool, and whether the pool was new."""

    vms: dict[str, str] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    bases: dict[str, str] = field(default_factory=dict)
    pool: bool = False


def _note(actor: Actor) -> Path:
    return actor.settings.home / "demo.json"


def made(actor: Actor) -> Made:
    """What the demo made here; nothing when it never ran or was cleaned up."""
    try:
        raw = json.loads(_note(actor).read_text(encoding="utf-8"))
        return Made(dict(raw["vms"]), tuple(raw["images"]), dict(raw["bases"]), bool(raw["pool"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Made()


def remember(actor: Actor, update: Made) -> None:
    """Add to the note; written before the next step, so that an interrupted demo can be cleaned too."""
    before = made(actor)
    merged = Made(
        {**before.vms, **update.vms},
        tuple(sorted({*before.images, *update.images})),
        {**before.bases, **update.bases},
        before.pool or update.pool,
    )
    private_directory(actor.settings.home)
    write_whole(_note(actor), json.dumps(asdict(merged)).encode())


def forget(actor: Actor) -> None:
    _note(actor).unlink(missing_ok=True)


def before(actor: Actor, plan: Plan) -> None:
    """Note what this plan is about to make: the UUIDs are filled in by `after`."""
    new = {c.name: "" for c in plan.changes if c.object == "vm" and c.action == "create"}
    image = get_image(actor, IMAGE)
    if not new or image is None:
        return
    with connection(actor.settings.uri) as host:
        pool = host.pool(actor.settings.pool) is not None
        there = {volume["name"] for volume in host.pool_volumes(actor.settings.pool)}
    bases = {} if base_name(image.sha256) in there else {image.name: image.sha256}
    remember(actor, Made(new, bases=bases, pool=not pool))


def after(actor: Actor) -> None:
    """Fill in the UUIDs of what was made."""
    found = {machine.name: machine.uuid for machine in list_vms(actor)}
    noted = made(actor).vms
    fresh = {name: found[name] for name, uuid in noted.items() if name in found and not uuid}
    remember(actor, Made(fresh))


def removal(actor: Actor) -> Plan | None:
    """A plan that ends the demo's machines, in the trash as well: those that are still the ones it made."""
    noted = made(actor).vms
    there = [m for m in list_vms(actor) if noted.get(m.name) in {"", m.uuid}]
    kept = [m for m in list_trash(actor) if noted.get(old_name(m)) in {"", m.uuid}]
    return plan_ending(actor, there, kept) if there or kept else None


def clean_up(actor: Actor) -> Problem | None:
    """Remove the demo's image and pool; what something else uses by now stays and is named."""
    noted = made(actor)
    if noted.bases or noted.pool:
        with run_record(actor, None, (), "demo --clean") as record:
            final, _ = execute(actor, record, _removal_document(actor, noted, record.id), _ignore)
        if final.status != "successful":
            return failed_problem(final)
    for name in noted.images:
        remove_image(actor, name)
    forget(actor)
    return None


def _ignore(_event: object) -> None:
    """Taking an image away has no stages worth showing."""


def _removal_document(actor: Actor, noted: Made, run_id: str) -> dict[str, Any]:
    stack = {
        "uri": actor.settings.uri,
        "owner": actor.user,
        "pool": {
            "name": actor.settings.pool,
            "path": str(actor.settings.pool_path),
            "state": "absent" if noted.pool else "present",
        },
        "images": [
            {"name": name, "sha256": digest, "state": "absent"}
            for name, digest in noted.bases.items()
        ],
        "networks": [],
        "vms": [],
    }
    return {"version": 1, "run_id": run_id, "stack": stack, "guests": []}
