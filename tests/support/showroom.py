"""A small world to look at: machines of two people, plans, runs and conversations of a team."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest

from fuyajo.domain.drift import Baseline, document_of
from fuyajo.domain.machine import Forward, Machine, Snapshot, Trashed
from fuyajo.domain.trash import trash_name
from fuyajo.engine.images.store import Image
from fuyajo.service.hosts import Host
from fuyajo.service.sharing import share
from tests.support.browser import PASSWORD
from tests.support.command_line import FACTS, World, machine
from tests.support.plan_pages import planned
from tests.support.run_stories import Story
from tests.support.service import Service
from tests.support.talks import answered, new

ROOMS = "fuyajo.http.pages.rooms"
GIB = 1024
HOSTS = [
    Host(
        "localhost", "qemu:///system", "ready", machines=8, cpus=16, memory_mib=64 * GIB,
        memory_free_mib=41 * GIB, disk_free_gib=740, accelerator="kvm",
    )
]  # fmt: skip
QUESTION = "What do I have?"
WISH = "ウェブサーバーを1台、名前はblog、メモリ2GBで"
SHOP = {
    "name": "shop",
    "networks": [{"name": "shop-back", "cidr": "10.20.0.0/24"}],
    "vms": [
        {"name": "shop-cache", "memory": "2GiB", "network": "shop-back"},
        {
            "name": "shop-web-3",
            "template": "web-server",
            "after": ["shop-cache"],
            "network": "shop-back",
        },
    ],
}


@dataclass(frozen=True)
class Showroom:
    """Addresses of what was made. `plan` waits, `run` is over, `going` is not."""

    plan: str
    destroys: str
    run: str
    going: str
    talk: str
    talk_ja: str


def facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be asked of the host."""
    created = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    image = Image(
        name="debian-12", path=Path("/x"), sha256="4be1c09d27a9" * 5 + "07f3", size=312 << 20,
        virtual_size=3 << 30, source="built", created=created, manifest={},
    )  # fmt: skip
    monkeypatch.setattr(f"{ROOMS}.catalogue.list_hosts", lambda _actor: HOSTS)
    monkeypatch.setattr(f"{ROOMS}.images.list_images", lambda _actor: [image])


@contextmanager
def showroom(world: World, served: Service) -> Iterator[Showroom]:
    """For as long as the block, in which one run goes on. Its people: mika and noriko, PASSWORD."""
    for name in ("mika", "noriko"):
        served.user(name, password=PASSWORD, admin=name == "mika")
    world.facts = replace(FACTS, memory_mib=HOSTS[0].memory_mib or 0)
    world.have(*machines())
    mika = served.actor("mika")
    share(served.actor("noriko"), "wiki", "mika", "read")
    drifted(world, served)
    token = served.token("mika")
    talk, talk_ja = new(served, token), new(served, token)
    answered(served, token, talk, QUESTION)
    answered(served, token, talk, "restart wiki-test")
    answered(served, token, talk_ja, WISH)
    plan = planned(served, "mika", SHOP).id
    destroys = planned(served, "mika", {"operations": [{"op": "delete", "vm": "wiki-test"}]}).id
    over = Story(mika, ("shop-db", "shop-web-1"), plan, "r-20261122-090000-3f0a")
    over.now -= timedelta(hours=20)
    over.began = over.now
    over.tasks()
    over.recap()
    over.save("successful", changed=6)
    going = Story(mika, ("shop-web-1", "shop-web-2"), None, "r-20261123-050000-b81c")
    with mika.runs.hold("mika", going.id):
        going.save("running")
        going.tasks(5)
        going.write(going.event("task", 2, stage="configure", task="Write the start page"))
        yield Showroom(
            f"/plans/{plan}", f"/plans/{destroys}", f"/runs/{over.id}", f"/runs/{going.id}",
            _page(talk), _page(talk_ja),
        )  # fmt: skip
        going.save("successful")


def machines() -> list[Machine]:
    back = {"networks": ("shop-back",), "environment": "shop"}
    return [
        _machine("shop-web-1", 20101, cpus=2, memory_mib=2 * GIB, **back),
        _machine("shop-web-2", 20103, cpus=2, memory_mib=2 * GIB, **back),
        _machine("shop-db", 20105, template="basic-server", cpus=4, memory_mib=8 * GIB, disk_gib=80,
                 snapshots=_snapshots(), **back),
        _machine("wiki", 20107, owner="noriko", memory_mib=2 * GIB),
        _machine("wiki-test", 20109, state="stopped"),
        _machine("build-runner", 20111, template="basic-server", cpus=4, memory_mib=4 * GIB, disk_gib=40),
        _machine("study-mika", 20113, template="basic-server"),
        _machine("intranet", 20115, disk_gib=20),
        _trashed("old-intranet", 20117),
    ]  # fmt: skip


def _machine(name: str, port: int, **more: object) -> Machine:
    ports = (Forward(22, port), Forward(80, port + 1))
    values = {"accelerator": "kvm", "networks": ("default",), "forwards": ports}
    return machine(name, uuid=str(uuid5(NAMESPACE_DNS, name)), **{**values, **more})


def _trashed(name: str, port: int) -> Machine:
    was = _machine(name, port, state="stopped", disk_gib=20)
    now = datetime.now(UTC)
    since, until = (now + timedelta(days=days) for days in (-1, 2))
    mark = Trashed(name, since.isoformat(timespec="seconds"), until.isoformat(timespec="seconds"))
    return replace(was, name=trash_name(was.uuid), trashed=mark)


def _snapshots() -> tuple[Snapshot, ...]:
    return (
        Snapshot("fresh", "2026-11-18T01:12:00Z", "running"),
        Snapshot("before-upgrade", "2026-11-21T08:30:00Z", "running", "fresh"),
        Snapshot("nightly", "2026-11-22T18:00:00Z", "running", "before-upgrade"),
    )


def drifted(world: World, served: Service) -> None:
    """Somebody gave one more memory, past us."""
    there = world.found["intranet"]
    was = {**document_of(there), "memory_mib": 512}
    taken = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    served.actor("mika").baselines.note(
        [Baseline(there.uuid, "mika", there.name, None, taken, "running", was)]
    )


def _page(conversation: str) -> str:
    """Of what the API's address names."""
    return f"/talk/{conversation.rpartition('/')[2]}"
