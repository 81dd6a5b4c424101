# SPDX-License-Identifier: GPL-3.0-or-later
"""The storage modules as a playbook uses them: told before, done, quiet after, and gone twice."""

from __future__ import annotations

import hashlib
import importlib
import json
import subprocess
import time

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.host_facts import host_facts

from .storage_site import URI

PLUGINS = "ansible_collections.fuyajo.libvirt.plugins"
pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


@pytest.fixture
def call(capsys):
    """Run a module in this process, the way Ansible does: options in, JSON out."""

    def run(name, options, check=False):
        module = importlib.import_module(f"{PLUGINS}.modules.{name}")
        arguments = {"uri": URI, **options, "_ansible_check_mode": check}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        return json.loads(capsys.readouterr().out)

    return run


def proved(call, name, options):
    """Show that a module tells the truth; return what it said when it did the work."""
    told, done = call(name, options, check=True), call(name, options)
    quiet, again = call(name, options, check=True), call(name, options)
    assert told["changed"] and done["changed"], (told, done)
    assert told["changes"] == done["changes"] and not told["actions"] and done["actions"]
    assert told["diff"] == done["diff"] and done["diff"]["before"] != done["diff"]["after"]
    assert not quiet["changed"] and not again["changed"] and not again["actions"]
    assert done[name] == again[name]
    return done


def test_every_module_tells_the_truth(storage, call, tmp_path):
    image = tmp_path / "tiny.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "8M"], check=True)
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    pool, own = storage.pool(), {"name": storage.own, "path": str(storage.path("own"))}
    volume = {"name": "v.img", "pool": pool["name"]}
    base = {"pool": own, "name": "tiny", "sha256": digest}
    proved(call, "pool", pool)
    proved(call, "volume", {**volume, "size": "2M", "format": "raw"})
    proved(call, "image", {**base, "path": str(image)})

    (facts,) = call("pool_info", {"name": pool["name"]})["pools"]
    assert facts["path"] == pool["path"] and facts["state"] == "started"
    (facts,) = call("volume_info", volume)["volumes"]
    assert (facts["capacity_bytes"], facts["format"]) == (2 * 2**20, "raw")
    assert facts["users"] == [] and facts["path"] == f"{pool['path']}/v.img"
    (facts,) = call("image_info", {"pool": storage.own, "unused": True})["images"]
    assert facts["unused"] and digest.startswith(facts["sha256_prefix"])
    assert call("image_info", {"pool": storage.own, "unused": False})["images"] == []
    host = call("host_info", {})["host"]
    assert pool["name"] in {each["name"] for each in host["pools"]}
    assert host["accelerator"]["reason"]

    for name, gone in (("image", base), ("volume", volume), ("pool", {"name": pool["name"]})):
        more = {"remove_storage": True} if name == "pool" else {}
        assert proved(call, name, {**gone, **more, "state": "absent"})[name] is None


def test_unused_images_of_the_image_module(storage, call, tmp_path):
    own = {"name": storage.own, "path": str(storage.path("own"))}
    digests = []
    for size in ("1M", "2M"):
        path = tmp_path / size
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, size], check=True)
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
        options = {"pool": own, "name": "i", "path": str(path), "sha256": digests[-1]}
        done = call("image", {**options, "remove_unused_images": size == "2M"})
        assert done["image"]["sha256"] == digests[-1]
    assert [r["name"] for r in done["results"] if r["changes"]][-1].startswith("base-")
    assert storage.files() == {f"base-{digests[1][:16]}.qcow2"}


def test_a_stack_with_everything_about_storage(storage, playbook, tmp_path):
    image = tmp_path / "tiny.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "8M"], check=True)
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    pool = storage.pool(type="dir", autostart=False, mode="0711", owner=0, group=0, refresh=True)
    base = f"base-{digest[:16]}.qcow2"
    options = storage.options(
        pools=[pool],
        images=[{"name": "t", "url": f"file://{image}", "sha256": digest, "format": "qcow2",
                 "max_size": "1G", "timeout": 60}],
        volumes=[
            {"name": "a", "size": "1M", "preallocation": "metadata"},
            {"name": "b.q", "pool": pool["name"], "source_volume": base, "source_pool": storage.own},
            {"name": "c", "backing": base},
            {"name": "d.q", "pool": pool["name"], "source": str(image), "checksum": digest},
        ],
        remove_unused_images=True,
    )  # fmt: skip
    tasks = [
        {"fuyajo.libvirt.stack": options, "name": name, "check_mode": name in ("told", "quiet")}
        for name in ("told", "done", "quiet", "again")
    ]
    found = playbook(tasks)
    changes = [[r["changes"] for r in found[step]["results"]] for step in ("told", "done")]
    assert changes[0] == changes[1] and found["done"]["changed"]
    assert not found["quiet"]["changed"] and not found["again"]["changed"]
    assert set(found["done"]["pools"]) == {pool["name"]}
    assert set(found["done"]["volumes"]) == {
        "a", f"{pool['name']}/b.q", "c", f"{pool['name']}/d.q"
    }  # fmt: skip


def test_bad_options_are_one_sentence_and_change_nothing(call):
    bad = call("volume", {"name": "../x", "size": "lots"})
    assert bad["failed"] and "no volume name" in bad["msg"] and "not a size" in bad["msg"]
    assert bad["error_kind"] == "invalid" and "Traceback" not in str(bad)


def test_host_facts_are_quick_and_complete():
    begin = time.monotonic()
    with Host.open(URI) as host:
        facts = host_facts(host)
    assert time.monotonic() - begin < 5  # 1.5 s on a quiet machine; others work here too
    assert facts["architecture"] and facts["libvirt_version"].count(".") == 2
    assert facts["hypervisor"] == "QEMU" and "q35" in facts["machine_types"]
    assert "bios" in facts["firmware"] and facts["cpu_models"] > 10
    assert facts["memory_total_mib"] >= facts["memory_free_mib"] > 0
    assert facts["accelerator"]["name"] in ("kvm", "tcg")
    assert isinstance(facts["virtiofs"], bool) and isinstance(facts["passt"], bool)
    states = dict(facts["domains"])
    assert states.pop("total") >= sum(states.values())


def test_host_facts_of_another_machine_say_that_nothing_was_tried(far_host):
    facts = host_facts(far_host)
    assert "nothing was tried" in facts["accelerator"]["reason"]
