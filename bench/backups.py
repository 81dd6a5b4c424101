"""Backups: the speed of a full one against `qemu-img convert` of the same disk, and how much an incremental
one writes after one per cent of the blocks changed.

Both are cold: caches are dropped before each, and both end with their bytes on the disk. A backup is what the
collection's module does, from the look at the machine to the directory with its digests; starting Ansible is
left out, as it is for `qemu-img`.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted
from measure import report, spread, take_turns, verdict, wall

IMAGES = Path("/var/lib/libvirt/images")
URI, OWNER = "qemu:///system", "bench"
MIB = 2**20
#: MiB of random content, and what the dirty bitmap counts in.
CONTENT, CLUSTER = 1024, 65_536
ROUNDS = 5


class Yard:
    """A machine that is off, and a place for its backups."""

    def __init__(self, host: Host) -> None:
        self.host, self.tag = host, f"bench-{secrets.token_hex(3)}"
        self.path, self.backups = IMAGES / self.tag, IMAGES / f"{self.tag}-b"
        self.disk = self.path / f"{self.tag}.qcow2"
        self.count = 0

    def backup(self, kind: str) -> Path:
        self.count += 1
        backup = {
            "vm": self.tag,
            "name": f"b{self.count}",
            "directory": str(self.backups),
            "kind": kind,
        }
        options = {"owner": OWNER, "pool": {"name": self.tag}, "backups": [backup]}
        done = converge(self.host, Wanted.parse(options, (backup_kind.KIND,)), False)
        if done.errors:
            raise SystemExit("; ".join(map(str, done.errors)))
        return self.backups / self.tag / f"b{self.count}"

    def io(self, *commands: str) -> None:
        words = [word for command in commands for word in ("-c", command)]
        subprocess.run(["qemu-io", *words, self.disk], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def yard() -> Iterator[Yard]:
    with Host.open(URI) as host:
        made = Yard(host)
        made.backups.mkdir(mode=0o711)
        made.backups.chmod(0o711)
        host.make_pool(_storage.Pool(made.tag, str(made.path)))
        try:
            _fill(made)
            disks = [_domain.Disk(str(made.disk), "vda")]
            meta = _domain.Meta(owner=OWNER)
            document = _domain.Domain(made.tag, disks=disks, meta=meta, machine="pc", memory_mib=64)
            host.define(_domain.build_domain(document))
            yield made
        finally:
            _clear(host, made)


def _fill(made: Yard) -> None:
    """Content that nothing compresses, and as much room beside it that nobody wrote to."""
    raw = made.path / "content"
    with raw.open("wb") as file:
        for _ in range(CONTENT):
            file.write(os.urandom(MIB))
    convert = ["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, made.disk]
    subprocess.run(convert, check=True)
    subprocess.run(["qemu-img", "resize", "-q", made.disk, f"{2 * CONTENT}M"], check=True)
    raw.unlink()


def _clear(host: Host, made: Yard) -> None:
    import libvirt

    for domain in host.conn.listAllDomains():
        if domain.name() == made.tag:
            if domain.isActive():
                domain.destroy()
            domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA)
    for pool in host.conn.listAllStoragePools():
        if pool.name() == made.tag:
            if pool.isActive():
                pool.destroy()
            pool.undefine()
    for path in (made.path, made.backups):
        shutil.rmtree(path, ignore_errors=True)


def cold(work: Callable[[], object]) -> float:
    """Seconds of it with nothing in the page cache."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3")
    return wall(work)


def full(made: Yard) -> None:
    shutil.rmtree(made.backup("full"))


def converted(made: Yard) -> None:
    target = made.backups / "converted"
    subprocess.run(
        ["qemu-img", "convert", "-f", "qcow2", "-O", "qcow2", made.disk, target], check=True
    )
    with target.open("rb") as file:
        os.fsync(file.fileno())
    target.unlink()


def changed(made: Yard) -> tuple[int, int]:
    """Bytes that were changed, spread over the disk, and bytes of the incremental backup of it."""
    made.backup("full")
    clusters = CONTENT * MIB // CLUSTER
    chosen = random.Random(1).sample(range(clusters), clusters // 100)
    made.io(*(f"write -q -P 0x5a {number * CLUSTER} {CLUSTER}" for number in chosen))
    made_of = made.backup("incremental")
    return len(chosen) * CLUSTER, sum(file.stat().st_size for file in made_of.iterdir())


def main(rounds: int = ROUNDS) -> None:
    with yard() as made:
        times = take_turns(
            rounds,
            {
                "convert": lambda: cold(lambda: converted(made)),
                "backup": lambda: cold(lambda: full(made)),
            },
        )
        moved, wrote = changed(made)
    ratio = sorted(times["convert"])[rounds // 2] / sorted(times["backup"])[rounds // 2]
    share = wrote / (CONTENT * MIB)
    report(
        f"a full backup of {CONTENT} MiB, and an incremental one after 1 % changed",
        f"{rounds} rounds in turns, cold; seconds (least–most).",
        [
            ["", "median", "throughput", "target"],
            ["qemu-img convert and fsync", spread(times["convert"]), "1", ""],
            [
                "vm_backup, digests and all",
                spread(times["backup"]),
                f"{ratio:.2f}",
                f">= 0.8: {'met' if ratio >= 0.8 else 'MISSED'}",
            ],
            [
                f"incremental: {moved / MIB:.1f} MiB changed",
                f"{wrote / MIB:.1f} MiB written",
                f"{100 * share:.2f} %",
                verdict(100 * share, 3),
            ],
        ],
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
