"""A real run that fails half-way: policy has undone what it made, and nothing else.

The run makes a machine and then cannot take another one back to its snapshot, because that one's memory is
saved. Nothing has to boot.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libvirt
import pytest

from tests.support.images import ready_store
from tests.support.installation import URI, Installation, domains, install, remove, volumes
from tests.support.standing import stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`…-saved` has a snapshot and sleeps on the disk."""
    directory = tmp_path_factory.mktemp("rollback")
    made = install(directory, ready_store())
    name = f"{made.name}-saved"
    machine = {"memory": "64M", "nics": [], "name": "saved", "state": "started"}
    try:
        stand(made, directory, [machine])
        connection = libvirt.open(URI)
        try:
            domain = connection.lookupByName(name)
            domain.snapshotCreateXML("<domainsnapshot><name>before</name></domainsnapshot>")
            domain.managedSave()
        finally:
            connection.close()
        # It was not made by a run of this home, so its database has to be told.
        told = made.fuyajo("doctor", "--repair-ownership")
        assert told.returncode == 0, told.stderr
        yield made
    finally:
        _forget_memory(made)
        remove(made)


def _forget_memory(place: Installation) -> None:
    connection = libvirt.open(URI)
    try:
        for domain in connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE):
            if domain.name().startswith(place.name):
                domain.managedSaveRemove()
    finally:
        connection.close()


def wish(place: Installation) -> Path:
    new = {"name": f"{place.name}-new", "template": "basic-server", "state": "stopped"}
    back = {"op": "revert", "vm": f"{place.name}-saved", "snapshot": "before"}
    file = place.home / "wish.json"
    file.write_text(json.dumps({"vms": [new], "operations": [back]}))
    return file


def failed(place: Installation) -> dict[str, Any]:
    ran = place.fuyajo("apply", "-f", str(wish(place)), "--yes", "--json")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    answer = json.loads(ran.stdout)
    assert isinstance(answer, dict)
    return answer


def standings(place: Installation, answer: dict[str, Any]) -> dict[str, str]:
    return {r["name"].removeprefix(f"{place.name}-"): r["standing"] for r in answer["remains"]}


def test_undone_by_policy_and_nothing_else_then_continued(place: Installation) -> None:
    (place.home / "policy.toml").write_text('[roles.default]\non_failure = "undo"\n')
    before = volumes(place)
    answer = failed(place)
    (place.home / "policy.toml").unlink()
    assert standings(place, answer) == {"new": "undone", "saved": "unknown"}
    assert answer["undone"]["status"] == "successful"
    assert {d for d in domains() if d.startswith(place.name)} == {f"{place.name}-saved"}
    assert {v for v in volumes(place) - before if not v.startswith("base-")} == set()
    runs = json.loads(place.fuyajo("run", "list", "--json").stdout)
    assert [run["status"] for run in runs[:2]] == ["successful", "failed"]
    # The plan that failed is the one that goes on, from the beginning.
    _forget_memory(place)
    again = place.fuyajo("apply", "--yes")
    assert again.returncode == 0, again.stderr
    assert f"{place.name}-new" in domains()
