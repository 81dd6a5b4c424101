"""Backups through the real command line and the real playbook, of machines without a guest.

The tests share two machines and build on each other in their order. Guests: tests/e2e.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host

from fuyajo.engine.backups import read_backups
from tests.support.installation import URI, Installation, domains, install, remove
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`…-off` is off, `…-on` runs an empty disk; both have a seed, as every machine of a template."""
    directory = tmp_path_factory.mktemp("backups")
    made = install(directory, None)
    states = {"off": "stopped", "on": "started"}
    try:
        stand(made, directory, ({**SEEDED, "name": n, "state": s} for n, s in states.items()))
        yield made
    finally:
        remove(made)


def disk(place: Installation, command: str, name: str = "off") -> str:
    """What qemu-io says of the disk of a machine that is off."""
    file = place.pool_path / f"{place.name}-{name}.qcow2"
    done = subprocess.run(
        ["qemu-io", "-c", command, file], capture_output=True, text=True, check=True
    )
    return done.stdout


def done(place: Installation, *words: str) -> str:
    said = place.fuyajo("backup", *words)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def listed(place: Installation, name: str = "off") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done(place, "list", f"{place.name}-{name}", "--json"))
    return found


def wish(place: Installation, op: str) -> Path:
    file = place.home / "wish.json"
    file.write_text(json.dumps({"operations": [{"op": op, "vm": f"{place.name}-off"}]}))
    return file


def test_a_plan_says_what_it_would_do_and_check_mode_does_nothing(place: Installation) -> None:
    planned = place.fuyajo("apply", "-f", str(wish(place, "backup")), "--check")
    assert planned.returncode == 0, planned.stderr
    assert "▣" in planned.stderr and "1 would change" in planned.stdout
    assert not list(place.backups.glob("*/*"))


def test_the_first_is_full_and_the_next_holds_what_changed(place: Installation) -> None:
    off = f"{place.name}-off"
    disk(place, "write -P 0x11 0 4M")
    done(place, "create", off, f"{place.name}-on", "--name", "one")
    disk(place, "write -P 0x22 1M 64k")
    done(place, "create", off, "--name", "two")
    first, second = listed(place)
    assert (first["kind"], second["kind"], second["parent"]) == ("full", "incremental", "one")
    assert second["chain"] == ["one", "two"] and second["good"]
    assert (first["cpus"], first["disk_gib"]) == (1, first["disk_gib"]) and first["memory_mib"] > 0
    assert [one["name"] for one in listed(place, "on")] == ["one"]
    assert "the backup two already" in done(place, "create", off, "--name", "two")
    assert len(listed(place)) == 2


def test_what_was_done_and_what_qemu_said_is_in_the_logs(place: Installation) -> None:
    told = place.fuyajo("vm", "logs", f"{place.name}-off", "--json")
    assert told.returncode == 0, told.stderr
    lines = [one["text"] for one in json.loads(told.stdout)["lines"]]
    assert any("make the backups" in line for line in lines), lines
    found = place.fuyajo("vm", "logs", f"{place.name}-on", "--source", "qemu", "--grep", "starting")
    assert found.returncode == 0 and "starting up, QEMU" in found.stdout
    assert "/var/lib/libvirt" not in found.stdout and "-uuid" not in found.stdout


def test_a_look_at_a_test_starts_nothing(place: Installation) -> None:
    planned = place.fuyajo("apply", "-f", str(wish(place, "test-backup")), "--check")
    assert planned.returncode == 0, planned.stderr
    assert "◉" in planned.stderr and "memory meanwhile" in planned.stderr
    assert "1 would change" in planned.stdout
    assert [one["tested"] for one in listed(place)] == [None, None]


def test_nobody_else_sees_them(place: Installation) -> None:
    """The same directory, another owner: there is nothing."""
    assert read_backups(place.backups, "somebody-else") == {}


def test_it_comes_back_as_it_was_and_beside_itself(place: Installation) -> None:
    off = f"{place.name}-off"
    disk(place, "write -P 0x33 0 8M")
    asked = place.fuyajo("backup", "restore", off, "--backup", "two")
    assert asked.returncode == 3 and "everything since is lost" in asked.stderr
    done(place, "restore", off, "--backup", "two", "--yes")
    for command in ("read -P 0x11 0 1M", "read -P 0x22 1M 64k", "read -P 0x11 2M 2M"):
        assert "failed" not in disk(place, command)
    copy = f"{place.name}-copy"
    done(place, "restore", off, "--backup", "one", "--as", copy, "--yes")
    with Host.open(URI) as host:
        assert host.is_active(host.lookup(copy))
        host.destroy(host.lookup(copy))
    assert "failed" not in disk(place, "read -P 0x11 0 4M", "copy")
    gone = place.fuyajo("vm", "delete", copy, "--purge", "--yes")
    assert gone.returncode == 0, gone.stderr


def test_a_running_machine_is_not_overwritten(place: Installation) -> None:
    refused = place.fuyajo("backup", "restore", f"{place.name}-on", "--yes")
    assert refused.returncode == 2 and "not stopped" in refused.stderr


def test_one_that_others_lie_on_stays(place: Installation) -> None:
    refused = place.fuyajo("backup", "delete", f"{place.name}-off", "one", "--yes")
    assert refused.returncode == 2 and "two" in refused.stderr


def test_a_deleted_machine_comes_back(place: Installation) -> None:
    off = f"{place.name}-off"
    gone = place.fuyajo("vm", "delete", off, "--yes")
    assert gone.returncode == 0, gone.stderr
    kept = place.fuyajo("backup", "restore", off, "--yes")
    assert kept.returncode == 2 and "trash" in kept.stderr  # it is not gone yet
    emptied = place.fuyajo("trash", "empty", "--yes")
    assert emptied.returncode == 0, emptied.stderr
    assert off not in domains()
    planned = place.fuyajo("backup", "restore", off, "--yes")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    with Host.open(URI) as host:
        assert host.is_active(host.lookup(off))
        host.destroy(host.lookup(off))
    assert "failed" not in disk(place, "read -P 0x22 1M 64k")


def test_a_pattern_removes_whole_chains_that_it_keeps_no_longer(place: Installation) -> None:
    off = f"{place.name}-off"
    for name in ("b-20260101-030000", "b-20260102-030000"):
        done(place, "create", off, "--full", "--name", name)
    kept = place.fuyajo("backup", "create", off, "--full", "--keep", "last=1")
    assert kept.returncode == 3 and "b-20260101-030000" in kept.stdout + kept.stderr
    done(place, "create", off, "--full", "--keep", "last=1", "--yes")
    names = [one["name"] for one in listed(place)]
    assert names[:2] == ["one", "two"] and len(names) == 3  # those with a name of somebody's stay


def test_a_flipped_byte_is_found_before_anything_starts(place: Installation) -> None:
    off = f"{place.name}-off"
    file = place.backups / off / "one" / "vda.qcow2"
    with file.open("r+b") as image:
        image.seek(file.stat().st_size // 2)
        byte = image.read(1)
        image.seek(-1, 1)
        image.write(bytes([byte[0] ^ 1]))
    checked = place.fuyajo("backup", "verify", off, "--json")
    found = {one["name"]: one for one in json.loads(checked.stdout)}
    assert checked.returncode == 1
    assert not found["one"]["good"] and not found["two"]["good"]
    assert [one["good"] for name, one in found.items() if name.startswith("b-")] == [True]
    disk(place, "write -P 0x44 0 1M")
    refused = place.fuyajo("backup", "restore", off, "--backup", "two", "--yes")
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
    assert "failed" not in disk(place, "read -P 0x44 0 1M")


def test_a_missing_link_is_said_with_what_is_still_good(place: Installation) -> None:
    off = f"{place.name}-off"
    shutil.rmtree(place.backups / off / "one")
    refused = place.fuyajo("backup", "restore", off, "--backup", "two", "--yes")
    assert refused.returncode == 2
    good = [one["name"] for one in listed(place) if one["good"]]
    assert len(good) == 1 and good[0] in refused.stderr
