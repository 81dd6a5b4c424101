"""What a look at the host loads: `fuyajo plan` waits for all of it."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

UTILS = "ansible_collections.fuyajo.libvirt.plugins.module_utils"
# Whatever writes, speaks to guests, or costs milliseconds for a question that a plan does not ask.
HEAVY = (
    f"{UTILS}._host.about",
    f"{UTILS}._host.addresses",
    f"{UTILS}._host.agent",
    f"{UTILS}._host.backups",
    f"{UTILS}._host.domain_addresses",
    f"{UTILS}._host.domain_devices",
    f"{UTILS}._host.domain_writes",
    f"{UTILS}._host.events",
    f"{UTILS}._host.host",
    f"{UTILS}._host.networks",
    f"{UTILS}._host.probe",
    f"{UTILS}._host.snapshots",
    f"{UTILS}._model.agent",
    f"{UTILS}._model.backup",
    f"{UTILS}._model.capabilities",
    f"{UTILS}._model.network",
    f"{UTILS}._model.network_lists",
    f"{UTILS}._model.snapshot",
    f"{UTILS}._model.waiting",
    "concurrent.futures.thread",
    "fuyajo.engine.snapshots",
    "libvirt_qemu",
)
LOOK = (
    "import sys\n"
    "from fuyajo.engine.reader import connection, view\n"
    "with connection('test:///default') as host: view(host, pool='default-pool')\n"
    "print(*sys.modules)"
)


def test_a_look_at_the_host_loads_nothing_that_it_does_not_need() -> None:
    command = [sys.executable, "-c", LOOK]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert f"{UTILS}._host.reading" in found
    assert not found.intersection(HEAVY)


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_kept_out_exists(name: str) -> None:
    """A name that nothing has any more would keep nothing out."""
    assert find_spec(name) is not None
