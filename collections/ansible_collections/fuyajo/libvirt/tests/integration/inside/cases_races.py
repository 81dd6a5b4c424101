# SPDX-License-Identifier: GPL-3.0-or-later
"""Many writers at once: one wins, the others get a conflict or find the work done."""

from __future__ import annotations

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

URI = "qemu:///system"
WRITERS = 40
VM = {"name": "web", "state": "present", "memory": 64, "disk": "1G", "image": "tiny", "nics": []}
GONE = {"name": "web", "state": "absent", "remove_storage": True}
TWICE = "deadbeef-0000-4000-8000-000000000001"


class Meeting:
    """Makes the first callers of a method wait until all writers have come to it, or through it."""

    def __init__(self, monkeypatch, method, writers=WRITERS, after=False):
        barrier = threading.Barrier(writers, timeout=60)
        places = iter(range(writers))
        really = getattr(Host, method)

        def call(*arguments, **more):
            waits = next(places, None) is not None
            result = really(*arguments, **more) if after else None
            if waits:
                barrier.wait()
            return result if after else really(*arguments, **more)

        monkeypatch.setattr(Host, method, call)


def all_at_once(options, writers=WRITERS):
    """Run `converge` with ``options(i)`` by many writers, each with its own connection."""

    def one(index):
        with Host.open(URI) as host:
            return converge(host, wanted_of_all(options(index)), check=False)

    with ThreadPoolExecutor(writers) as threads:
        return list(threads.map(one, range(writers)))


def of(outcomes, kind):
    return [r for o in outcomes for r in o.results if r["kind"] == kind]


def test_forty_make_one_machine(site, monkeypatch):
    site.run()
    Meeting(monkeypatch, "define")
    outcomes = all_at_once(lambda i: site.options(dict(VM, cpus=1 + i % 3, memory=64 + i)))
    results = of(outcomes, "vm")
    winners = [r for r in results if r["error"] is None]
    assert len(winners) == 1
    losers = [r for r in results if r["error"]]
    assert {r["error_kind"] for r in losers} == {"conflict"}, {
        e for o in outcomes for e in o.errors
    }
    assert {tuple(r["actions"]) for r in losers} == {()}
    # What the winner asked for is what is there.
    facts = site.host.vm(site.name("web"))
    assert facts["uuid"] == winners[0]["uuid"]
    asked = {c["path"]: c["after"] for c in winners[0]["changes"]}
    assert facts["memory_mib"] == asked["memory_mib"]
    assert site.files() == {site.base, f"{site.name('web')}.qcow2"}


def test_the_same_name_and_uuid_overwrites_nothing(site):
    # libvirt itself lets the last of such definitions win. Ours never bring a UUID along: `uuid`
    # only says which machine is meant.
    document = _domain.Domain(site.name("raw"), uuid=TWICE, memory_mib=64)
    for memory in (64, 65):
        document.memory_mib = memory
        handle = site.host.define(_domain.build_domain(document))
    assert site.host.vm(site.name("raw"))["memory_mib"] == 65, "libvirt has become careful"
    site.host.undefine(handle)
    outcomes = all_at_once(lambda i: site.options(dict(VM, uuid=TWICE, memory=64 + i)), 20)
    assert {r["error_kind"] for r in of(outcomes, "vm")} == {"not_found"}
    assert site.host.vm(site.name("web")) is None


def test_forty_make_one_volume(site, monkeypatch):
    site.run()
    Meeting(monkeypatch, "make_volume")
    wanted = [{"name": "data", "size": "1G"}]
    outcomes = all_at_once(lambda _i: site.options(volumes=wanted))
    results = of(outcomes, "volume")
    assert len([r for r in results if r["error"] is None]) == 1
    assert {r["error_kind"] for r in results} == {None, "conflict"}
    assert not site.run(volumes=wanted).changed


def test_twelve_start_one_machine(site, monkeypatch):
    site.run(VM)
    # All of them have seen it stopped before the first one starts it.
    Meeting(monkeypatch, "domain_xml", 12, after=True)
    outcomes = all_at_once(lambda _i: site.options(dict(VM, state="started")), 12)
    assert [r["error"] for r in of(outcomes, "vm")] == [None] * 12
    assert site.host.vm(site.name("web"))["state"] == "running"


def test_changes_of_many_are_never_lost(site, monkeypatch):
    site.run(VM)
    # All of them have read the machine before the first one writes.
    Meeting(monkeypatch, "domain_xml", 12, after=True)
    outcomes = all_at_once(
        lambda i: site.options(
            {"name": "web", **[{"cpus": 2}, {"memory": 96}, {"metadata": {"template": "t"}}][i % 3]}
        ),
        12,
    )
    results = of(outcomes, "vm")
    done = [r for r in results if r["error"] is None]
    assert done and {r["error_kind"] for r in results} == {None, "conflict"}
    facts = site.host.vm(site.name("web"))
    for change in (change for r in done for change in r["changes"]):
        assert facts[change["path"].removeprefix("metadata.")] == change["after"]


def test_at_most_ten_calls_for_a_machine(site, monkeypatch):
    import libvirt

    asked = []
    # What libvirt's client answers by itself.
    free = ("Get(Name|UUIDString|Connect)", "Free$", "^virEvent", "^virConnectGetURI", "^virNode")
    for name in dir(libvirt.libvirtmod):
        really = getattr(libvirt.libvirtmod, name)
        if name.startswith("vir") and not any(re.search(pattern, name) for pattern in free):

            def call(*arguments, really=really, name=name):
                asked.append(name)
                return really(*arguments)

            monkeypatch.setattr(libvirt.libvirtmod, name, call)

    def calls(prefix, count):
        seed = {"cloud_init": {"user": "x", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]}}
        wishes = [dict(VM, name=f"{prefix}{i}", state="started", **seed) for i in range(count)]
        asked.clear()
        assert not site.run(*wishes).errors
        return list(asked)

    calls("first", 1)
    one, five = calls("a", 1), calls("b", 5)
    surplus = Counter(five)
    surplus.subtract(one)
    assert sum(surplus.values()) / 4 <= 10, surplus


def test_makers_and_removers(site):
    site.run()

    def options(index):
        wish = GONE if index % 2 else dict(VM, state="present")
        return site.options(wish)

    for _round in range(3):
        outcomes = all_at_once(options, 8)
        bad = [
            r for r in of(outcomes, "vm") if r["error_kind"] not in (None, "conflict", "not_found")
        ]
        # Removed under the eyes of somebody who was still reading.
        assert all("cannot be found out" in r["error"] for r in bad), bad
    done = site.run(GONE, images=[])
    assert not done.errors
    assert site.files() == {site.base}
    assert not site.run(VM).errors


@pytest.mark.parametrize("threads", [16])
def test_a_busy_pool_is_waited_for(site, threads):
    """libvirt refuses a refresh while volumes are made: that passes."""
    site.run()
    pool = site.host.pool_handle(site.pool)
    stop = threading.Event()
    problems = []

    def refresh():
        while not stop.is_set():
            try:
                site.host.refresh_pool(pool)
            except Exception as error:  # noqa: BLE001 - shown below
                problems.append(error)

    refresher = threading.Thread(target=refresh)
    refresher.start()
    try:
        done = site.run(*(dict(VM, name=f"n{i}") for i in range(threads)), threads=threads)
    finally:
        stop.set()
        refresher.join()
    assert not done.errors, done.errors
    assert not problems
