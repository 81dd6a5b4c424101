"""The index of machines against libvirt's own test driver: what it says is what is there."""

from __future__ import annotations

import time
from collections.abc import Iterator

import libvirt
import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost

from fuyajo.domain.errors import Unavailable
from fuyajo.engine.index import Index

XML = """
<domain type='test'>
  <name>{name}</name>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>2</vcpu>
  <os><type>hvm</type></os>
</domain>
"""
URI = "test:///default"
#: Longer than any test: only what libvirt tells makes it read again.
NEVER = 1e9


@pytest.fixture
def host() -> Iterator[libvirt.virConnect]:
    """The same host as that of every other connection of this process."""
    connection = libvirt.open(URI)
    for number in range(3):
        connection.defineXML(XML.format(name=f"ix-{number}", memory=64))
    yield connection
    for domain in connection.listAllDomains():
        if domain.name().startswith("ix-"):
            if domain.isActive():
                domain.destroy()
            domain.undefine()
    connection.close()


@pytest.fixture
def index() -> Iterator[Index]:
    made = Index(URI, NEVER)
    yield made
    made.close()


def ours(index: Index) -> dict[str, str]:
    return {n: m.state for n, m in index.machines().items() if n.startswith("ix-")}


def test_states_are_of_now(index: Index, host: libvirt.virConnect) -> None:
    assert ours(index) == {"ix-0": "stopped", "ix-1": "stopped", "ix-2": "stopped"}
    host.lookupByName("ix-1").create()
    assert ours(index)["ix-1"] == "running"
    host.lookupByName("ix-1").destroy()
    assert ours(index)["ix-1"] == "stopped"


def test_machines_that_come_and_go(index: Index, host: libvirt.virConnect) -> None:
    assert "ix-2" in ours(index)
    host.lookupByName("ix-2").undefine()
    assert "ix-2" not in ours(index)
    host.defineXML(XML.format(name="ix-2", memory=128))
    assert index.machines()["ix-2"].memory_mib == 128


def test_what_is_as_it_was_is_the_same_object(index: Index, host: libvirt.virConnect) -> None:
    first = index.machines()["ix-0"]
    host.lookupByName("ix-1").create()  # everything is read again
    assert index.machines()["ix-0"] is first
    assert index.machines()["ix-0"] is first


def test_further_pages_of_one_list_come_from_one_look(
    index: Index, host: libvirt.virConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []
    ask = Index._ask

    def counted(self: Index, on: ReadHost, happened: bool) -> None:
        looks.append(happened)
        ask(self, on, happened)

    monkeypatch.setattr(Index, "_ask", counted)
    first = index.machines(within=NEVER)
    assert index.machines(within=NEVER) == first
    assert len(looks) == 1
    host.lookupByName("ix-1").create()
    end = time.monotonic() + 10
    while index.machines(within=NEVER)["ix-1"].state != "running":  # until libvirt has told of it
        assert time.monotonic() < end
    assert looks[0] is False and all(looks[1:])
    before = len(looks)
    index.machines()
    assert len(looks) == before + 1


def test_what_libvirt_does_not_tell_is_seen_after_a_while(host: libvirt.virConnect) -> None:
    index, later = Index(URI, NEVER), Index(URI, age=0)
    assert index.machines()["ix-0"].cpus == later.machines()["ix-0"].cpus == 2
    host.lookupByName("ix-0").setVcpusFlags(1, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
    assert later.machines()["ix-0"].cpus == 1
    later.close()
    index.close()


def test_a_host_that_does_not_answer() -> None:
    index = Index("qemu+unix:///system?socket=/nowhere/libvirt-sock")
    for _ in range(2):
        with pytest.raises(Unavailable):
            index.machines()
