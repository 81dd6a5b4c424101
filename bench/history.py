"""Measured history: what a round costs beside libvirt's own bulk call, and what a month takes on the disk.

Guests that really run are few here (`GUESTS`, without any system in them): libvirt's call is measured with
those and counted per machine. Everything after it is measured with `MACHINES` copies of their answers.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import libvirt
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.measures import _GROUPS
from measure import Site, report, site, verdict

from fuyajo.domain.history import METRICS, Series
from fuyajo.engine.measuring import Meter
from fuyajo.service.collecting import Collector, Host, Watched
from fuyajo.service.context import Settings
from fuyajo.store.database import Database
from fuyajo.store.history import DAY, FOLD, TIERS
from fuyajo.store.home import Home
from fuyajo.store.packing import pack
from fuyajo.store.tables import SAMPLES

GUESTS, MACHINES, ROUNDS_TIMED = 8, 500, 60
VMS, MODEL, DAYS, EACH = 100, 4, 30, 10
XML = """
<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>32</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='{disk}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='user'><model type='virtio'/></interface>
  </devices>
</domain>
"""


def main() -> None:
    with site() as here:
        raw, daemon, records = _raw(here)
    with tempfile.TemporaryDirectory() as directory:
        ours = _rounds(Path(directory), records)
    floor = raw * MACHINES
    with tempfile.TemporaryDirectory() as directory:
        whole = _month(Path(directory)) * VMS / MODEL / 1e6
    report(
        "Measured history",
        f"CPU of a round with {MACHINES} machines: libvirt's bulk call, counted with {len(records)} guests "
        f"in this process alone, and all that follows it, folding included. "
        f"{DAYS} days of {EACH} s of {VMS} VMs: written with {MODEL}, values that nothing makes smaller.",
        [
            ["", "measured", "ratio", "target"],
            ["libvirt's bulk call", f"{floor * 1e3:.0f} ms", "1", ""],
            ["a round, whole", f"{(floor + ours) * 1e3:.0f} ms", f"{(floor + ours) / floor:.2f}",
             verdict((floor + ours) / floor, 2)],
            ["the call in libvirt's daemon", f"{daemon * MACHINES * 1e3:.0f} ms", "", ""],
            ["on disk", f"{whole:.0f} MB", f"{whole / 300:.2f}", verdict(whole, 300)],
        ],
    )  # fmt: skip


def _cpu(pid: str) -> float:
    """Seconds of that process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _raw(here: Site) -> tuple[float, float, list[dict[str, Any]]]:
    """Seconds of a call for each guest, in this process and in the daemon, and what it says of each."""
    daemon = Path("/run/libvirtd.pid").read_text(encoding="ascii").strip()
    with _guests(here) as host:
        wanted = sum(getattr(libvirt, f"VIR_DOMAIN_STATS_{name}") for name in _GROUPS)
        flags = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE
        flags |= libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
        found = host.getAllDomainStats(wanted, flags)
        records = [said for domain, said in found if domain.name().startswith(here.tag)]
        began, theirs = time.process_time(), _cpu(daemon)
        for _ in range(ROUNDS_TIMED):
            host.getAllDomainStats(wanted, flags)
        spent, theirs = time.process_time() - began, _cpu(daemon) - theirs
        return spent / ROUNDS_TIMED / len(found), theirs / ROUNDS_TIMED / len(found), records


@contextmanager
def _guests(here: Site) -> Iterator[Any]:
    host = libvirt.open(here.uri)
    made = []
    try:
        with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
            Path(directory).chmod(0o755)
            for number in range(GUESTS):
                disk = Path(directory) / f"{number}.raw"
                disk.write_bytes(b"\0" * 65536)
                disk.chmod(0o666)
                made.append(host.createXML(XML.format(name=f"{here.tag}-{number}", disk=disk)))
            yield host
    finally:
        for domain in made:
            domain.destroy()
        host.close()


class Copies:
    """A host with as many machines as wanted, all of them ours."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self._said = [(None, str(UUID(int=n + 1)), 1, dict(records[n % len(records)]))
                      for n in range(MACHINES)]  # fmt: skip

    def measures(self) -> list[Any]:
        for _handle, _uuid, _life, values in self._said:
            values["cpu.time"] = values.get("cpu.time", 0) + random.randrange(1, 10**9)
        return self._said

    def is_ours(self, _handle: object) -> bool:
        return True


def _rounds(directory: Path, records: list[dict[str, Any]]) -> float:
    """Seconds of the processor for what follows the call, in the median, and a share of folding."""
    settings = Settings(directory, "test", "p", directory)
    database, meter = Database(Home(directory), None), Meter("test")
    watched = Watched(Collector(settings, database), Host("local", "test", "test"))
    copies = Copies(records)
    meter._connected = lambda: copies  # type: ignore[assignment, method-assign, return-value]
    watched._meter = meter
    now, spent = int(time.time()) // FOLD * FOLD, []
    for number in range(2 * FOLD // EACH + 1):
        began = time.process_time()
        watched.round(now + EACH * number)
        spent.append(time.process_time() - began)
    folds = spent[FOLD // EACH :: FOLD // EACH]
    database.close()
    return median(spent) + max(folds) * EACH / FOLD


def _month(directory: Path) -> int:
    """Bytes of a file with what is there after that many days, pieces as folding writes them."""
    home, draw = Home(directory), random.Random(1)
    database = Database(home)
    with database.write() as connection:
        for uuid in (str(UUID(int=n + 1)) for n in range(MODEL)):
            connection.execute(SAMPLES.insert(), list(_pieces(uuid, draw)))
    database.close()
    return home.database().stat().st_size


def _pieces(uuid: str, draw: random.Random) -> Iterator[dict[str, object]]:
    end = 1_800_000_000 // DAY * DAY
    for number, tier in enumerate(TIERS):
        kept = min(tier.kept + tier.span, DAYS * DAY)
        for start in range(end - kept, end, tier.span):
            at = range(start, start + tier.span, tier.step or EACH)
            kinds = [tuple(array("d", (draw.random() * 1e9 for _ in at)) for _ in METRICS)
                     for _ in range(3 if tier.step else 1)]  # fmt: skip
            series = Series(array("q", at), *(kinds if tier.step else kinds * 3))
            yield {"uuid": uuid, "tier": number, "start": start, "body": pack(series, start)}


if __name__ == "__main__":
    sys.exit(main())
