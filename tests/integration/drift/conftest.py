"""Two own machines (one is off, one runs an empty disk) and a pool, made without any guest that boots."""

from __future__ import annotations

import getpass
import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import libvirt
import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

from tests.support.installation import URI, Installation, install, remove

CONFIG = libvirt.VIR_DOMAIN_AFFECT_CONFIG


@dataclass(frozen=True)
class Site:
    """An installation and hands that change its machines beside Fuyajo."""

    place: Installation

    def name(self, short: str) -> str:
        return f"{self.place.name}-{short}"

    def fuyajo(self, *words: str) -> tuple[int, Any]:
        """(exit code, JSON)."""
        done = self.place.fuyajo(*words, "--json", timeout=120)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def request(self, **content: Any) -> str:
        """The path of a request file."""
        file = self.place.home / "wish.json"
        file.write_text(json.dumps(content))
        return str(file)

    def drifted(self, short: str) -> dict[str, dict[str, Any]]:
        """{path: what `fuyajo drift` says of it}."""
        _code, report = self.fuyajo("drift", self.name(short))
        return {field["path"]: field for field in report["vms"][0]["fields"]}

    def hand(self, short: str, act: Callable[[libvirt.virDomain], object]) -> None:
        connection = libvirt.open(URI)
        try:
            act(connection.lookupByName(self.name(short)))
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("drift")
    made = install(directory, None)
    image = directory / "tiny.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "64M"], check=True)
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    machine = {
        "image": "tiny",
        "memory": "256M",
        "cpus": 1,
        "max_cpus": 2,
        "nics": [],
        "metadata": {"template": "basic-server", "configured": "x"},
    }
    options = {
        "uri": URI,
        "owner": getpass.getuser(),
        "accelerator": "tcg",
        "pool": {"name": made.name, "path": str(made.pool_path)},
        "images": [{"name": "tiny", "path": str(image), "sha256": digest}],
        "vms": [
            {**machine, "name": f"{made.name}-off", "state": "stopped"},
            {**machine, "name": f"{made.name}-on", "state": "started"},
        ],
    }
    try:
        with Host.open(URI) as host:
            assert converge(host, wanted_of_all(options), False).errors == []
        yield Site(made)
    finally:
        remove(made)
