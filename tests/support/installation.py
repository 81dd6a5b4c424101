"""An installation of its own for a test: home, pool, the real `fuyajo` in a process of its own."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libvirt

REPOSITORY = Path(__file__).resolve().parents[2]
URI = "qemu:///system"


@dataclass(frozen=True)
class Installation:
    """`name` prefixes everything that this test defines on the shared libvirt."""

    home: Path
    name: str
    pool_path: Path

    @property
    def backups(self) -> Path:
        """Where backups of its machines lie unless somebody says otherwise."""
        return self.pool_path.with_name(f"{self.pool_path.name}-backups")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(Path.home()),
            "LANG": "C.UTF-8",
            # The tree under test, not the one that happens to be installed.
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'collections'}",
            "FUYAJO_HOME": str(self.home),
            "FUYAJO_URI": URI,
            "FUYAJO_POOL": self.name,
            "FUYAJO_POOL_PATH": str(self.pool_path),
        }

    @property
    def command(self) -> list[str]:
        return [str(Path(sys.executable).with_name("fuyajo"))]

    def fuyajo(self, *words: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        """Run it to its end; seconds."""
        return subprocess.run(
            [*self.command, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start it and hand the process over."""
        return subprocess.Popen(
            [*self.command, *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def playbook(self, request: dict[str, Any], *options: str) -> subprocess.CompletedProcess[str]:
        """Run the playbook by hand, as somebody would who never calls `fuyajo`."""
        return self.play({"fuyajo_spec": request}, *options)

    def play(self, variables: dict[str, Any], *options: str) -> subprocess.CompletedProcess[str]:
        """`playbooks/provision.yml` with these extra variables."""
        extra = self.home / "by-hand.json"
        extra.write_text(json.dumps(variables), encoding="utf-8")
        command = ["ansible-playbook", "-i", "inventory/local.yml", "playbooks/provision.yml"]
        return subprocess.run(
            [Path(sys.executable).with_name(command[0]), *command[1:], "-e", f"@{extra}", *options],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
            stdin=subprocess.DEVNULL,
        )


def install(directory: Path, images: Path | None) -> Installation:
    """A fresh installation whose image store holds links to the files of `images`."""
    home = directory / "fuyajo-home"
    home.mkdir(mode=0o700)
    if images is not None:
        (home / "images").mkdir(mode=0o700)
        for file in images.glob("*"):
            if file.suffix == ".json":
                shutil.copy2(file, home / "images" / file.name)
            elif file.suffix == ".qcow2":
                (home / "images" / file.name).symlink_to(file)
    name = f"fj-e2e-{secrets.token_hex(3)}"
    return Installation(home, name, Path("/var/lib/libvirt/images") / name)


def remove(installation: Installation) -> None:
    """Take away whatever the test left, and its pool. Never touches a name that is not the test's."""
    connection = libvirt.open(URI)
    try:
        for domain in connection.listAllDomains():
            if _ours(domain, installation):
                if domain.isActive():
                    domain.destroy()
                metadata = libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
                domain.undefineFlags(metadata | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA)
        for pool in connection.listAllStoragePools():
            if pool.name() == installation.name:
                for volume in pool.listAllVolumes() if pool.isActive() else []:
                    volume.delete()
                if pool.isActive():
                    pool.destroy()
                pool.undefine()
    finally:
        connection.close()
    for path in (installation.pool_path, installation.backups):
        shutil.rmtree(path, ignore_errors=True)


def _ours(domain: libvirt.virDomain, installation: Installation) -> bool:
    """What is in the trash has another name, and its files lie in the same pool."""
    in_pool = f"{installation.pool_path}/" in domain.XMLDesc()
    return in_pool or domain.name().startswith(installation.name)


def machines_of(installation: Installation) -> set[str]:
    """Names of the domains that it made, those in the trash included."""
    connection = libvirt.openReadOnly(URI)
    try:
        found = [one for one in connection.listAllDomains() if _ours(one, installation)]
        return {domain.name() for domain in found}
    finally:
        connection.close()


def volumes(installation: Installation) -> set[str]:
    """Names of the volumes of the installation's pool."""
    connection = libvirt.openReadOnly(URI)
    try:
        pool = connection.storagePoolLookupByName(installation.name)
        return {volume.name() for volume in pool.listAllVolumes()}
    finally:
        connection.close()


def domains() -> set[str]:
    connection = libvirt.openReadOnly(URI)
    try:
        return {domain.name() for domain in connection.listAllDomains()}
    finally:
        connection.close()
