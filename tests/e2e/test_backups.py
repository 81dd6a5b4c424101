"""Backups of a guest that runs, through the real command line: what was written is there again.

One guest, which every test goes on with in their order.
"""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from threading import Event
from time import monotonic
from typing import Any

import pytest

from tests.support.installation import Installation, domains

pytestmark = [
    pytest.mark.guest,
    pytest.mark.libvirt,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]
#: Seconds that a guest without acceleration may take until it answers.
BOOT = 300.0


def name(installation: Installation, short: str = "data") -> str:
    return f"{installation.name}-{short}"


def done(installation: Installation, *words: str) -> str:
    said = installation.fuyajo(*words)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def shown(installation: Installation, short: str = "data") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        done(installation, "vm", "show", name(installation, short), "--json")
    )
    return found


def inside(installation: Installation, command: str, short: str = "data") -> str:
    """What a command says in the guest, once it answers."""
    user = pwd.getpwuid(os.geteuid()).pw_name
    keys = [p for p in (installation.home / "users" / user / "ssh").iterdir() if not p.suffix]
    key = next(p for p in keys if p.read_bytes().startswith(b"-----BEGIN"))
    (port,) = [f["host"] for f in shown(installation, short)["forwards"] if f["guest"] == 22]
    options = ["-i", str(key), "-p", str(port), "-o", "BatchMode=yes"]
    options += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
    options += ["-o", "ConnectTimeout=10"]
    pause, deadline = Event(), monotonic() + BOOT
    while True:
        said = subprocess.run(
            ["ssh", *options, "fuyajo@127.0.0.1", command],
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode == 0:
            return said.stdout.strip()
        assert said.returncode == 255 and monotonic() < deadline, said.stderr
        pause.wait(1)


def written(installation: Installation, file: str) -> str:
    """The SHA-256 of new random content, which is on the disk and not only in the guest's memory."""
    inside(installation, f"dd if=/dev/urandom of={file} bs=1M count=4 2>/dev/null; sync")
    return inside(installation, f"sha256sum < {file}")


@pytest.fixture(scope="module")
def sums(installation: Installation) -> dict[str, str]:
    """A guest with two files: one from before the full backup, one from before the incremental one."""
    file = installation.home / "env.json"
    vm = {"name": name(installation), "template": "basic-server", "memory": "512MB"}
    file.write_text(json.dumps({"vms": [vm]}), encoding="utf-8")
    done(installation, "apply", "-f", str(file))
    first = written(installation, "one")
    done(installation, "backup", "create", name(installation), "--full", "--name", "full")
    second = written(installation, "two")
    done(installation, "backup", "create", name(installation), "--name", "more")
    found = json.loads(done(installation, "backup", "list", name(installation), "--json"))
    assert [one["kind"] for one in found] == ["full", "incremental"]
    # 4 MiB, and what a guest writes beside it: a small part of what the full one holds.
    assert found[1]["bytes"] < found[0]["bytes"] / 4
    return {"one": first, "two": second}


def test_the_guest_never_stopped(installation: Installation, sums: dict[str, str]) -> None:
    assert shown(installation)["state"] == "running"
    assert inside(installation, "sha256sum < one") == sums["one"]


def test_the_newest_is_started_once_and_only_once(
    installation: Installation, sums: dict[str, str]
) -> None:
    """While its machine runs: the test has no network, and nothing of it stays."""
    before = domains()
    words = ("backup", "test", name(installation), "--yes")
    done(installation, *words)
    assert domains() == before and shown(installation)["state"] == "running"
    found = json.loads(done(installation, "backup", "list", name(installation), "--json"))
    assert [one["tested"] is not None for one in found] == [False, True]
    assert found[1]["tested"]["sign"] in ("login", "agent")
    assert "started for a test already" in done(installation, *words)


def test_a_machine_that_is_gone_comes_back_from_the_newest(
    installation: Installation, sums: dict[str, str]
) -> None:
    done(installation, "vm", "delete", name(installation), "--purge", "--yes")
    assert name(installation) not in domains()
    done(installation, "backup", "restore", name(installation), "--yes")
    assert inside(installation, "sha256sum < one") == sums["one"]
    assert inside(installation, "sha256sum < two") == sums["two"]


def test_an_older_one_comes_back_beside_it(
    installation: Installation, sums: dict[str, str]
) -> None:
    done(installation, "vm", "stop", name(installation))
    words = (name(installation), "--backup", "full", "--as", name(installation, "copy"), "--yes")
    done(installation, "backup", "restore", *words)
    assert inside(installation, "sha256sum < one", "copy") == sums["one"]
    assert inside(installation, "test -e two && echo there || echo none", "copy") == "none"
