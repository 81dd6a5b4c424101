"""What a plan says that a change does, held against what the collection really says and does.

Machines of the test, with an empty disk: nothing boots. Each wish is a plan of ours and a check of `stack`'s.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from typing import Any

import libvirt
import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change
from fuyajo.domain.planning import changes_of
from fuyajo.domain.spec import normalise
from fuyajo.engine import reader
from fuyajo.engine.render import OPERATIONS
from tests.support.installation import URI, Installation, install, remove
from tests.support.standing import options_of, tiny_image

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(120)]
OWNER = getpass.getuser()
MACHINES: dict[str, dict[str, Any]] = {
    "off": {"state": "stopped"},
    "on": {"state": "started"},
    "paused": {"state": "paused"},
    "roomy": {"state": "started", "max_cpus": 3, "max_memory": "256M"},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("effects")
    made = install(directory, None)
    tiny = {"image": "tiny", "memory": "128M", "cpus": 2, "disk": "1GiB", "nics": []}
    try:
        told = stack(
            made,
            *({**tiny, "name": f"{made.name}-{n}", **more} for n, more in MACHINES.items()),
            images=[tiny_image(directory)],
        )
        assert len(told) == len(MACHINES)
        yield made
    finally:
        remove(made)


def stack(
    place: Installation, *vms: dict[str, Any], check: bool = False, **more: Any
) -> dict[str, dict[str, str]]:
    """{machine: {path: effect}} of every change, as the collection says it."""
    wanted = wanted_of_all({**options_of(place), **more, "vms": list(vms)})
    with Host.open(URI) as host:
        outcome = converge(host, wanted, check)
    assert outcome.errors == []
    return {
        r["name"]: {c["path"]: c["effect"] for c in r["changes"]}
        for r in outcome.results
        if r["kind"] == "vm"
    }


def planned(place: Installation, short: str, op: str, **sizes: Any) -> Change:
    operation = {"op": op, "vm": f"{place.name}-{short}", **sizes}
    spec = normalise(parse_config({"operations": [operation]}))
    with reader.connection(URI) as host:
        seen = reader.view(host, pool=place.name)
    (change,), problems = changes_of(spec, seen, OWNER)
    assert problems == []
    return change


def both(
    place: Installation, short: str, op: str, **sizes: Any
) -> tuple[dict[str, str], dict[str, str]]:
    """({path: effect} of our plan, the same of the collection)."""
    change = planned(place, short, op, **sizes)
    entry = {"name": change.name, "state": OPERATIONS[op], **sizes}
    return {f.path: f.effect for f in change.fields}, stack(place, entry, check=True)[change.name]


SIZES = (
    {"cpus": 1},
    {"cpus": 3},
    {"cpus": 4},
    {"memory": 192},
    {"memory": 160},
    {"memory": 512},
    {"disk": "2GiB"},
    {"cpus": 3, "memory": 160, "disk": "2GiB"},
)


@pytest.mark.parametrize("short", MACHINES)
def test_sizes(place: Installation, short: str) -> None:
    for sizes in SIZES:
        ours, theirs = both(place, short, "resize", **sizes)
        # Where nothing runs the collection calls it live: nobody is interrupted either.
        softened = {p: "live" if effect == "none" else effect for p, effect in ours.items()}
        assert softened == theirs, (short, sizes)


@pytest.mark.parametrize(
    ("short", "op", "ours", "theirs"),
    [
        ("on", "stop", {"state": "stop"}, {"state": "stop"}),
        ("paused", "stop", {"state": "stop"}, {"state": "stop"}),
        ("off", "start", {"state": "none"}, {"state": "live"}),
        ("paused", "start", {"state": "live"}, {"state": "live"}),
        ("on", "restart", {}, {"restart": "stop"}),
    ],
)
def test_power(
    place: Installation, short: str, op: str, ours: dict[str, str], theirs: dict[str, str]
) -> None:
    assert both(place, short, op) == (ours, theirs)


def test_the_whole_of_it(place: Installation) -> None:
    assert planned(place, "on", "restart").effect == "stop"
    gone = planned(place, "off", "delete")
    entry = {"name": gone.name, "state": "absent", "remove_storage": True}
    theirs = stack(place, entry, check=True)[gone.name]
    assert (gone.effect, max(theirs.values(), key=lambda e: e == "destroy")) == (
        "destroy",
        "destroy",
    )


def test_an_end_is_noted_at_once_and_taken_away(place: Installation) -> None:
    for before, after in (("never", "2126-11-23T12:00:00Z"), ("2126-11-23T12:00:00Z", "never")):
        change = planned(place, "on", "expire", expires=after)
        (field,) = change.fields
        assert (field.before, field.after, field.effect) == (before, after, "live")
        entry = {"name": change.name, "state": OPERATIONS["expire"], "metadata": {"expires": after}}
        assert set(stack(place, entry)[change.name].values()) == {"live"}
        assert planned(place, "on", "expire", expires=after).action == "noop"


def test_what_was_called_live_is_there_at_once_and_the_rest_is_not(place: Installation) -> None:
    """Not only said: done, and looked at."""
    name = f"{place.name}-on"
    stack(place, {"name": name, "state": "present", "cpus": 4, "disk": "3GiB"})
    with Host.open(URI, readonly=True) as host:
        handle = host.lookup(name)
        assert host.domain_info(handle)[2] == 2, "it keeps its CPUs"
        assert handle.vcpusFlags(libvirt.VIR_DOMAIN_AFFECT_CONFIG) == 4, "the others at its start"
        assert host.disk_bytes(handle, str(place.pool_path / f"{name}.qcow2")) == 3 * 2**30
