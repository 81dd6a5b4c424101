"""Snapshots of real machines, by the real command line and the real playbook; no guest has to boot.

The tests share two machines and build on each other in their order.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host

from tests.support.installation import URI, Installation, domains, install, remove, volumes
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]
MIB = 2**20


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`…-off` is off, `…-on` runs an empty disk; both have a seed, as every machine of a template."""
    directory = tmp_path_factory.mktemp("snapshots")
    made = install(directory, None)
    states = {"off": "stopped", "on": "started"}
    try:
        stand(made, directory, ({**SEEDED, "name": n, "state": s} for n, s in states.items()))
        yield made
    finally:
        remove(made)


def wish(place: Installation, op: str, **more: object) -> str:
    """The path of a request that does this to both machines."""
    both = [{"op": op, "vm": f"{place.name}-{short}", **more} for short in ("off", "on")]
    file = place.home / "wish.json"
    file.write_text(json.dumps({"operations": both}))
    return str(file)


def snapshots(place: Installation, short: str) -> list[dict[str, Any]]:
    with Host.open(URI, readonly=True) as host:
        (tree,) = host.snapshot_trees(f"{place.name}-{short}")
    return list(tree["snapshots"])


def is_on(place: Installation, short: str) -> bool:
    with Host.open(URI, readonly=True) as host:
        return host.is_active(host.lookup(f"{place.name}-{short}"))


def names(place: Installation) -> list[str]:
    return [f"{place.name}-{short}" for short in ("off", "on")]


def incarnation(name: str) -> int:
    """The number libvirt gives a machine anew at every start."""
    with Host.open(URI, readonly=True) as host:
        return int(host.lookup(name).ID())


def documents(place: Installation) -> list[Path]:
    """The run documents, the oldest first."""
    return sorted(place.home.glob("runs/*/*/spec.json"), key=lambda path: path.stat().st_mtime_ns)


def by_hand(place: Installation, change: dict[str, Any], *options: str) -> tuple[int, str]:
    """The first run's document again, changed, through plain ansible-playbook."""
    document = json.loads(documents(place)[0].read_text()) | change
    spec = place.home / "spec.json"
    spec.write_text(json.dumps(document))
    done = place.play({"fuyajo_spec_path": str(spec)}, *options)
    return done.returncode, done.stdout + done.stderr


def changed(said: str) -> int:
    found = re.search(r"changed=(\d+)", said)
    assert found, said
    return int(found[1])


def disk(place: Installation, command: str) -> str:
    """What qemu-io says of the disk of the machine that is off."""
    file = place.pool_path / f"{place.name}-off.qcow2"
    done = subprocess.run(
        ["qemu-io", "-c", command, file], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_check_mode_says_so_and_takes_none(place: Installation) -> None:
    disk(place, "write -P 0x11 0 1M")
    checked = place.fuyajo("apply", "-f", wish(place, "snapshot", snapshot="before"), "--check")
    assert checked.returncode == 0, checked.stderr
    assert "1 would change" in checked.stdout
    assert snapshots(place, "off") == snapshots(place, "on") == []


def test_they_are_taken_once(place: Installation) -> None:
    file = wish(place, "snapshot", snapshot="before")
    taken = place.fuyajo("apply", "-f", file)
    assert taken.returncode == 0, taken.stderr
    (off,), (on,) = snapshots(place, "off"), snapshots(place, "on")
    assert (off["name"], off["kind"], off["state"]) == ("before", "internal", "stopped")
    assert (on["name"], on["memory"], on["state"]) == ("before", True, "running")
    again = place.fuyajo("apply", "-f", file)
    assert (again.returncode, len(documents(place))) == (0, 2)
    assert "Nothing to do" in again.stdout and "snapshot before already" in again.stdout
    # The playbook itself knows as well: the document of that run once more, by hand.
    code, said = by_hand(place, {})
    assert (code, changed(said)) == (0, 0), said


def test_what_is_wrong_is_said_before_anything_happens(place: Installation) -> None:
    unknown = place.fuyajo("plan", "-f", wish(place, "revert", snapshot="never"), "--json")
    problems = json.loads(unknown.stdout)["problems"]
    assert unknown.returncode == 2
    assert [p["code"] for p in problems] == ["unknown_snapshot"] * 2
    assert problems[0]["hint"] == "its snapshots: before"
    refused = place.fuyajo("apply", "-f", wish(place, "revert"))
    assert refused.returncode == 3
    assert f"takes {place.name}-off back to its snapshot before" in refused.stderr


def test_both_go_back_to_what_they_were(place: Installation) -> None:
    disk(place, "write -P 0x22 0 1M")
    with Host.open(URI) as host:  # there is no guest that would obey a stop
        host.destroy(host.lookup(f"{place.name}-on"))
    back = place.fuyajo("apply", "-f", wish(place, "revert"), "--yes")
    assert back.returncode == 0, back.stderr
    assert "failed" not in disk(place, "read -P 0x11 0 1M")
    assert is_on(place, "on") and not is_on(place, "off")


def test_one_is_deleted_and_those_on_top_of_it_keep_what_they_hold(place: Installation) -> None:
    """`before` is the parent of `after`; what was written since `before` is only in `after`."""
    disk(place, "write -P 0x44 0 1M")
    taken = place.fuyajo("apply", "-f", wish(place, "snapshot", snapshot="after"))
    assert taken.returncode == 0, taken.stderr
    assert [each["parent"] for each in snapshots(place, "off")] == ["before", None]
    told = place.fuyajo("vm", "snapshot", "list", *names(place), "--json")
    for tree in json.loads(told.stdout):
        facts = [(s["name"], s["parent"], s["current"], s["memory"]) for s in tree["snapshots"]]
        on = tree["vm"].endswith("-on")
        assert facts == [("before", None, False, on), ("after", "before", True, on)]
    disk(place, "write -P 0x55 0 1M")
    file = wish(place, "delete-snapshot", snapshot="before")
    asked = place.fuyajo("apply", "-f", file)
    assert asked.returncode == 3
    assert f"deletes snapshot before of {place.name}-off" in asked.stderr
    gone = place.fuyajo("apply", "-f", file, "--yes")
    assert gone.returncode == 0, gone.stderr
    for short in ("off", "on"):
        (left,) = snapshots(place, short)
        assert (left["name"], left["parent"], left["children"]) == ("after", None, [])
    assert is_on(place, "on")
    assert "failed" not in disk(place, "read -P 0x55 0 1M"), "what the machine holds now stays"
    unknown = place.fuyajo("plan", "-f", file, "--json")
    assert [p["code"] for p in json.loads(unknown.stdout)["problems"]] == ["unknown_snapshot"] * 2
    back = place.fuyajo("apply", "-f", wish(place, "revert", snapshot="after"), "--yes")
    assert back.returncode == 0, back.stderr
    assert "failed" not in disk(place, "read -P 0x44 0 1M")


def test_a_guest_that_does_not_obey_is_restarted_by_force(place: Installation) -> None:
    """Nothing runs on this disk, so a restart that asks would wait for as long as it may."""
    name = f"{place.name}-on"
    before = incarnation(name)
    file = place.home / "force.json"
    file.write_text(json.dumps({"operations": [{"op": "restart", "vm": name, "force": True}]}))
    begun = time.monotonic()
    cut = place.fuyajo("apply", "-f", str(file), "--yes")
    assert cut.returncode == 0, cut.stderr
    assert time.monotonic() - begun < 60
    assert is_on(place, "on") and incarnation(name) != before


def test_a_run_stops_at_the_first_snapshot_that_cannot_be_taken(place: Installation) -> None:
    """Whatever the rest of it would do was meant to be undone by going back."""
    document = json.loads(documents(place)[0].read_text())
    off = document["snapshots"][0]
    stop = {"name": f"{place.name}-on", "state": "stopped"}
    changes = {
        "snapshots": [off, {"vm": f"{place.name}-none", "uuid": off["uuid"], "name": "x"}],
        "stack": {**document["stack"], "vms": [stop]},
    }
    code, said = by_hand(place, changes)
    assert code != 0
    assert "does not exist" in said
    assert is_on(place, "on")


def test_another_machine_of_that_name_is_not_touched(place: Installation) -> None:
    disk(place, "write -P 0x33 0 1M")
    (off, _) = json.loads(documents(place)[0].read_text())["snapshots"]
    other = {**off, "uuid": "00000000-0000-4000-8000-000000000000"}
    code, said = by_hand(place, {"snapshots": [], "reverts": [other]})
    assert code != 0
    assert off["uuid"] in said
    assert "failed" not in disk(place, "read -P 0x33 0 1M")


def test_a_pattern_removes_what_it_keeps_no_longer_and_nothing_else(place: Installation) -> None:
    first, second = "s-20260101-030000", "s-20260102-030000"
    on = f"{place.name}-on"
    with Host.open(URI) as host:
        for name in (first, second):
            xml = f"<domainsnapshot><name>{name}</name></domainsnapshot>"
            host.lookup(on).snapshotCreateXML(xml, 0)
    file = wish(place, "snapshot", keep={"last": 2})
    refused = place.fuyajo("apply", "-f", file)
    assert refused.returncode == 3 and first in refused.stderr + refused.stdout
    done = place.fuyajo("apply", "-f", file, "--yes")
    assert done.returncode == 0, done.stderr
    names = [one["name"] for one in snapshots(place, "on")]
    assert names[:2] == ["after", second] and len(names) == 3
    # Those that somebody named are no pattern's, and of the new pattern nothing is old enough.
    assert [one["name"] for one in snapshots(place, "off")][:-1] == ["after", "before"]
    # The document of that run once more, by hand: it is so already.
    document = json.loads(documents(place)[-1].read_text())
    code, said = by_hand(place, document)
    assert (code, changed(said)) == (0, 0), said


def test_a_name_is_found_and_all_of_it_goes_with_the_machine(place: Installation) -> None:
    taken = place.fuyajo("apply", "-f", wish(place, "snapshot"))
    assert taken.returncode == 0, taken.stderr
    assert re.fullmatch(r"s-\d{8}-\d{6}", snapshots(place, "off")[-1]["name"])
    gone = place.fuyajo("vm", "delete", *names(place), "--purge", "--yes")
    assert gone.returncode == 0, gone.stderr
    assert not domains() & set(names(place))
    assert {v for v in volumes(place) if not v.startswith("base-")} == set()
