"""What the host says becomes plain values."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain

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
