"""Two own machines (one is off, one runs an empty disk) and a pool, made without any guest that boots."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import libvirt
import pytest

from tests.support.installation import URI, Installation, install, remove
from tests.support.standing import stand

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
    machine = {
        "memory": "256M",
        "cpus": 1,
        "max_cpus": 2,
        "nics": [],
        "metadata": {"template": "basic-server", "configured": "x"},
    }
    states = {"off": "stopped", "on": "started"}
    try:
        stand(made, directory, ({**machine, "name": n, "state": s} for n, s in states.items()))
        yield Site(made)
    finally:
        remove(made)
