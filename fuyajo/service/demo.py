"""The main job once, with a note of what it made, so that cleaning up removes exactly that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import Plan
from fuyajo.service.applying import execute, failed_problem, new_record
from fuyajo.service.context import Actor
from fuyajo.service.images import get_image, remove_image
from fuyajo.service.machines import list_vms, plan_operation
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


def pool_exists(actor: Actor) -> bool:
    from fuyajo.engine.reader import connection

    with connection(actor.settings.uri) as host:
        return host.pool(actor.settings.pool) is not None


def before(actor: Actor, plan: Plan) -> None:
    """Note what this plan is about to make: the UUID is filled in by `after`."""
    new = {c.name: "" for c in plan.changes if c.object == "vm" and c.action == "create"}
    if new:
        remember(actor, Made(new, pool=not pool_exists(actor)))


def after(actor: Actor) -> None:
    """Fill in the UUIDs of what was made."""
    found = {machine.name: machine.uuid for machine in list_vms(actor)}
    noted = made(actor).vms
    remember(actor, Made({name: found[name] for name, uuid in noted.items() if name in found and not uuid}))


def removal(actor: Actor) -> Plan | None:
    """A plan that deletes the demo's machines: those that are still the ones it made."""
    found = {machine.name: machine.uuid for machine in list_vms(actor)}
    noted = made(actor).vms
    names = [name for name, uuid in noted.items() if name in found and uuid in {"", found[name]}]
    return plan_operation(actor, "delete", tuple(names)) if names else None


def clean_up(actor: Actor) -> Problem | None:
    """Remove the demo's image and pool; what something else uses by now stays and is named."""
    noted = made(actor)
    images = [image for name in noted.images if (image := get_image(actor, name)) is not None]
    if images or noted.pool:
        record = new_record(actor, None, (), "demo --clean")
        stack: dict[str, Any] = {
            "uri": actor.settings.uri,
            "owner": actor.user,
            "pool": {
                "name": actor.settings.pool,
                "path": str(actor.settings.pool_path),
                "state": "absent" if noted.pool else "present",
            },
            "images": [{"name": i.name, "sha256": i.sha256, "state": "absent"} for i in images],
            "networks": [],
            "vms": [],
        }
        document = {"version": 1, "run_id": record.id, "stack": stack, "guests": []}
        final, _ = execute(actor, record, document, lambda _event: None)
        if final.status != "successful":
            return failed_problem(final)
    for image in images:
        remove_image(actor, image.name)
    forget(actor)
    return None
