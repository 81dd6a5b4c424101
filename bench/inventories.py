"""Inventories of 500 defined machines: ours, inside the plugin and as a command, and community.libvirt's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from machines import Machines
from measure import ROOT, wall
from peers import CACHE, install

COUNT = 500
# What `ansible-inventory` itself costs is not the plugin's: the parse is timed inside.
_INSIDE = """
import sys, time
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader, init_plugin_loader
init_plugin_loader([])
plugin = inventory_loader.get(sys.argv[1])
data = InventoryData()
begin = time.perf_counter()
plugin.parse(data, DataLoader(), sys.argv[2], cache=False)
print(len(data.hosts), time.perf_counter() - begin)
"""


def inventories(machines: Machines, rounds: int, with_peer: bool) -> list[dict[str, Any]]:
    """Return lines for the table; the 500 machines exist only meanwhile."""
    xml = machines.documents(1)[0]
    name = machines.names(1)[0]
    made = []
    try:
        for i in range(COUNT):
            other = xml.replace(f"<name>{name}<", f"<name>{name}-{i}<")
            other = _without(other, "uuid")
            made.append(machines.host.conn.defineXML(other))
        return _measure(machines, rounds, with_peer)
    finally:
        for domain in made:
            domain.undefine()


def _without(xml: str, tag: str) -> str:
    begin, end = xml.index(f"<{tag}>"), xml.index(f"</{tag}>")
    return xml[:begin] + xml[end + len(tag) + 3 :]


def _measure(machines: Machines, rounds: int, with_peer: bool) -> list[dict[str, Any]]:
    directory = machines.here.directory
    ours = directory / "bench.libvirt.yml"
    ours.write_text(f"plugin: fuyajo.libvirt.libvirt\nuris: ['{machines.here.uri}']\n")
    own = [_inside(Path(sys.executable), "fuyajo.libvirt.libvirt", ours) for _ in range(rounds)]
    middle = median(own)
    what = f"inventory of {COUNT} machines, inside the plugin"
    lines = [{"what": f"{what}: ours", "seconds": own, "target": "≤ 1.5 s", "met": middle <= 1.5}]
    if with_peer and install():
        theirs = directory / "bench.community.libvirt.yml"
        theirs.write_text(f"plugin: community.libvirt.libvirt\nuri: '{machines.here.uri}'\n")
        peer = [_inside(CACHE / "bin" / "python", "community.libvirt.libvirt", theirs)]
        ratio = median(peer) / middle
        line = {"what": f"{what}: community.libvirt", "seconds": peer, "ratio": ratio}
        lines.append({**line, "against": "ours", "target": "≥ 20", "met": ratio >= 20})
    return lines


def _inside(python: Path, plugin: str, source: Path) -> float:
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")}
    found: list[str] = []

    def run() -> None:
        done = subprocess.run(
            [str(python), "-c", _INSIDE, plugin, str(source)],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{plugin}: {done.stderr[-500:]}")
        found.extend(done.stdout.split())

    wall(run)
    if int(found[0]) < COUNT:
        raise SystemExit(f"{plugin} found {found[0]} machines of {COUNT}")
    return float(found[1])
