"""A place of its own on the real libvirt for every proof."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.collection.cases import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    image = tmp_path / "tiny.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "64M"], check=True)
    tag = f"pr-{secrets.token_hex(3)}"
    made = Place(
        tag=tag,
        directory=tmp_path,
        pool_path=f"/var/lib/libvirt/images/fuyajo-{tag}",
        image=image,
        sha256=hashlib.sha256(image.read_bytes()).hexdigest(),
        subnet=secrets.randbelow(250),
    )
    Path(f"{made.pool_path}-backups").mkdir()
    try:
        yield made
    finally:
        clean(made)


def clean(place: Place) -> None:
    """Remove whatever carries the tag, with the tool that everybody trusts."""

    def virsh(*words: str) -> list[str]:
        command = ["virsh", "-q", "-c", "qemu:///system", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()

    for name in virsh("list", "--all", "--name"):
        # In the trash a machine has another name, and still says what it was called.
        said = " ".join(virsh("dumpxml", name)) if name.startswith("trash-") else name
        if f"{place.tag}-" in said:
            virsh("destroy", name)
            virsh("undefine", name, "--nvram", "--snapshots-metadata", "--checkpoints-metadata")
    for kind in ("net", "pool"):
        for name in virsh(f"{kind}-list", "--all", "--name"):
            if name.startswith(place.tag):
                virsh(f"{kind}-destroy", name)
                virsh(f"{kind}-undefine", name)
    for path in Path(place.pool_path).parent.glob(f"fuyajo-{place.tag}*"):
        shutil.rmtree(path)
