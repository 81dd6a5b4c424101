"""A real console through the real wire: a boot sector that repeats what is typed, under emulation."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

from fuyajo.http.pages.wire import WINDOW
from tests.support.consoles import rows
from tests.support.installation import URI, Installation, install, remove
from tests.support.service import Service, service
from tests.support.standing import options_of
from tests.support.wires import SECONDS, Wire, wire

pytestmark = [pytest.mark.libvirt, pytest.mark.timeout(120)]
# 16 bits, at 0x7c00: says "ready" on COM1, then repeats each byte. `!` fills the line with x for ever,
# `@` turns the machine off.
SECTOR = bytes.fromhex(
    "fa31c08ed8fcbe4b7cac84c07405e82b00ebf6bafd03eca80174f8baf803ec3c2174093c40740ce81200ebe7b078e80b00"
    "ebf9ba0406b80020efebd750bafd03eca82074f858baf803eec372656164790d0a00"
)
OWNER = "root"
BIG = 4 * 1024 * 1024


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("console")
    made = install(directory, None)
    raw, image = directory / "sector.img", directory / "sector.qcow2"
    raw.write_bytes(SECTOR.ljust(510, b"\0") + b"\x55\xaa" + bytes(BIG))
    command = ["qemu-img", "convert", "-f", "raw", "-O", "qcow2"]
    subprocess.run([*command, raw, image], check=True)
    machine = {"name": made.name, "image": "sector", "memory": "64M", "nics": [], "video": "vga"}
    options = options_of(made) | {
        "owner": OWNER,
        "images": [{"name": "sector", **_described(image)}],
        "vms": [{**machine, "state": "started"}],
    }
    try:
        with Host.open(URI) as host:
            assert converge(host, wanted_of_all(options), False).errors == []
        yield made
    finally:
        remove(made)


def _described(image: Path) -> dict[str, str]:
    return {"path": str(image), "sha256": hashlib.sha256(image.read_bytes()).hexdigest()}


@pytest.fixture
def api(place: Installation, tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path / "home", settings={"pool": place.name}) as running:
        running.user(OWNER)
        yield running


def _answers(one: Wire) -> None:
    """It may not be there yet, and what it said before anybody listened is lost."""
    one.sock.settimeout(0.5)
    for _ in range(60):
        one.send(b"k")
        try:
            one.until(lambda: b"k" in one.printed)
            break
        except TimeoutError:
            continue
    one.sock.settimeout(SECONDS)


def test_what_is_typed_reaches_the_guest_and_comes_back(place: Installation, api: Service) -> None:
    secret = api.token(OWNER)["Authorization"].split()[1]
    headers = {"Cookie": f"fuyajo_session={secret}"}
    path = f"/machines/{place.name}/console/wire"
    with wire(api.port, path, secret) as one:
        _answers(one)
        one.send(b"hello")
        one.until(lambda: one.printed.endswith(b"hello"))
        picture = api.client.get(f"/machines/{place.name}/screenshot", headers=headers)
        assert picture.content.startswith(b"\x89PNG")
        with wire(api.port, path, secret) as other:
            said = other.rest().told[-1]
            assert (said["why"], said["take"]) == ("refused", True)
        with wire(api.port, f"{path}?take=over", secret) as mine:
            assert one.rest().told[-1]["why"] == "taken"
            mine.send(b"!")
            mine.shows = False
            # A window of it is on its way and no more, however much it prints.
            mine.until(lambda: len(mine.printed) >= WINDOW)
    told = rows(api.actor(OWNER), 4)
    assert sorted(row["event"] for row in told) == ["console.closed"] * 2 + ["console.opened"] * 2
    with wire(api.port, path, secret) as last:
        last.until(lambda: b"xxx" in last.printed)
        with Host.open(URI) as host:
            host.conn.lookupByName(place.name).destroy()
        assert last.rest().told[-1]["why"] == "stopped"
