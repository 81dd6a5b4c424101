# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine with two disks, a pool and a place for backups; all of it goes away afterwards."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
from pathlib import Path

import libvirt_qemu
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

IMAGES = Path("/var/lib/libvirt/images")
OWNER = "tvf"
HMP = 1


def tool(*words):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True)


class Yard:
    """Names begin with ``tvf-``; ``backups`` is where they go."""

    def __init__(self, host) -> None:
        self.host = host
        self.tag = f"tvf-{secrets.token_hex(3)}"
        self.path = IMAGES / self.tag
        self.backups = IMAGES / f"{self.tag}-b"
        self.vm = f"{self.tag}-web"
        self.root = self.path / f"{self.vm}.qcow2"
        self.data = self.path / f"{self.vm}.data.qcow2"

    # --- what there is -----------------------------------------------------------------------------

    def make(self, *more, size="8M", meta=None, **fields):
        """Make the pool, two empty qcow2 disks and a machine of them; return its handle."""
        self.backups.mkdir(mode=0o711)
        self.backups.chmod(0o711)
        self.host.make_pool(_storage.Pool(self.tag, str(self.path)))
        for path in (self.root, self.data):
            tool("qemu-img", "create", "-q", "-f", "qcow2", path, size)
        disks = [_domain.Disk(str(self.root), "vda"), _domain.Disk(str(self.data), "vdb"), *more]
        meta = meta or _domain.Meta(owner=OWNER)
        fields = {"machine": "pc", "memory_mib": 32, **fields}
        document = _domain.Domain(self.vm, disks=disks, meta=meta, **fields)
        return self.host.define(_domain.build_domain(document))

    @property
    def handle(self):
        return self.host.lookup(self.vm)

    @property
    def shelf(self) -> Path:
        return self.backups / self.vm

    def options(self, **backup) -> dict:
        more = {k: backup.pop(k) for k in ("owner", "adopt", "uri") if k in backup}
        backup = {"vm": self.vm, "directory": str(self.backups), **backup}
        return {"owner": OWNER, "pool": {"name": self.tag}, **more, "backups": [backup]}

    def run(self, check=False, **backup):
        wanted = Wanted.parse(self.options(**backup), (backup_kind.KIND,))
        return converge(self.host, wanted, check)

    def ok(self, **backup):
        """Run without an error; return the facts of the backup."""
        done = self.run(**backup)
        assert not done.errors, done.errors
        return next(iter(done.facts.get("backup", {}).values()), None)

    def error(self, **backup) -> str:
        """Run into an error that changes nothing; return it."""
        before = self.everything()
        done = self.run(**backup)
        assert done.errors and not done.changed, done
        assert self.everything() == before
        return done.errors[0]

    def everything(self) -> dict:
        """Return all files, machines and checkpoints of ours."""
        files = {}
        for top in (self.path, self.backups):
            for path in sorted(top.rglob("*")) if top.exists() else ():
                kind = path.lstat()
                files[str(path)] = None if path.is_dir() else (kind.st_size, kind.st_mtime_ns)
        names = [name for name in self.host.domains() if name.startswith(self.tag)]
        marks = {n: sorted(self.host.checkpoints(self.host.lookup(n))) for n in names}
        return {"files": files, "machines": marks}

    # --- contents ----------------------------------------------------------------------------------

    def write(self, pattern: int, at: str, length: str, disk: str = "vdb") -> None:
        """Write into a disk, through QEMU when the machine runs."""
        command = f"write -P {pattern} {at} {length}"
        if not self.host.is_active(self.handle):
            tool("qemu-io", "-f", "qcow2", "-c", command, self.file_of(disk))
            return
        number = "abc".index(disk[-1])
        device = f"/machine/peripheral/virtio-disk{number}/virtio-backend"
        said = libvirt_qemu.qemuMonitorCommand(self.handle, f'qemu-io -d {device} "{command}"', HMP)
        assert "wrote" in said or not said.strip(), said

    def file_of(self, disk: str) -> Path:
        return {"vda": self.root, "vdb": self.data}[disk]

    def content(self, path) -> str:
        """Return the SHA-256 of what a guest would read from a qcow2 file."""
        raw = self.path / ".content.raw"
        try:
            tool("qemu-img", "convert", "-U", "-f", "qcow2", "-O", "raw", path, raw)
            return hashlib.sha256(raw.read_bytes()).hexdigest()
        finally:
            raw.unlink(missing_ok=True)

    def first_byte(self, path) -> int:
        """Return the first byte of a qcow2 file's content."""
        raw = self.path / ".content.raw"
        try:
            tool("qemu-img", "dd", "-f", "qcow2", "-O", "raw", f"if={path}", f"of={raw}", "count=1")
            return raw.read_bytes()[0]
        finally:
            raw.unlink(missing_ok=True)

    def both(self) -> list[str]:
        return [self.content(self.root), self.content(self.data)]

    def delete_machine(self) -> None:
        """Remove the machine with its disks."""
        self.host.destroy(self.handle)
        self.host.undefine(self.handle)
        for path in (self.root, self.data):
            path.unlink(missing_ok=True)
        self.host.refresh_pool(self.host.pool_handle(self.tag))

    def clean(self) -> None:
        for name, handle in self.host.domains().items():
            if name.startswith(self.tag) or (
                name.startswith("trash-") and self.tag in self.host.domain_xml(handle)
            ):
                self.host.destroy(handle)
                if self.host.lookup(name) is not None:
                    self.host.undefine(handle)
        pool = self.host.pool_handle(self.tag)
        if pool is not None:
            if pool.isActive():
                pool.destroy()
            pool.undefine()
        for path in (self.path, self.backups):
            shutil.rmtree(path, ignore_errors=True)
        for left in Path("/var/lib/libvirt/qemu/nvram").glob(f"{self.tag}*"):
            os.unlink(left)
