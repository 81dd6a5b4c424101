# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules and the inventory through the real ansible-playbook and ansible-inventory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

URI = "qemu:///system"


def task(label, module, **options):
    return {"name": label, f"fuyajo.libvirt.{module}": options}


def test_stack(site, playbook):
    vm = {"name": "web", "image": "tiny", "memory": "64M", "forwards": [{"guest": 22}]}
    options = site.options(vm)
    results = playbook(
        [
            {**task("plan", "stack", **options), "check_mode": True, "diff": True},
            task("make", "stack", **options),
            task("again", "stack", **options),
            {**task("check", "stack", **options), "check_mode": True},
            task("read", "vm_info", uri=URI, owner="tc"),
        ]
    )
    changed = {name: result["changed"] for name, result in results.items()}
    assert changed == {"plan": True, "make": True, "again": False, "check": False, "read": False}
    assert results["plan"]["vms"] == {}
    assert f"vm {site.name('web')}" in results["plan"]["diff"]["after"]
    facts = results["make"]["vms"][site.name("web")]
    assert facts in results["read"]["vms"]
    assert results["make"]["results"][-1]["actions"] == [
        "define",
        f"create {site.name('web')}.qcow2",
    ]


def test_vm_and_image(site, playbook):
    options = site.options({"name": "solo", "memory": 64})
    vm = {k: v for k, v in options.items() if k not in ("vms", "images")} | options["vms"][0]
    image = {"uri": URI, "pool": options["pool"], "name": "tiny", "sha256": site.sha256}
    results = playbook(
        [
            task("image", "image", path=str(site.image), **image),
            task("image again", "image", path=str(site.image), **image),
            task("make", "vm", **vm, image=site.base),
            task("again", "vm", **vm),
            {**task("kept", "image", state="absent", **image), "ignore_errors": True},
            task("remove", "vm", **{**vm, "state": "absent", "remove_storage": True}),
            task("image gone", "image", state="absent", **image),
        ]
    )
    assert [r["changed"] for r in results.values()] == [True, False, True, False, False, True, True]
    assert results["image"]["image"]["volume"] == site.base
    assert results["make"]["vm"]["state"] == "stopped"
    assert "in use" in results["kept"]["msg"]
    assert results["remove"]["vm"] is None
    assert site.files() == set()


def test_problems_are_sentences(site, playbook):
    options = site.options({"name": "x", "memory": "lots"}, {"name": "y", "disk": "tiny"})
    results = playbook([task("bad", "stack", **options)], check=False)
    assert "memory" in results["bad"]["msg"] and "disk" in results["bad"]["msg"]
    assert "Traceback" not in json.dumps(results)
    unreachable = playbook([task("far", "vm_info", uri="test:///no/such")], check=False)
    assert "cannot connect" in unreachable["far"]["msg"]


def inventory(tmp_path, site, *arguments, **more):
    source = tmp_path / "tc.libvirt.yml"
    source.write_text(json.dumps({"plugin": "fuyajo.libvirt.libvirt", "uris": [URI], **more}))
    tool = Path(sys.executable).parent / "ansible-inventory"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [tool, "-i", source, "--list", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, object_hook=plain)


def plain(value):
    """Undo the mark that ansible-inventory gives to texts that nobody may evaluate."""
    return value.get("__ansible_unsafe", value)


def test_inventory(site, tmp_path):
    site.run(
        {"name": "web", "memory": 64, "forwards": [{"guest": 22}], "metadata": {"template": "t"}}
    )
    site.host.define(_domain.build_domain(_domain.Domain(site.name("foreign"))))
    listed = inventory(
        tmp_path,
        site,
        cache=True,
        cache_plugin="ansible.builtin.jsonfile",
        cache_connection=str(tmp_path / "cache"),
    )
    mine = listed["_meta"]["hostvars"][site.name("web")]
    assert mine["ansible_host"] == "127.0.0.1"
    assert mine["ansible_port"] == mine["libvirt_forwards"][0]["host"]
    assert site.name("web") in listed["owner_tc"]["hosts"]
    assert site.name("web") in listed["template_t"]["hosts"]
    assert site.name("foreign") in listed["state_stopped"]["hosts"]
    assert list((tmp_path / "cache").iterdir())
    owned = inventory(tmp_path, site, owned_only=True)
    assert site.name("foreign") not in owned["_meta"]["hostvars"]


def test_what_a_machine_says_is_not_evaluated(site, tmp_path):
    text = "{{ lookup('pipe', 'touch " + str(tmp_path / "ran") + "') }}"
    meta = _domain.Meta(owner=text, template=text)
    meta.forwards = [_domain.Forward(22, 22, "-oProxyCommand=touch " + str(tmp_path / "ran"))]
    document = _domain.Domain(site.name("evil"), meta=meta)
    site.host.define(_domain.build_domain(document))
    source = tmp_path / "tc.libvirt.yml"
    group = [{"key": "libvirt_template", "prefix": "t"}]
    source.write_text(
        json.dumps({"plugin": "fuyajo.libvirt.libvirt", "uris": [URI], "keyed_groups": group})
    )
    tool = Path(sys.executable).parent / "ansible"
    done = subprocess.run(
        [tool, "-i", source, site.name("evil"), "-m", "debug", "-a", "var=libvirt_template"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    # Shown as it is, so Ansible 2.19 and later do not trust it as a template.
    assert "lookup('pipe'" in done.stdout, done.stdout + done.stderr
    assert not (tmp_path / "ran").exists()
    listed = inventory(tmp_path, site)
    assert "ansible_host" not in listed["_meta"]["hostvars"][site.name("evil")]
