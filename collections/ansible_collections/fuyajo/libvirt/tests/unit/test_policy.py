# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults, differences, the seed, the probe: all without a host."""

from __future__ import annotations

import json
import os
import stat
import struct
import subprocess
import sys
import time

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import probe as _probe
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import diff as _diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from hypothesis import given
from hypothesis import strategies as st

KEYS = {"user": "fuyajo", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]}
FLAT = st.dictionaries(
    st.sampled_from("abc"), st.none() | st.integers() | st.sampled_from(["", "x"])
)
NESTED = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers() | FLAT)


def test_mac_is_local_and_repeatable():
    mac = _defaults.mac_for("mika", "web", 0)
    assert mac.startswith("52:54:00:")
    assert mac == _defaults.mac_for("mika", "web", 0)
    assert mac != _defaults.mac_for("mika", "web", 1) != _defaults.mac_for("ken", "web", 0)


def test_ports_skip_what_is_taken_and_end():
    first = _defaults.pick_port("mika", "web", 22, set(), lambda port: True)
    assert 20000 <= first <= 29999
    second = _defaults.pick_port("mika", "web", 22, {first}, lambda port: True)
    assert second != first
    assert _defaults.pick_port("mika", "web", 22, set(), lambda port: port != first) == second
    with pytest.raises(LookupError):
        _defaults.pick_port("mika", "web", 22, set(), lambda port: False)


@pytest.mark.parametrize(
    ("accelerator", "expected"),
    [
        ("kvm", ("kvm", "q35", "host-passthrough")),
        ("tcg", ("qemu", "pc", "maximum")),
        ("test", ("test", None, None)),
    ],
)
def test_platform(accelerator, expected):
    found = _defaults.platform_for(_defaults.Offer("x86_64", accelerator))
    assert (found.virt_type, found.machine, found.cpu_mode) == expected


def test_arm_is_virt():
    assert _defaults.platform_for(_defaults.Offer("aarch64", "tcg")).machine == "virt"


def test_only_what_was_said_is_a_difference():
    found = {"cpus": 1, "memory_mib": 512, "metadata": {"template": "a", "configured": None}}
    wanted = {"cpus": 2, "memory_mib": None, "metadata": {"configured": "x"}}
    assert _diff.diff(wanted, found, {"cpus": _diff.RESTART}) == [
        _diff.Change("cpus", 1, 2, _diff.RESTART),
        _diff.Change("metadata.configured", None, "x"),
    ]


@given(NESTED)
def test_nothing_differs_from_itself(value):
    assert _diff.diff(value, value) == []


@given(NESTED)
def test_nobody_asked_for_anything(value):
    assert _diff.diff({}, value) == []


def read_iso(data: bytes) -> dict[str, bytes]:
    """Read an image the way Linux does, to the letter of its file names."""
    extent, size = struct.unpack("<I4xI", data[16 * 2048 + 158 : 16 * 2048 + 170])
    root, files = data[extent * 2048 : extent * 2048 + size], {}
    while root[0]:
        start, length = struct.unpack("<I4xI", root[2:14])
        name = root[33 : 33 + root[32]]
        if name not in (b"\0", b"\1"):
            plain = name.decode().lower().removesuffix(".;1")
            files[plain] = data[start * 2048 : start * 2048 + length]
        root = root[root[0] :]
    return files


def test_seed_is_a_labelled_image_with_the_right_files():
    data = _seed.seed_image("web", "id-1", KEYS)
    assert data == _seed.seed_image("web", "id-1", KEYS)
    assert data[16 * 2048 + 1 : 16 * 2048 + 6] == b"CD001"
    assert data[16 * 2048 + 40 : 16 * 2048 + 72].rstrip() == b"cidata"
    assert len(data) % 2048 == 0
    files = read_iso(data)
    assert sorted(files) == ["meta-data", "user-data"]
    assert json.loads(files["meta-data"]) == {"instance-id": "id-1", "local-hostname": "web"}
    first, _newline, rest = files["user-data"].partition(b"\n")
    assert first == b"#cloud-config"
    user = json.loads(rest)["users"][0]
    assert user["lock_passwd"] is True
    assert user["ssh_authorized_keys"] == KEYS["ssh_authorized_keys"]


def test_seed_takes_more():
    more = {"user_data": {"ssh_pwauth": True, "x": [1]}, "network_config": {"version": 2}}
    files = read_iso(_seed.seed_image("web", "i", {**KEYS, **more, "hostname": "w"}))
    document = json.loads(files["user-data"].partition(b"\n")[2])
    assert (document["ssh_pwauth"], document["x"], document["hostname"]) == (True, [1], "w")
    assert json.loads(files["network-config"]) == {"version": 2}


@pytest.mark.parametrize("bad", ["a\nb", "a\r", "\x1b[0m", "", 1, "a\u2028b"])
def test_seed_wants_single_lines(bad):
    with pytest.raises(ValueError, match="one printable line"):
        _seed.seed_image("web", "i", {"user": "u", "ssh_authorized_keys": [bad]})


@given(st.binary(max_size=5000), st.binary(max_size=5000))
def test_iso_gives_back_any_bytes(one, two):
    assert read_iso(_seed.iso_image({"user-data": one, "meta-data": two})) == {
        "user-data": one,
        "meta-data": two,
    }


GOOD = {"owner": "mika", "vms": [{"name": "web"}]}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"owner": "a\nb"}, "owner"),
        ({"owner": ""}, "owner"),
        ({"vms": [{"name": "Web"}]}, "name"),
        ({"vms": [{"name": "web\n"}]}, "name"),
        ({"vms": [{"name": "a.b"}]}, "name"),
        ({"vms": [{"name": "-a"}]}, "name"),
        ({"vms": [{"name": "a" * 64}]}, "name"),
        ({"vms": [{"name": "a"}, {"name": "a"}]}, "more than once"),
        ({"vms": [{"name": "a", "memory": "lots"}]}, "memory"),
        ({"vms": [{"name": "a", "disk": "1.5G"}]}, "disk"),
        ({"vms": [{"name": "a", "cpus": 0}]}, "cpus"),
        ({"vms": [{"name": "a", "image": "x"}]}, "not one of images"),
        ({"vms": [{"name": "a", "uuid": "x"}]}, "UUID"),
        ({"vms": [{"name": "a", "state": "gone"}]}, "state"),
        ({"vms": [{"name": "a", "forwards": [{"guest": 0}]}]}, "guest"),
        ({"vms": [{"name": "a", "forwards": [{"guest": 1}, {"guest": 1}]}]}, "more than once"),
        ({"vms": [{"name": "a", "nics": [], "forwards": [{"guest": 1}]}]}, "user"),
        ({"vms": [{"name": "a", "metadata": {"owner": "x"}}]}, "not known"),
        ({"vms": [{"name": "a", "metadata": {"template": "a\nb"}}]}, "template"),
        ({"vms": [{"name": "a", "cloud_init": {"user": "a\nb"}}]}, "cloud_init"),
        ({"images": [{"name": "a", "path": "/a", "sha256": "x"}]}, "sha256"),
        ({"images": [{"name": "a", "path": "a", "sha256": "0" * 64}]}, "absolute"),
        ({"images": [{"name": "a", "path": "/b/../a", "sha256": "0" * 64}]}, "absolute"),
        ({"networks": [{"name": "user"}]}, "bridge"),
        ({"networks": [{"name": "n", "cidr": "10.0.0.0/31"}]}, "cidr"),
        ({"volumes": [{"name": "v"}]}, "size"),
        ({"threads": 0}, "threads"),
        ({"shutdown_timeout": -1}, "shutdown_timeout"),
        ({"pool": {"name": "../x"}}, "pool.name"),
    ],
)
def test_wishes_are_checked(change, match):
    with pytest.raises(FuyajoError, match=match) as caught:
        wanted_of_all({**GOOD, **change})
    assert str(caught.value).isprintable()


def test_all_problems_come_at_once():
    with pytest.raises(FuyajoError, match=r"vms\[0\]\.cpus.*vms\[1\]\.memory"):
        wanted_of_all(
            {"owner": "m", "vms": [{"name": "a", "cpus": -1}, {"name": "b", "memory": "x"}]}
        )


@pytest.fixture
def probe_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fuyajo-libvirt"


def test_probe_answer_is_kept_for_this_boot(probe_home, monkeypatch):
    calls = []
    monkeypatch.setattr(_probe, "_probe", lambda d: calls.append(d) or (True, "ran", True))
    assert _probe.probe_kvm() == (True, "ran") == _probe.probe_kvm()
    assert len(calls) == 1
    assert stat.S_IMODE(probe_home.stat().st_mode) == 0o700
    monkeypatch.setattr(_probe, "_boot_id", lambda: "another boot")
    _probe.probe_kvm()
    assert len(calls) == 2


def test_probe_believes_no_cache_of_others(probe_home, monkeypatch):
    monkeypatch.setattr(_probe, "_probe", lambda d: (False, "asked", True))
    probe_home.mkdir(mode=0o777)
    probe_home.chmod(0o777)
    lie = {"boot_id": _probe._boot_id(), "usable": True, "reason": "lie"}
    (probe_home / "kvm.json").write_text(json.dumps(lie))
    assert _probe.probe_kvm() == (False, "asked")
    probe_home.chmod(0o700)
    (probe_home / "kvm.json").rename(probe_home / "lie")
    (probe_home / "kvm.json").symlink_to(probe_home / "lie")
    assert _probe.probe_kvm() == (False, "asked")


@pytest.mark.slow
def test_probe_guest_runs_where_it_must(tmp_path):
    # Emulation always works, so this tests the guest; KVM is what the host makes of it.
    ran, said = _probe.run_guest("qemu-system-x86_64", "tcg", 30)
    if "does not start" in said:
        pytest.skip(said)
    assert ran, said


@pytest.mark.slow
def test_probe_ends_in_time(tmp_path):
    sleeper = tmp_path / "qemu"
    sleeper.write_text("#!/bin/sh\nexec sleep 30\n")
    sleeper.chmod(0o755)
    begin = time.monotonic()
    ran, said = _probe.run_guest(str(sleeper), "kvm", 0.3)
    assert (ran, "within 0.3 s" in said) == (False, True)
    assert time.monotonic() - begin < 5


def test_missing_library_is_said_plainly():
    code = (
        "import sys; sys.modules['libvirt'] = None\n"
        "from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host\n"
        "try: Host.open('test:///default')\n"
        "except Exception as e: print(type(e).__name__, e)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert run.stdout.startswith("FuyajoError the Python library libvirt is missing")
    assert sys.executable in run.stdout
    assert "python3-libvirt" in run.stdout
