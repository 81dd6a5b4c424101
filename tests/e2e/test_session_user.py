"""The main job for somebody who may do nothing special: one sentence, one machine, on qemu:///session."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fuyajo.engine.images.store import ImageStore
from tests.support.accounts import Account, account, why_not
from tests.support.images import NAME, ready_store

SENTENCE = "a basic server called ses-e2e with 512 MB of memory"
MACHINE = "ses-e2e"
FUYAJO = str(Path(sys.executable).parent / "fuyajo")
# A boot under emulation takes 40 s on a quiet machine.
APPLY_SECONDS = 270

pytestmark = [
    pytest.mark.guest,
    pytest.mark.libvirt,
    pytest.mark.slow,
    # The image may have to be built first.
    pytest.mark.timeout(1500),
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
]


@pytest.fixture
def user() -> Iterator[Account]:
    """An account whose image store is filled, and nothing else."""
    image = ImageStore(ready_store()).get(NAME)
    assert image is not None
    with account() as made:
        images = made.home / ".local/share/fuyajo/images"
        images.mkdir(parents=True)
        shutil.copy(image.path, images)
        shutil.copy(image.path.parent / f"{NAME}.json", images)
        made.own(made.home / ".local")
        yield made


def fuyajo(user: Account, *words: str, timeout: float = 60) -> Any:
    """What the command answers with `--json`; it must succeed."""
    done = user.run(FUYAJO, *words, "--json", timeout=timeout)
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)


def test_a_user_without_any_right_gets_a_machine(user: Account) -> None:
    plan = fuyajo(user, "plan", SENTENCE, "--backend", "rules")["plan"]
    assert [(c["name"], c["action"]) for c in plan["changes"]] == [(MACHINE, "create")]

    applied = fuyajo(user, "apply", plan["id"], timeout=APPLY_SECONDS)
    assert applied["run"]["status"] == "successful"
    # The daemon and the machine live outside of the run that made it.
    (machine,) = fuyajo(user, "vm", "list")
    assert (machine["name"], machine["state"], machine["owner"]) == (MACHINE, "running", user.name)
    assert (machine["memory_mib"], machine["configured"] is not None) == (512, True)
    assert ssh(user, machine, "hostname").strip() == MACHINE

    again = fuyajo(user, "apply", plan["id"])
    assert again["run"] is None
    assert {change["action"] for change in again["plan"]["changes"]} == {"noop"}

    fuyajo(user, "vm", "delete", MACHINE, "--purge", "--yes")
    assert fuyajo(user, "vm", "list", "--all") == []
    assert leftovers(user) == []


def ssh(user: Account, machine: dict[str, Any], *words: str) -> str:
    (port,) = [f["host"] for f in machine["forwards"] if f["guest"] == 22]
    key = user.home / ".local/share/fuyajo/users" / user.name / "ssh/id_ed25519"
    options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"]
    options += ["-o", "UserKnownHostsFile=/dev/null", "-i", str(key), "-p", str(port)]
    done = user.run("ssh", *options, "fuyajo@127.0.0.1", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def leftovers(user: Account) -> list[str]:
    """Files of machines in the pool, emulators, and anything else that is not the daemon's."""
    pool = user.home / ".local/share/libvirt/images/fuyajo"
    found = [path.name for path in pool.iterdir() if not path.name.startswith("base-")]
    return found + [
        name for name in user.processes().values() if not name.startswith(("libvirtd", "virt"))
    ]
