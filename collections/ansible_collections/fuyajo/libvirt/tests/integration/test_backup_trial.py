# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups that are started once: a disk whose boot sector asks for a login, and one on which nothing is."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_trial as _trial
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_list import list_backups
from ansible_collections.fuyajo.libvirt.tests.integration.backup_support import tool

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(200)]

#: 16-bit code that writes what follows it to the first serial port, and stops.
CODE = bytes.fromhex("31c0 8ed8 be157c baf803 ac 84c0 7403 ee ebf8 f4 ebfd".replace(" ", ""))
SIGNATURE = b"\x55\xaa"


def boots(yard, says: bytes = b"web login: ") -> None:
    """Make the first disk of the machine one that prints this."""
    sector = (CODE + says + b"\0").ljust(510, b"\0") + SIGNATURE
    raw = yard.path / ".sector"
    raw.write_bytes(sector)
    try:
        tool("qemu-io", "-f", "qcow2", "-c", f"write -s {raw} 0 512", yard.root)
    finally:
        raw.unlink()


def trials(yard) -> list[str]:
    return [name for name in yard.host.domains() if re.fullmatch("test-[0-9a-f]{12}", name)]


def test_what_asks_for_a_login_is_noted_and_nothing_else_stays(yard):
    yard.make()
    boots(yard)
    made = yard.ok(name="a")
    assert made["tested"] is None
    before = yard.everything()
    checked = yard.run(check=True, name="a", state="tested")
    assert checked.changed and not checked.errors and yard.everything() == before
    facts = yard.ok(name="a", state="tested")
    assert facts["tested"]["sign"] == "login" and facts["verified"] is True
    (note,) = set(yard.everything()["files"]) - set(before["files"])
    assert note == str(yard.shelf / "a" / _trial.NOTE)
    assert stat.S_IMODE((yard.shelf / "a" / _trial.NOTE).stat().st_mode) == 0o600
    assert yard.everything()["machines"] == before["machines"] and not trials(yard)
    for check in (False, True):
        again = yard.run(check=check, name="a", state="tested")
        assert not again.changed and not again.errors
    listed = list_backups({"directory": str(yard.backups), "verify": True})["backups"]
    assert [(one["verified"], one["tested"]) for one in listed] == [(True, facts["tested"])]
    # The note is about this content alone, and a wrong one is none.
    file = yard.shelf / "a" / _trial.NOTE
    file.write_text(json.dumps({**json.loads(file.read_text()), "digest": "0" * 64}))
    assert list_backups({"directory": str(yard.backups)})["backups"][0]["tested"] is None
    assert yard.ok(name="a", state="absent") is None


def test_an_incremental_one_is_started_with_what_it_lies_on(yard):
    yard.host.start(yard.make())
    yard.ok(name="a")
    yard.host.destroy(yard.handle)
    boots(yard)
    assert yard.ok(name="b")["kind"] in ("incremental", "full")
    assert yard.ok(name="b", state="tested")["tested"]["sign"] == "login"
    assert "no sign of life" in yard.run(name="a", state="tested", boot_timeout=3).errors[0]


@pytest.mark.parametrize(
    ("says", "told"), [(b"", "printed nothing"), (b"kernel panic \x1b[2J", "asked for no login")]
)
def test_what_is_silent_is_an_error_and_leaves_nothing(yard, says, told):
    yard.make()
    if says:
        boots(yard, says)
    yard.ok(name="a")
    before = yard.everything()
    done = yard.run(name="a", state="tested", boot_timeout=4)
    assert "no sign of life" in done.errors[0] and told in done.errors[0]
    assert "\x1b" not in done.errors[0]
    assert yard.everything() == before and not trials(yard)


def test_a_flipped_bit_starts_nothing(yard):
    yard.make()
    boots(yard)
    yard.ok(name="a")
    disk = yard.shelf / "a" / "vda.qcow2"
    data = bytearray(disk.read_bytes())
    data[len(data) // 2] ^= 1
    disk.write_bytes(data)
    assert "is corrupt" in yard.error(name="a", state="tested")


RUN = """
import json, sys
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted
with Host.open("qemu:///system") as host:
    converge(host, Wanted.parse(json.loads(sys.argv[1]), (backup_kind.KIND,)), False)
"""


def test_of_a_killed_test_the_machine_ends_and_the_next_one_cleans_up(yard):
    yard.make()
    yard.ok(name="a")
    options = json.dumps(yard.options(name="a", state="tested", boot_timeout=100))
    process = subprocess.Popen([sys.executable, "-c", RUN, options])
    try:
        assert until(lambda: bool(trials(yard)), 60)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert until(lambda: not trials(yard), 30)
    assert [p.name for p in yard.path.iterdir() if p.name.startswith(".test-")]
    assert yard.run(name="a", state="tested", boot_timeout=2).errors
    assert not [p.name for p in yard.path.iterdir() if p.name.startswith(".test-")]


def test_it_reaches_nobody():
    text = """<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>x</name>
    <metadata><a/></metadata><os><nvram>/old</nvram></os><on_crash>restart</on_crash><devices>
    <interface type='network'/><hostdev/><graphics type='vnc'/><filesystem/><disk/>
    <serial type='pty'><log file='/x'/></serial></devices>
    <qemu:commandline><qemu:arg value='-netdev'/></qemu:commandline></domain>"""
    root = ET.fromstring(_trial.trial_xml(text, "/new"))
    assert [each.tag for each in root] == ["name", "os", "on_crash", "devices"]
    assert [each.tag for each in root.find("devices")] == ["disk", "serial"]
    assert not list(root.find("devices/serial"))
    assert (root.findtext("os/nvram"), root.findtext("on_crash")) == ("/new", "destroy")
    assert _trial.has_console(text) and not _trial.has_console("<domain/>")


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"at": 1, "sign": "login", "seconds": 1, "digest": "d"}', b"\xff"]
)
def test_a_note_of_anybody_is_none(raw):
    assert _trial.load_tested(raw, "d") is None
