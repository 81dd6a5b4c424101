"""Five machines by one `stack` task, against the same libvirt calls made bare from five threads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from measure import Site, report, site, spread, take_turns, verdict, wall

from fuyajo.engine.images.store import digest

ROUNDS = 7
COUNT = 5
MOST = 1.5
SEED = {"user": "bench", "ssh_authorized_keys": ["ssh-ed25519 AAAA"], "hostname": "bench"}


class Five:
    """Five machines that idle in the firmware (an empty base), made in one way or the other."""

    def __init__(self, here: Site, host: Host) -> None:
        self.here, self.host = here, host
        self.names = [f"{here.tag}-{i}" for i in range(COUNT)]
        self.image = here.directory / "empty.qcow2"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", self.image, "64M"], check=True)
        with self.image.open("rb") as stream:
            self.sha256 = digest(stream)
        self.xmls: list[str] = []  # what our own way hands to libvirt

    def options(self, state: str = "started") -> dict[str, Any]:
        vm = {"state": state, "memory": "256", "disk": "1G", "image": "empty", "cloud_init": SEED}
        vm |= {"nics": [{"network": "user"}], "forwards": [{"guest": 22}]}
        return {
            "uri": self.here.uri,
            "owner": "bench",
            "accelerator": "tcg",
            "pool": {"name": self.here.pool, "path": str(self.here.pool_path)},
            "images": [{"name": "empty", "path": str(self.image), "sha256": self.sha256}],
            "vms": [dict(vm, name=name) for name in self.names],
        }

    def prepare(self) -> None:
        """The pool and its base are there before anything is measured, for every way alike."""
        define = self.host.define

        def noted(xml: str) -> Any:
            self.xmls.append(xml)
            return define(xml)

        self.host.define = noted  # type: ignore[method-assign]
        self._made(converge(self.host, wanted_of_all(self.options()), check=False).errors)
        self.host.define = define  # type: ignore[method-assign]
        self.clear()

    def in_process(self) -> float:
        def work() -> None:
            with Host.open(self.here.uri) as host:
                self._made(converge(host, wanted_of_all(self.options()), check=False).errors)

        seconds = wall(work)
        self.clear()
        return seconds

    def by_playbook(self) -> float:
        seconds = self.here.playbook({"fuyajo.libvirt.stack": self.options()})
        self.clear()
        return seconds

    def bare(self) -> float:
        """Overlay, seed, define, start: nothing is read, compared, chosen or checked."""

        def work() -> None:
            with Host.open(self.here.uri) as host:
                pool = host.pool_handle(self.here.pool)
                with ThreadPoolExecutor(COUNT) as threads:
                    list(threads.map(lambda xml: self._bare_one(host, pool, xml), self.xmls))

        seconds = wall(work)
        self.clear()
        return seconds

    def _bare_one(self, host: Host, pool: Any, xml: str) -> None:
        plan = _domain.parse_domain(xml)
        disk = _storage.Volume(_storage.disk_name(plan.name), 2**30)
        disk.backing = _storage.Backing(str(self.here.pool_path / _storage.base_name(self.sha256)))
        pool.createXML(_storage.build_volume(disk), 0)
        data = _seed.seed_image(plan.name, str(plan.uuid), SEED)
        name = _storage.seed_name(plan.name)
        seed = _storage.Volume(name, len(data), format="raw", mode="0600")
        pool.createXML(_storage.build_volume(seed), 0)
        path = self.here.pool_path / name
        path.write_bytes(data)
        flags = host.lib.VIR_DOMAIN_DEFINE_VALIDATE
        host.conn.defineXMLFlags(xml, flags).create()

    def clear(self) -> None:
        """Remove the machines; the pool and its base stay."""
        options = self.options("absent") | {"shutdown_timeout": 0, "threads": 8}
        self._made(converge(self.host, wanted_of_all(options), check=False).errors)

    def remove(self) -> None:
        self.clear()
        options = self.options("absent") | {"vms": []}
        for thing in (options["pool"], *options["images"]):
            thing["state"] = "absent"
        for problem in converge(self.host, wanted_of_all(options), check=False).errors:
            print(f"left behind: {problem}", file=sys.stderr)

    @staticmethod
    def _made(errors: list[str]) -> None:
        if errors:
            raise SystemExit("; ".join(errors))


def main() -> None:
    with site() as here, Host.open(here.uri) as host:
        five = Five(here, host)
        ping = {"ansible.builtin.ping": {}}
        try:
            five.prepare()
            five.by_playbook()
            found = take_turns(
                ROUNDS,
                {
                    "bare": five.bare,
                    "in process": five.in_process,
                    "ping": lambda: here.playbook(ping),
                    "playbook": five.by_playbook,
                },
            )
        finally:
            five.remove()
    bare, own = median(found["bare"]), median(found["in process"])
    rest = median(found["playbook"]) - median(found["ping"])

    def row(name: str, seconds: str, ratio: float | None = None) -> list[str]:
        held = ["", ""] if ratio is None else [f"{ratio:.2f}", verdict(ratio, MOST)]
        return [name, seconds, *held]

    report(
        f"{COUNT} machines: overlay, seed, define, start (empty base, 256 MiB, TCG)",
        f"Connection included, removal not; {ROUNDS} rounds; median (least–most) in seconds.",
        [
            ["", "seconds", "ratio", "target"],
            row(f"bare libvirt calls, {COUNT} threads", spread(found["bare"])),
            row("converge in process", spread(found["in process"]), own / bare),
            row("ansible-playbook, one task: ping", spread(found["ping"])),
            row("ansible-playbook, one task: stack", spread(found["playbook"])),
            row("  of it more than ping", f"{rest:.2f}", rest / bare),
        ],
    )


if __name__ == "__main__":
    main()
