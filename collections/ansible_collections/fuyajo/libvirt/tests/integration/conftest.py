# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool of our own on the real libvirt, and the promise that nothing of ours stays behind."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from ansible_collections.fuyajo.libvirt.tests.integration.backup_support import Yard

from .storage_site import Storage, qemu_img

URI = "qemu:///system"
# The tree under test, not the one that happens to be installed.
TREE = str(Path(__file__).resolve().parents[5])
IMAGES = Path("/var/lib/libvirt/images")


class FarHost(Host):
    """A host whose files are out of reach."""

    is_local = False


class Site:
    """A host, an own pool, an own name prefix."""

    def __init__(self, host: Host, image: Path) -> None:
        self.host = host
        self.tag = secrets.token_hex(3)
        self.pool = f"fuyajo-tc-{self.tag}"
        self.path = IMAGES / self.pool
        self.image = image
        self.sha256 = hashlib.sha256(image.read_bytes()).hexdigest()
        self.base = f"base-{self.sha256[:16]}.qcow2"

    def name(self, short: str) -> str:
        return f"tc-{self.tag}-{short}"

    def options(self, *vms, **more) -> dict:
        """Return options of `stack` for machines given by their short names."""
        return {
            "uri": URI,
            "owner": "tc",
            "accelerator": "tcg",
            "shutdown_timeout": 0,
            "pool": {"name": self.pool, "path": str(self.path)},
            "images": [{"name": "tiny", "path": str(self.image), "sha256": self.sha256}],
            "vms": [dict(vm, name=self.name(vm["name"])) for vm in vms],
            **more,
        }

    def run(self, *vms, check=False, **more):
        return converge(self.host, wanted_of_all(self.options(*vms, **more)), check)

    def volumes(self) -> set[str]:
        return {volume["name"] for volume in self.host.pool_volumes(self.pool)}

    def files(self) -> set[str]:
        return {path.name for path in self.path.iterdir()} if self.path.exists() else set()

    def is_mine(self, name: str, handle) -> bool:
        """Say whether a machine is of this place, in the trash or not."""
        if name.startswith("trash-"):
            return self.name("") in self.host.domain_xml(handle)
        return name.startswith(self.name(""))

    def state(self) -> str:
        """Return everything of ours on the host as one text, to see that nothing changed."""
        domains = {n: h for n, h in self.host.domains().items() if self.is_mine(n, h)}
        xmls = {n: self.host.domain_xml(h) for n, h in domains.items()}
        files = {}
        for path in sorted(self.path.iterdir()) if self.path.exists() else ():
            files[path.name] = (path.stat().st_size, path.stat().st_mtime_ns)
        return json.dumps([xmls, files, self.host.pool(self.pool) is not None], sort_keys=True)

    def clean(self) -> None:
        for name, handle in self.host.domains().items():
            if self.is_mine(name, handle):
                self.host.destroy(handle)
                self.host.undefine(handle)
        pool = self.host.pool_handle(self.pool)
        if pool is not None:
            if pool.isActive():
                pool.destroy()
            pool.undefine()
        shutil.rmtree(self.path, ignore_errors=True)


@pytest.fixture(scope="session")
def host():
    try:
        with Host.open(URI) as connection:
            yield connection
    except FuyajoError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    path = tmp_path_factory.mktemp("image") / "tiny.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, "64M"], check=True)
    return path


@pytest.fixture
def site(host, image):
    made = Site(host, image)
    try:
        yield made
    finally:
        made.clean()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A qcow2 of 8 MiB with something in it."""
    directory = tmp_path_factory.mktemp("tiny")
    raw = directory / "tiny.raw"
    raw.write_bytes(os.urandom(2**20 // 4) + b"\0" * 31 * (2**20 // 4))
    path = directory / "tiny.qcow2"
    qemu_img("convert", "-f", "raw", "-O", "qcow2", raw, path)
    return path


@pytest.fixture
def yard(host):
    made = Yard(host)
    try:
        yield made
    finally:
        made.clean()


@pytest.fixture
def storage(host):
    made = Storage(host)
    try:
        yield made
    finally:
        made.clean()


@pytest.fixture
def far_host(host):
    """The same host, as if it were another machine."""
    with FarHost.open(URI) as connection:
        yield connection


def surroundings(home: Path) -> dict[str, str]:
    """Return the environment of a playbook: little of ours, but the tree under test."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "ANSIBLE_COLLECTIONS_PATH": TREE,
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
        "ANSIBLE_STDOUT_CALLBACK": "lines",
        "LANG": "C.UTF-8",
    }


@pytest.fixture
def playbook(tmp_path):
    """Run tasks by the real ansible-playbook; return {task name: result}."""

    def run(tasks, *arguments, check=True):
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable},
            "tasks": tasks,
        }
        book = tmp_path / "book.yml"
        book.write_text(json.dumps([play]), encoding="utf-8")
        tool = Path(sys.executable).parent / "ansible-playbook"
        done = subprocess.run(
            [tool, "-i", "localhost,", book, *arguments],
            env=surroundings(tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        results = {}
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                entry = json.loads(line)
                results[entry["task"]] = entry["result"]
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return results

    return run
