"""A real machine goes down and comes back: the real service tells a real receiver, once each."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libvirt
import pytest
from standardwebhooks import Webhook as Receiver

from tests.support.installation import URI, Installation, install, remove
from tests.support.receiver import Seen, receiver
from tests.support.serve_process import serving
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]
SECRET = "whsec_" + base64.b64encode(b"r" * 32).decode()
SECONDS = 60.0
CONFIG = """\
history_seconds = "1"

[alerts.channels.hook]
kind = "webhook"
url = "{url}"
secret_file = "{secret}"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("alerts")
    made = install(directory, None)
    try:
        stand(made, directory, [{**SEEDED, "name": "box", "state": "started"}])
        yield made
    finally:
        remove(made)


@pytest.fixture
def seen(place: Installation, tmp_path: Path) -> Iterator[Seen]:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    with receiver() as one:
        config = CONFIG.format(url=one.url, secret=secret)
        (place.home / "config.toml").write_text(config)
        yield one


def told(seen: Seen) -> dict[str, Any]:
    headers, body = seen.next(SECONDS)
    found = Receiver(SECRET).verify(body, headers)
    assert isinstance(found, dict)
    return found


def said(place: Installation, *words: str) -> Any:
    done = place.fuyajo("alert", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_down_and_up_again(place: Installation, seen: Seen) -> None:
    name = f"{place.name}-box"
    said(place, "test", "hook")
    assert told(seen)["type"] == "alert.test"
    rule = ("down", "--for", "0s", "--clear-for", "0s", "--vm", name, "--to", "hook")
    made = said(place, "add", *rule, "--severity", "critical")
    connection = libvirt.open(URI)
    try:
        domain = connection.lookupByName(name)
        with serving(place):
            domain.destroy()
            fired = told(seen)
            assert fired["type"] == "alert.fired"
            about = {"alert": made["id"], "vm": name, "uuid": domain.UUIDString(), "value": 1.0}
            assert fired["data"].items() >= about.items()
            (stands,) = said(place, "list")[0]["machines"]
            assert (stands["vm"], stands["phase"]) == (name, "firing")
            assert name in place.fuyajo("alert", "list").stdout
        # The service was away meanwhile: it says that it is over, and not once more that it fires.
        with serving(place):
            domain.create()
            assert told(seen)["type"] == "alert.cleared"
        assert len(seen.calls) == 3
    finally:
        connection.close()
    said(place, "remove", made["id"])
    assert said(place, "list") == []


def test_a_channel_that_does_not_take_it_is_told_at_once(place: Installation, seen: Seen) -> None:
    seen.status = 500
    done = place.fuyajo("alert", "test", "hook")
    assert done.returncode == 5 and "HTTP 500" in done.stderr and "s3cret" not in done.stderr
    gone = place.fuyajo("alert", "test", "pigeon")
    assert gone.returncode == 1 and "hook, log" in gone.stderr
