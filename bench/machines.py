"""Machines for the benches of the collection: the same ones, made by us, by bare calls, or by peers.

Every machine is an overlay on an empty base with a seed, 256 MiB and one processor; it idles in the firmware.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import libvirt
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from measure import Site, wall

SEED = {"user": "bench", "ssh_authorized_keys": ["ssh-ed25519 AAAA"], "hostname": "bench"}
THREADS = 8


class Machines:
    """A number of machines of one site. ``started`` says whether they are started as well."""

    def __init__(self, here: Site, host: Host) -> None:
        self.here, self.host = here, host
        self.image = here.directory / "empty.qcow2"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", self.image, "64M"], check=True)
        self.sha256 = hashlib.sha256(self.image.read_bytes()).hexdigest()
        self.network = f"{here.tag}-net"
        self.base = here.pool_path / _storage.base_name(self.sha256)

    def names(self, count: int) -> list[str]:
        return [f"{self.here.tag}-{i}" for i in range(count)]

    def options(self, count: int, state: str) -> dict[str, Any]:
        """Options of our module `stack`."""
        vm = {"memory": "256", "disk": "1G", "image": "empty", "cloud_init": SEED}
        vm |= {"state": state, "nics": [{"network": "user"}], "forwards": [{"guest": 22}]}
        if state == "absent":
            vm["remove_storage"] = True
        return {
            "uri": self.here.uri,
            "owner": "bench",
            "accelerator": "tcg",
            "threads": THREADS,
            "shutdown_timeout": 0,
            "pool": {"name": self.here.pool, "path": str(self.here.pool_path)},
            "images": [{"name": "empty", "path": str(self.image), "sha256": self.sha256}],
            "vms": [dict(vm, name=name) for name in self.names(count)],
        }

    def prepare(self) -> None:
        """Make the pool, the base, and a network for the tools that need one, before anything is timed."""
        options = self.options(0, "stopped")
        net = {"name": self.network, "mode": "nat", "cidr": f"10.213.{os.getpid() % 250}.0/24"}
        done = converge(self.host, wanted_of_all({**options, "networks": [net]}), check=False)
        if done.errors:
            raise SystemExit("; ".join(done.errors))

    def converge(self, count: int, state: str, check: bool = False) -> float:
        """Seconds that our own way takes in this process, its connection included."""

        def work() -> None:
            with Host.open(self.here.uri) as host:
                done = converge(host, wanted_of_all(self.options(count, state)), check)
            if done.errors:
                raise SystemExit("; ".join(done.errors))

        return wall(work)

    def documents(self, count: int) -> list[str]:
        """Return the domain XML that our own way makes, for the bare calls."""
        self.converge(count, "stopped")
        handles = self.host.domains()
        xmls = [self.host.domain_xml(handles[name]) for name in self.names(count)]
        self.clear(count)
        return xmls

    def bare(self, xmls: Sequence[str], start: bool) -> float:
        """Seconds of the bare calls: nothing is read, compared, chosen or checked."""

        def work() -> None:
            connection = libvirt.open(self.here.uri)
            pool = connection.storagePoolLookupByName(self.here.pool)
            with ThreadPoolExecutor(min(THREADS, len(xmls))) as threads:
                list(threads.map(lambda xml: self._bare_one(connection, pool, xml, start), xmls))
            connection.close()

        return wall(work)

    def _bare_one(self, connection: Any, pool: Any, xml: str, start: bool) -> None:
        plan = _domain.parse_domain(xml)
        disk = _storage.Volume(_storage.disk_name(plan.name), 2**30)
        disk.backing = _storage.Backing(str(self.base))
        pool.createXML(_storage.build_volume(disk), 0)
        data = _seed.seed_image(plan.name, str(plan.uuid), SEED)
        seed = _storage.Volume(_storage.seed_name(plan.name), len(data), format="raw", mode="0600")
        pool.createXML(_storage.build_volume(seed), 0)
        (self.here.pool_path / seed.name).write_bytes(data)
        made = connection.defineXMLFlags(xml, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)
        if start:
            made.create()

    def clear(self, count: int) -> None:
        """Remove the machines; the pool and its base stay."""
        self.converge(count, "absent")
        self.sweep()

    def sweep(self) -> None:
        """Remove what other tools left under our names: machines and files, nothing else."""
        for name, handle in self.host.domains().items():
            if name.startswith(self.here.tag):
                self.host.destroy(handle)
                self.host.undefine(handle)
        pool = self.host.pool_handle(self.here.pool)
        if pool is None or not pool.isActive():
            return
        pool.refresh(0)
        for volume in pool.listAllVolumes(0):
            if volume.name().startswith(self.here.tag):
                volume.delete(0)

    def remove(self) -> None:
        """Remove everything, the pool and the base as well."""
        # What virt-lightning wants inside of its pool.
        shutil.rmtree(self.here.pool_path / "upstream", ignore_errors=True)
        self.sweep()
        options = self.options(0, "absent")
        for thing in (options["pool"], *options["images"]):
            thing["state"] = "absent"
        options["networks"] = [{"name": self.network, "state": "absent"}]
        for problem in converge(self.host, wanted_of_all(options), check=False).errors:
            print(f"left behind: {problem}", file=sys.stderr)


def rpcs(code: str, directory: Path) -> tuple[int, int]:
    """Return (calls, connections) that a Python program makes, from libvirt's own client log.

    The count is of messages to the remote program, as libvirt sends them, keepalive left out.
    """
    log = directory / "rpc.log"
    log.unlink(missing_ok=True)
    outputs = {"LIBVIRT_LOG_FILTERS": "1:rpc", "LIBVIRT_LOG_OUTPUTS": f"1:file:{log}"}
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **outputs}, check=True)
    sent = opened = 0
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if "RPC_CLIENT_MSG_TX_QUEUE" in line and "prog=536903814" in line and "type=0" in line:
                sent += 1
                opened += "proc=1 " in line
    return sent, opened
