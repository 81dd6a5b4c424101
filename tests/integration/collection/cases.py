"""What the proofs are run with: for every module that writes, one wish, one change of it, and its end."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Options = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Names and directories of one proof."""

    tag: str
    directory: Path
    pool_path: str
    image: Path
    sha256: str
    subnet: int

    @property
    def pool(self) -> Options:
        return {"name": f"{self.tag}-pool", "path": self.pool_path}

    def name(self, short: str) -> str:
        return f"{self.tag}-{short}"

    @property
    def images(self) -> list[Options]:
        return [{"name": "tiny", "path": str(self.image), "sha256": self.sha256}]

    @property
    def machine(self) -> Options:
        """Options of a machine that other cases need."""
        own = {"owner": "proofs", "pool": self.pool, "accelerator": "tcg", "images": self.images}
        return {**own, "name": self.name("base"), "memory": "64M", "disk": "1G", "image": "tiny"}


@dataclass(frozen=True)
class Case:
    """``wish`` is made, then ``change`` on top of it, then ``end`` on top of the name."""

    wish: Callable[[Place], Options]
    change: Callable[[Place], Options] | None = None
    end: Callable[[Place], Options] | None = None
    before: Callable[[Place], list[tuple[str, Options]]] = field(default=lambda place: [])


def _with_machine(place: Place) -> list[tuple[str, Options]]:
    return [("vm", place.machine)]


def _backup(place: Place) -> Options:
    directory = f"{place.pool_path}-backups"
    own = {"owner": "proofs", "pool": place.pool, "vm": place.name("base")}
    return {**own, "directory": directory, "name": "first"}


def _vault(place: Place) -> Options:
    """A repository of restic, which no module ever makes."""
    repository, password = place.directory / "vault", place.directory / "vault-password"
    where = {"repository": str(repository), "password_file": str(password)}
    if not repository.exists():
        password.write_text("four words in a row\n")
        password.chmod(0o600)
        command = ["restic", "-r", repository, "--password-file", password, "--no-cache", "init"]
        subprocess.run(command, check=True, capture_output=True)
    return where


def _copy(place: Place) -> Options:
    return {**_backup(place), **_vault(place)}


CASES: dict[str, Case] = {
    "vm": Case(
        wish=lambda p: {
            **p.machine,
            "state": "stopped",
            "description": "a proof",
            "tags": ["one"],
            "disks": [{"name": "data", "size": "1G"}],
            "nics": [{"network": "user"}],
            "cloud_init": {"user": "proof"},
        },
        change=lambda p: {
            "cpus": 2,
            "memory": "96M",
            "description": "changed",
            "tags": ["one", "two"],
            "disk": "2G",
            "cloud_init": {"user": "other"},
        },
        end=lambda p: {
            "owner": "proofs",
            "pool": p.pool,
            "name": p.name("base"),
            "state": "absent",
            "remove_storage": True,
        },
    ),
    "stack": Case(
        wish=lambda p: {
            "owner": "proofs",
            "pool": p.pool,
            "accelerator": "tcg",
            "images": p.images,
            "networks": [{"name": p.name("net"), "cidr": f"10.214.{p.subnet}.0/24"}],
            "volumes": [{"name": p.name("vol"), "size": "1G"}],
            "vms": [
                {"name": p.name(short), "memory": "64M", "image": "tiny", "state": "stopped"}
                for short in ("a", "b", "c")
            ],
        },
        change=lambda p: {
            "volumes": [{"name": p.name("vol"), "size": "2G"}],
            "vms": [{"name": p.name("b"), "cpus": 2}],
        },
        end=lambda p: {
            "owner": "proofs",
            "pool": p.pool,
            "networks": [{"name": p.name("net"), "state": "absent"}],
            "volumes": [{"name": p.name("vol"), "state": "absent"}],
            "vms": [
                {"name": p.name(short), "state": "absent", "remove_storage": True}
                for short in ("a", "b", "c")
            ],
        },
    ),
    "network": Case(
        wish=lambda p: {
            "name": p.name("net"),
            "mode": "isolated",
            "cidr": f"10.214.{p.subnet}.0/24",
            "dhcp_hosts": [{"mac": "52:54:00:00:00:01", "ip": f"10.214.{p.subnet}.7", "name": "a"}],
        },
        change=lambda p: {
            "dns": {"hosts": [{"ip": f"10.214.{p.subnet}.9", "names": ["db"]}]},
            "dhcp_hosts": [{"mac": "52:54:00:00:00:02", "ip": f"10.214.{p.subnet}.8", "name": "b"}],
            "autostart": False,
        },
        end=lambda p: {"name": p.name("net"), "state": "absent"},
    ),
    "pool": Case(
        wish=lambda p: {"name": p.name("other"), "path": f"{p.pool_path}-other"},
        change=lambda p: {"autostart": False},
        end=lambda p: {"name": p.name("other"), "state": "absent", "remove_storage": True},
    ),
    "volume": Case(
        wish=lambda p: {"pool": p.pool["name"], "name": "data.qcow2", "size": "1G"},
        change=lambda p: {"size": "2G"},
        end=lambda p: {"pool": p.pool["name"], "name": "data.qcow2", "state": "absent"},
        before=lambda p: [("pool", p.pool)],
    ),
    "image": Case(
        wish=lambda p: {"pool": p.pool, **p.images[0]},
        end=lambda p: {"pool": p.pool, "name": "tiny", "sha256": p.sha256, "state": "absent"},
    ),
    "vm_snapshot": Case(
        wish=lambda p: {"owner": "proofs", "vm": p.name("base"), "name": "first"},
        end=lambda p: {"owner": "proofs", "vm": p.name("base"), "name": "first", "state": "absent"},
        before=_with_machine,
    ),
    "vm_trash": Case(
        wish=lambda p: {
            "owner": "proofs",
            "pool": p.pool,
            "vm": p.name("base"),
            "until": "2026-11-26T10:00:00Z",
        },
        change=lambda p: {"until": "2026-12-01T10:00:00Z"},
        end=lambda p: {
            "owner": "proofs",
            "pool": p.pool,
            "vm": p.name("base"),
            "state": "purged",
        },
        before=_with_machine,
    ),
    "vm_clone": Case(
        wish=lambda p: {
            "owner": "proofs",
            "pool": p.pool,
            "source": p.name("base"),
            "name": p.name("copy"),
        },
        before=_with_machine,
    ),
    "vm_backup": Case(
        wish=_backup,
        end=lambda p: {**_backup(p), "state": "absent"},
        before=_with_machine,
    ),
    "vm_backup_copy": Case(
        wish=_copy,
        end=lambda p: {**_copy(p), "state": "absent"},
        before=lambda p: [*_with_machine(p), ("vm_backup", _backup(p))],
    ),
}

# A program in a guest needs a booted guest; its proofs are where that is.
ELSEWHERE = {"vm_exec": "collections/ansible_collections/fuyajo/libvirt/tests/integration"}

# Options of the modules that only read, where they need any.
READS: dict[str, Callable[[Place], Options]] = {
    "volume_info": lambda p: {},
    "vm_backup_info": lambda p: {"directory": str(p.directory)},
    "vm_backup_copy_info": _vault,
    "vm_snapshot_info": lambda p: {"vm": p.name("base")},
}
