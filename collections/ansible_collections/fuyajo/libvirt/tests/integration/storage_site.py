# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools of a test's own on the real libvirt, and nothing of them afterwards."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import subprocess
from pathlib import Path

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

URI = "qemu:///system"
IMAGES = Path("/var/lib/libvirt/images")


class Storage:
    """A host, a tag in every name, and our own pool for the call; other pools by `path`."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.tag = f"tvd-{secrets.token_hex(3)}"
        self.own = self.name("own")

    def name(self, short: str) -> str:
        return f"{self.tag}-{short}"

    def path(self, short: str) -> Path:
        return IMAGES / self.name(short)

    def options(self, **kinds) -> dict:
        own = {"name": self.own, "path": str(self.path("own"))}
        return {"uri": URI, "owner": "tvd", "accelerator": "tcg", "pool": own, **kinds}

    def run(self, check=False, host=None, **kinds):
        return converge(host or self.host, wanted_of_all(self.options(**kinds)), check)

    def good(self, **kinds):
        """Run, and expect no problem."""
        done = self.run(**kinds)
        assert not done.errors, done.errors
        return done

    def proved(self, **kinds):
        """Run with the proofs: check mode told what came, and afterwards there is nothing left to do."""
        told = self.good(check=True, **kinds)
        done = self.good(**kinds)
        assert [r["changes"] for r in told.results] == [r["changes"] for r in done.results]
        assert told.changed and done.changed
        assert not self.good(check=True, **kinds).changed
        again = self.good(**kinds)
        assert not again.changed and not any(r["actions"] for r in again.results)
        return done

    def pool(self, short="p", **more):
        return {"name": self.name(short), "path": str(self.path(short)), **more}

    def files(self, short="own") -> set[str]:
        path = self.path(short)
        return {each.name for each in path.iterdir()} if path.exists() else set()

    def facts(self, name, short="own"):
        pool = self.host.pool_handle(self.name(short))
        handle = self.host.volume_handle(pool, name)
        return None if handle is None else self.host.volume_facts(handle, self.name(short))

    def clean(self) -> None:
        for name, handle in self.host.domains().items():
            if name.startswith(self.tag):
                self.host.destroy(handle)
                self.host.undefine(handle)
        for handle in self.host.pool_handles():
            if handle.name().startswith(self.tag):
                self.host.stop_pool(handle)
                handle.undefine()
        for path in IMAGES.glob(f"{self.tag}-*"):
            shutil.rmtree(path, ignore_errors=True)


def qemu_img(*arguments):
    subprocess.run(["qemu-img", *map(str, arguments)], check=True, capture_output=True)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wish(path, **more):
    return {"name": "tiny", "path": str(path), "sha256": sha256(path), **more}


def wish_from(url, path, **more):
    return {"name": "tiny", "url": url, "sha256": sha256(path), **more}
