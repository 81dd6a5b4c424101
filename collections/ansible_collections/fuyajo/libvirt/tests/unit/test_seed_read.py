# SPDX-License-Identifier: GPL-3.0-or-later
"""A seed can be read back, and nothing that somebody else wrote there is believed."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed_read as _read
from hypothesis import given
from hypothesis import strategies as st

CLOUD = {"user": "mika", "user_data": {"runcmd": ["true"]}, "network_config": {"version": 2}}


def image(instance="i-1", **more):
    return _seed.seed_image("web", instance, {**CLOUD, **more})


def test_what_was_written_is_read():
    files = _read.seed_files(image())
    assert set(files) == {"meta-data", "user-data", "network-config"}
    assert files["user-data"].startswith(b"#cloud-config\n")
    assert _read.instance_of(image("i-7")) == "i-7"


def test_the_same_content_is_the_same_seed():
    assert _read.same_seed(image(), "web", "i-1", CLOUD)
    assert _read.same_seed(image() + b"\0" * 512, "web", "i-1", CLOUD)  # padded by a tool
    assert not _read.same_seed(image(), "web", "i-2", CLOUD)
    assert not _read.same_seed(image(), "web", "i-1", {**CLOUD, "user": "ken"})


def test_differences_name_keys_and_no_values():
    old, new = image(), image(user_data={"runcmd": ["false"], "password": "hunter2"})
    assert _read.seed_keys(old, new) == ["user_data.runcmd"]
    assert _read.seed_keys(new, old) == ["user_data.password", "user_data.runcmd"]
    assert _read.seed_keys(new, b"")[0] == "instance-id"


def test_a_seed_of_somebody_else_differs():
    foreign = _seed.iso_image({"user-data": b"#!/bin/sh\ntrue\n", "meta-data": b"[]"})
    assert _read.instance_of(foreign) is None
    assert "user-data" in _read.seed_keys(foreign, image())
    odd = _seed.iso_image({"meta-data": b'{"instance-id": "two\\nlines"}'})
    assert _read.instance_of(odd) is None


@given(st.binary(max_size=64), st.integers(0, 25 * 2048))
def test_damage_is_no_error(rubbish, at):
    broken = bytearray(image())
    broken[at : at + len(rubbish)] = rubbish
    _read.instance_of(bytes(broken))
    _read.seed_keys(bytes(broken), image())


@pytest.mark.parametrize("size", [0, 100, 2048 * 16, 2048 * 17, 2048 * 20 + 5])
def test_a_short_file_is_no_error(size):
    assert _read.instance_of(image()[:size]) is None
