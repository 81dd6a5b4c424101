# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes out of a backup, and the calls that make one."""

from __future__ import annotations

import time
import types

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backup_images as _images
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import qemu_tool as _tool
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.backups import BackupCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup as _backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import (
    backup_restore as _restore,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

UUID = "9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11"
DIGEST = "a" * 64


# --- what comes back -----------------------------------------------------------------------------------


def reborn(**more):
    disks = {"vda": ("/pool/new.qcow2", "qcow2")}
    values = {"name": "web", "renamed": False, "owner": "mika", "mark": _restore.Mark("a", DIGEST)}
    return _restore.Reborn(**{**values, "disks": disks, **more})


def definition(**more):
    nic = _domain.Nic(
        "user", "52:54:00:00:00:09", backend="passt", forwards=[_domain.Forward(22, 1)]
    )
    meta = _domain.Meta(owner="mika", forwards=[_domain.Forward(22, 20022)])
    disks = [
        _domain.Disk("/old/web.qcow2", "vda"),
        _domain.Disk("/etc/shadow", "vdb", format="raw"),
    ]
    args = _domain.user_net_args(meta.forwards, "52:54:00:00:00:01")
    values = {"name": "web", "uuid": UUID, "disks": disks, "nics": [nic], "meta": meta}
    return _domain.build_domain(_domain.Domain(**{**values, "qemu_args": args, **more}))


def test_a_definition_comes_back_with_our_disks_only():
    text = definition().replace("<devices>", "<devices><emulator>/tmp/evil</emulator>")
    made, notes = _restore.rebuild(text, reborn())
    assert "/tmp/evil" not in made and "/etc/shadow" not in made and "/old" not in made
    assert notes == ["vdb is not part of the machine any more"]
    document = _domain.parse_domain(made)
    assert document.disks[0].path == "/pool/new.qcow2" and document.uuid == UUID
    assert _restore.parse_mark(made) == _restore.Mark("a", DIGEST, "no")
    assert _restore.parse_mark(text) is None
    kept, notes = _restore.rebuild(text, reborn(present=frozenset({"/etc/shadow"})))
    assert "/etc/shadow" in kept and notes == []


def test_another_name_shares_nothing():
    other = "0" * 8 + UUID[8:]
    text = definition().replace(
        "</uuid>",
        f"</uuid><genid>{UUID}</genid><sysinfo><system><entry name='uuid'>{UUID}</entry></system></sysinfo>",
    )
    text = text.replace("<devices>", "<os><nvram>/n/web_VARS.fd</nvram></os><devices>", 1)
    made, left_out = _restore.rebuild(
        text,
        reborn(name="two", renamed=True, uuid=other, forwards=[_domain.Forward(22, 29999)]),
    )
    assert left_out == ["vdb is not part of the machine any more"]
    document = _domain.parse_domain(made)
    assert (document.name, document.uuid) == ("two", other)
    assert (
        "<genid" in made
        and UUID not in made
        and "20022" not in made
        and "52:54:00:00:00:0" not in made
    )
    assert document.meta.forwards == [_domain.Forward(22, 29999)]
    assert document.nics[0].forwards[0].host == 29999
    assert document.qemu_args == _domain.user_net_args(
        document.meta.forwards, document.qemu_args[3].value.split("mac=")[1][:17]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no xml", "is not XML"),
        ("<network/>", "not that of a machine"),
        (definition(meta=_domain.Meta(owner="eve"), qemu_args=[]), "belongs to 'eve'"),
        (definition().replace("20022", "80"), "does not write"),
        (definition().replace("-netdev", "-S"), "does not write"),
        # Said in the metadata as well, and still not ours.
        (definition().replace("127.0.0.1", "0.0.0.0"), "does not write"),
        (
            definition().replace("127.0.0.1", "127.0.0.1:1-:2,guestfwd=tcp:1.2.3.4:1-cmd:x"),
            "does not write",
        ),
        (
            '<domain xmlns:q="http://libvirt.org/schemas/domain/qemu/1.0"><q:override/></domain>',
            "does not write",
        ),
    ],
)
def test_definitions_that_are_refused(text, said):
    # The forwards in the metadata and on QEMU's command line have to say the same.
    text = text.replace('host="80"', 'host="20022"')
    with pytest.raises(FuyajoError, match=said):
        _restore.rebuild(text, reborn())


def test_volumes_are_named_after_the_machine():
    disk = _backup.KeptDisk("vda.qcow2", DIGEST, 10, "vda", "raw", 512, "")
    assert _restore.volume_of("two", disk) == "two.vda.raw"
    disk.format = "qcow2"
    assert _restore.volume_of("two", disk) == "two.qcow2"
    disk.suffix = "data"
    assert _restore.volume_of("two", disk) == "two.data.qcow2"


# --- calls ---------------------------------------------------------------------------------------------


class Refused(Exception):
    """Stands in for libvirtError."""

    def get_error_code(self):
        return 1

    def get_error_domain(self):
        return 0


class Guest:
    """A machine with a guest agent that may fail."""

    def __init__(self, fails=()):
        self.said, self.fails = [], fails

    def _say(self, word):
        self.said.append(word)
        if word in self.fails:
            raise Refused(word)

    def agentSetResponseTimeout(self, *_):  # noqa: N802 - libvirt's name
        raise Refused("an old libvirt")

    def fsFreeze(self):  # noqa: N802
        self._say("freeze")

    def fsThaw(self):  # noqa: N802
        self._say("thaw")

    def abortJob(self):  # noqa: N802
        self._say("abort")

    def jobInfo(self):  # noqa: N802
        return [0]

    def name(self):
        return "web"


@pytest.mark.parametrize(
    ("fails", "said", "error"),
    [
        ((), ["freeze", "begin", "thaw"], None),
        (("freeze",), ["freeze", "thaw"], "cannot be quiesced"),
        (("begin",), ["freeze", "begin", "thaw"], "begin"),
        (("thaw",), ["freeze", "begin", "thaw", "abort"], "may still be frozen"),
    ],
)
def test_a_frozen_guest_is_always_thawed(fails, said, error):
    calls, guest = BackupCalls(), Guest(fails)
    calls.lib = types.SimpleNamespace(
        libvirtError=Refused, VIR_FROM_RPC=7, VIR_DOMAIN_JOB_NONE=0, **CODES
    )
    if error is None:
        calls._quiesced(guest, lambda: guest._say("begin"))
    else:
        with pytest.raises((FuyajoError, Refused), match=error):
            calls._quiesced(guest, lambda: guest._say("begin"))
    assert guest.said == said


CODES = dict.fromkeys(
    (
        "VIR_ERR_NO_DOMAIN",
        "VIR_ERR_NO_NETWORK",
        "VIR_ERR_NO_STORAGE_POOL",
        "VIR_ERR_NO_STORAGE_VOL",
        "VIR_ERR_STORAGE_VOL_EXIST",
        "VIR_ERR_DOM_EXIST",
        "VIR_ERR_NO_CONNECT",
    ),
    -1,
)


def test_a_missing_tool_names_its_package(monkeypatch):
    monkeypatch.setattr(_tool, "TOOL", "qemu-img-that-is-not-there")
    with pytest.raises(FuyajoError, match="qemu-utils"):
        _images.info("/x")


def test_a_tool_that_hangs_is_ended(monkeypatch, tmp_path):
    sleeper = tmp_path / "qemu-img"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(_tool, "TOOL", str(sleeper))
    begin = time.monotonic()
    with pytest.raises(FuyajoError, match="info did not end within 1 s"):
        _tool.run(["info", "x"], 1)
    assert time.monotonic() - begin < 20
