"""Delete and undo with the real command line, the real playbook and real libvirt; no guest has to boot.

The tests share two machines and build on each other in their order.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FuyajoError as HostError,
)

from tests.support.installation import URI, Installation, domains, install, remove, volumes
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`…-off` is off and has a snapshot, `…-on` runs an empty disk."""
    directory = tmp_path_factory.mktemp("undo")
    made = install(directory, None)
    states = {"off": "stopped", "on": "started"}
    try:
        stand(made, directory, ({**SEEDED, "name": n, "state": s} for n, s in states.items()))
        yield made
    finally:
        remove(made)


def answer(place: Installation, *words: str, code: int = 0) -> Any:
    """What the command says with `--json`."""
    done = place.fuyajo(*words, "--json")
    assert done.returncode == code, f"{words}: {done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)


def run_of(place: Installation, name: str, *words: str) -> str:
    """Id of the run that this command makes, while somebody pulls the plug of a guest that obeys nobody."""
    with place.start(*words) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if "working on the machines" in line:
                break
        with Host.open(URI) as host, suppress(HostError):
            host.destroy(host.lookup(name))
        said += process.communicate(timeout=120)[1]
    assert process.returncode == 0, said
    found = re.search(r"r-\d{8}-\d{6}-[0-9a-f]{4}", said)
    assert found, said
    return found[0]


def digests(place: Installation) -> dict[str, str]:
    """SHA-256 of the files of machines, by their name behind that of the installation."""
    files = [p for p in place.pool_path.iterdir() if not p.name.startswith("base-")]
    return {
        p.name.removeprefix(place.name): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


def facts(place: Installation) -> dict[str, dict[str, Any]]:
    return {vm["name"]: vm for vm in answer(place, "vm", "list")}


def test_delete_and_undo_is_the_same_machine_byte_for_byte(place: Installation) -> None:
    name = f"{place.name}-off"
    disk = place.pool_path / f"{name}.qcow2"
    subprocess.run(["qemu-io", "-c", "write -P 0x5a 3M 2M", disk], check=True, capture_output=True)
    file = place.home / "wish.json"
    file.write_text(
        json.dumps({"operations": [{"op": "snapshot", "vm": name, "snapshot": "safe"}]})
    )
    answer(place, "apply", "-f", str(file))
    subprocess.run(["qemu-io", "-c", "write -P 0xa5 4M 2M", disk], check=True, capture_output=True)
    before, was = digests(place), facts(place)[name]

    deleted = answer(place, "vm", "delete", name, "--yes")
    assert (name in domains(), name in facts(place)) == (False, False)
    assert {v for v in volumes(place) if v.startswith(name)} == set()
    (kept,) = answer(place, "trash", "list")
    assert (kept["name"], kept["uuid"], kept["expired"]) == (name, was["uuid"], False)
    assert kept["kept_as"] in domains()

    undone = answer(place, "undo", deleted["run"]["id"])
    assert [c["action"] for c in undone["plan"]["changes"]] == ["recover"]
    assert undone["left"] == []
    checked = answer(place, "apply", undone["plan"]["id"], "--check")
    assert checked["run"]["status"] == "successful"
    assert name not in domains()
    answer(place, "apply", undone["plan"]["id"])
    assert digests(place) == before
    assert facts(place)[name] == was
    assert answer(place, "trash", "list") == []
    with Host.open(URI, readonly=True) as host:
        (tree,) = host.snapshot_trees(name)
    assert [s["name"] for s in tree["snapshots"]] == ["safe"]


def test_what_ran_runs_again_and_undo_of_undo_deletes_it_again(place: Installation) -> None:
    name = f"{place.name}-on"
    was = facts(place)[name]
    assert was["state"] == "running"
    deleted = run_of(place, name, "vm", "delete", name, "--yes")
    undone = answer(place, "undo", deleted)
    # In check mode nothing came back, so nothing can be started; it says so without failing.
    assert answer(place, "apply", undone["plan"]["id"], "--check")["run"]["status"] == "successful"
    back = answer(place, "apply", undone["plan"]["id"])
    assert facts(place)[name] == was
    again = answer(place, "undo", back["run"]["id"])
    assert [(c["action"], c["name"]) for c in again["plan"]["changes"]] == [("delete", name)]
    run_of(place, name, "apply", again["plan"]["id"], "--yes")
    assert [kept["name"] for kept in answer(place, "trash", "list")] == [name]


def test_a_resize_and_the_power_go_back(place: Installation) -> None:
    name = f"{place.name}-off"
    was = facts(place)[name]
    file = place.home / "wish.json"
    resize = {"op": "resize", "vm": name, "cpus": 2, "memory": "128MiB"}
    file.write_text(json.dumps({"operations": [resize]}))
    resized = answer(place, "apply", "-f", str(file))
    started = answer(place, "vm", "start", name)
    stop = answer(place, "undo", started["run"]["id"])["plan"]["id"]
    run_of(place, name, "apply", stop)
    answer(place, "apply", answer(place, "undo", resized["run"]["id"])["plan"]["id"])
    assert facts(place)[name] == was


def test_emptying_leaves_nothing(place: Installation) -> None:
    name = f"{place.name}-on"
    refused = answer(place, "trash", "empty", code=3)
    assert [p["code"] for p in refused["problems"]] == ["confirm_destroy"]
    answer(place, "trash", "empty", name, "--yes")
    assert answer(place, "trash", "list") == []
    answer(place, "vm", "delete", f"{place.name}-off", "--purge", "--yes")
    assert {v for v in volumes(place) if not v.startswith("base-")} == set()
    assert not {d for d in domains() if d.startswith(place.name)}
