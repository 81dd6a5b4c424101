"""What the host says becomes plain values."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain

from fuyajo.domain.machine import Machine, Trashed
from fuyajo.engine import reader


def test_an_unfinished_machine_is_not_shown_as_a_stopped_one() -> None:
    with Host.open("test:///default") as host:
        for name, mark in (("cut-off", "2026-11-23T00:00:00Z locked"), ("whole", None)):
            document = _domain.Domain(name, virt_type="test", arch=None)
            document.meta = _domain.Meta(owner="mika", unfinished=mark)
            host.define(_domain.build_domain(document))
        machines = reader.view(host).owned("mika")
    assert {m.name: m.state for m in machines.values()} == {
        "cut-off": "unfinished",
        "whole": "stopped",
    }


def test_what_is_in_the_trash_is_nobodys_machine() -> None:
    with Host.open("test:///default") as host:
        document = _domain.Domain("trash-0123456789ab", virt_type="test", arch=None)
        mark = _domain.Trashed("shop", "2026-11-23T10:00:00Z", "2026-11-26T10:00:00Z")
        host.define(_domain.build_domain(document))
        meta = _domain.Meta(owner="mika", trashed=mark)
        host.set_meta(host.lookup(document.name), meta, config=True, live=False)
        seen = reader.view(host)
    assert seen.owned("mika") == {}
    (kept,) = seen.trash("mika").values()
    assert kept.trashed == Trashed("shop", "2026-11-23T10:00:00Z", "2026-11-26T10:00:00Z")


def test_one_on_its_way_into_the_trash_is_known_as_such() -> None:
    with Host.open("test:///default") as host:
        document = _domain.Domain("trash-0123456789ab", virt_type="test", arch=None)
        host.define(_domain.build_domain(document))
        mark = _domain.Trashed("shop", "2026-11-23T10:00:00Z", "2026-11-26T10:00:00Z", moving="in")
        meta = _domain.Meta(owner="mika", trashed=mark)
        host.set_meta(host.lookup(document.name), meta, config=True, live=False)
        (kept,) = reader.view(host).trash("mika").values()
    assert kept.trashed is not None
    assert kept.trashed.moving


def test_files_of_one_on_its_way_are_no_leftovers() -> None:
    """The name changes before the files do: cut off there, its disk lies about under a name of nobody."""
    uuid = "01234567-89ab-4cde-8f01-23456789abcd"
    kept = Machine("trash-0123456789ab", uuid, "stopped", 1, 1, 1, owner="mika")
    moving = replace(kept, trashed=Trashed("shop", "", ""))
    back = replace(moving, name="shop")
    assert reader._names({m.name: m for m in [moving]}) == {"shop", "trash-0123456789ab"}
    assert reader._names({m.name: m for m in [back]}) == {"shop", "trash-0123456789ab"}
