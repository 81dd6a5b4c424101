"""Two real hypervisors: machines come to the right one, are found there, and one may fall silent."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from typing import Any

import pytest

from fuyajo.service.context import Actor, load_settings, local_actor
from fuyajo.service.following import seen
from fuyajo.service.submitting import submit
from tests.support.hypervisor import Hypervisor, hypervisor
from tests.support.images import ready_store
from tests.support.installation import URI, Installation, domains, install, remove

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Fleet:
    place: Installation
    second: Hypervisor

    @property
    def environment(self) -> dict[str, str]:
        return {**self.place.environment, "FUYAJO_INVENTORY": "inventory.yml"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.place.command, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def done(self, *words: str) -> str:
        ended = self.run(*words)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def request(self, name: str, **more: Any) -> str:
        vm = {"name": self.name(name), "template": "basic-server", "state": "stopped", **more}
        path = self.place.home / f"{name}.json"
        path.write_text(json.dumps({"vms": [vm]}), encoding="utf-8")
        return str(path)

    def name(self, short: str) -> str:
        return f"{self.place.name}-{short}"

    def plan(self, name: str, **more: Any) -> dict[str, Any]:
        return dict(
            json.loads(self.done("plan", "-f", self.request(name, **more), "--json"))["plan"]
        )

    def actor(self) -> Actor:
        return replace(local_actor({}), settings=load_settings(self.environment))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    place = install(tmp_path_factory.mktemp("hosts"), ready_store())
    try:
        with hypervisor() as second:
            write_inventory(place, second)
            yield Fleet(place, second)
    finally:
        remove(place)


def write_inventory(place: Installation, second: Hypervisor) -> None:
    hosts = {
        "kvm1": {
            "fuyajo_uri": URI,
            "fuyajo_labels": ["hdd"],
            "fuyajo_pool_path": str(place.pool_path),
        },
        "kvm2": {
            # Nobody reaches it like that but the worker beside it: the other way leads to the same.
            "fuyajo_uri": second.uri,
            "fuyajo_local_uri": second.uri.replace("libvirt-sock", "./libvirt-sock"),
            "fuyajo_labels": ["ssd"],
            "fuyajo_pool_path": str(second.pool_path),
        },
    }
    group = {"vars": {"fuyajo_pool": place.name}, "hosts": hosts}
    path = place.home / "inventory.yml"
    path.write_text(json.dumps({"all": {"children": {"hypervisors": group}}}), encoding="utf-8")


def test_create_find_and_delete(fleet: Fleet) -> None:
    for name, label in (("a", "hdd"), ("b", "ssd")):
        fleet.done("apply", "-f", fleet.request(name, labels=[label]), "--yes")
    assert fleet.name("a") in domains() and fleet.name("a") not in fleet.second.domains()
    assert fleet.name("b") in fleet.second.domains() and fleet.name("b") not in domains()
    listed = json.loads(fleet.done("vm", "list", "--json"))
    # Other tests of this machine may have some on kvm1.
    ours = {fleet.name("a"), fleet.name("b")}
    assert {vm["name"]: vm["host"] for vm in listed if vm["name"] in ours} == {
        fleet.name("a"): "kvm1",
        fleet.name("b"): "kvm2",
    }
    # The same name again is the same machine, wherever there would be more room.
    assert fleet.plan("b")["changes"][0]["action"] == "noop"
    both = fleet.run("vm", "delete", fleet.name("a"), fleet.name("b"), "--yes")
    assert both.returncode == 2 and f"{fleet.name('b')} (kvm2)" in both.stderr
    fleet.done("vm", "delete", fleet.name("b"), "--yes", "--purge")
    assert fleet.name("b") not in fleet.second.domains() and fleet.name("a") in domains()
    assert json.loads(fleet.done("host", "list", "--json"))[1]["machines"] == 0


def test_one_of_them_stops_answering(fleet: Fleet) -> None:
    with fleet.second.stopped():
        # What is new goes to the one that answers, and its run asks nothing of the other.
        planned = fleet.run("plan", "-f", fleet.request("e"))
        assert "on kvm1" in planned.stdout and "kvm2: does not answer" in planned.stdout
        assert "kvm2 does not answer" in planned.stderr
        fleet.done("apply", "--yes")
        states = {h["name"]: h["state"] for h in json.loads(fleet.done("host", "list", "--json"))}
        assert states == {"kvm1": "ready", "kvm2": "silent"}
    assert fleet.name("e") in domains()


@contextmanager
def working(fleet: Fleet, *hosts: str) -> Iterator[None]:
    words = [word for host in hosts for word in ("--host", host)]
    process = subprocess.Popen(
        [*fleet.place.command, "worker", *words],
        env=fleet.environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_a_worker_for_each(fleet: Fleet) -> None:
    actor = fleet.actor()
    plans = {label: fleet.plan(f"w-{label}", labels=[label]) for label in ("hdd", "ssd")}
    jobs = {label: submit(actor, plan["id"], "web") for label, plan in plans.items()}
    assert {label: job.host for label, job in jobs.items()} == {"hdd": "kvm1", "ssd": "kvm2"}
    with working(fleet, "kvm2"):
        until(lambda: seen(actor, jobs["ssd"].run).over)
        assert seen(actor, jobs["ssd"].run).status == "successful"
        assert seen(actor, jobs["hdd"].run).status == "queued"
        waiting = fleet.done("run", "show", jobs["hdd"].run)
        assert "no worker for kvm1 was ever seen" in waiting
        document = actor.runs.directory(actor.user, jobs["ssd"].run)
        assert any("./libvirt-sock" in f.read_text() for f in document.rglob("*.json"))
    with working(fleet, "kvm1"):
        until(lambda: seen(actor, jobs["hdd"].run).over)
    assert seen(actor, jobs["hdd"].run).status == "successful"
    # Our books know it by one name, whoever reached it how.
    there = actor.objects.there(fleet.second.uri)
    assert fleet.name("w-ssd") in {one.name for one in there}


def until(condition: Any, seconds: float = 60) -> None:
    began, pause = monotonic(), Event()
    while not condition():
        assert monotonic() - began < seconds
        pause.wait(0.1)
