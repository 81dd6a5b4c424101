"""What a hypervisor can do, near or far."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.about import AboutCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost

from fuyajo.engine.reader import accelerator


class _About(AboutCalls):
    """More calls on a connection that is open."""

    def __init__(self, host: ReadHost) -> None:
        self.conn, self.lib, self.uri = host.conn, host.lib, host.uri


def capabilities(host: ReadHost) -> tuple[int, str]:
    """Its CPUs, and `kvm` or `tcg`: tried out on this machine, believed of another one."""
    cpus = int(host.capacity()["cpus"])
    if host.is_local:
        return cpus, accelerator()
    return cpus, "kvm" if _About(host).offers("kvm")[0] else "tcg"
