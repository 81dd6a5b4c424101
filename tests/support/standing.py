"""Own machines on the real libvirt, made by the collection in this process: an empty disk, nothing boots."""

from __future__ import annotations

import getpass
import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

from tests.support.installation import URI, Installation

#: As every machine of a template has it: a seed.
SEEDED = {"memory": "64M", "cloud_init": {"user": "x"}, "nics": []}


def tiny_image(directory: Path) -> dict[str, str]:
    """The option `images` of an empty disk."""
    image = directory / "tiny.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "64M"], check=True)
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    return {"name": "tiny", "path": str(image), "sha256": digest}


def options_of(place: Installation) -> dict[str, Any]:
    """What every call of `stack` for this installation has."""
    return {
        "uri": URI,
        "owner": getpass.getuser(),
        "accelerator": "tcg",
        "pool": {"name": place.name, "path": str(place.pool_path)},
    }


def stand(place: Installation, directory: Path, vms: Iterable[dict[str, Any]]) -> None:
    """Make these machines; each is an entry of `vms` with its short name."""
    named = [{"image": "tiny", **vm, "name": f"{place.name}-{vm['name']}"} for vm in vms]
    options = {**options_of(place), "images": [tiny_image(directory)], "vms": named}
    with Host.open(URI) as host:
        assert converge(host, wanted_of_all(options), False).errors == []
