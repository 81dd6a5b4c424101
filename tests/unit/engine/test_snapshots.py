"""Snapshots as libvirt has them become plain values, and only where somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain

from fuyajo.engine import reader
from fuyajo.engine.snapshots import snapshots_by_name


@pytest.fixture
def host() -> Iterator[Host]:
    with Host.open("test:///default") as opened:
        for name in ("web", "db"):
            document = _domain.Domain(name, virt_type="test", arch=None)
            document.meta = _domain.Meta(owner="mika")
            opened.define(_domain.build_domain(document))
        yield opened


def take(host: Host, vm: str, *names: str) -> None:
    for name in names:
        document = f"<domainsnapshot><name>{name}</name></domainsnapshot>"
        host.lookup(vm).snapshotCreateXML(document, 0)


def test_only_those_that_are_asked_for(host: Host) -> None:
    take(host, "web", "one")
    take(host, "db", "one")
    assert not any(m.snapshots for m in reader.view(host).machines.values())
    seen = reader.view(host, snapshots_of=frozenset({"web", "nobody"})).machines
    assert [s.name for s in seen["web"].snapshots] == ["one"]
    assert seen["db"].snapshots == ()
    assert "nobody" not in seen


def test_the_oldest_first_even_within_a_second(host: Host) -> None:
    """libvirt's clock of snapshots has seconds; what was taken on top of another came later."""
    names = ["zulu", "mike", "alpha", "kilo"]
    take(host, "web", *names)
    (found,) = snapshots_by_name(host, ["web"]).values()
    assert [s.name for s in found] == names
    assert {s.state for s in found} == {"stopped"}
    assert [s.parent for s in found] == [None, *names[:-1]]
    created = [s.created for s in found]
    assert created == sorted(created, key=str) and all(str(c).endswith("Z") for c in created)


def test_a_machine_without_any(host: Host) -> None:
    assert snapshots_by_name(host, ["db", "nobody"]) == {"db": ()}
