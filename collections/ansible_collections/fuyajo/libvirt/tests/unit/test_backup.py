# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as documents: what is read is checked, what is written is what libvirt takes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backup_files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup as _backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_xml as _bxml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup_chain import (
    chain_of,
    chains,
    children,
    newest,
    surplus,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_list import list_backups
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

UUID = "9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11"
SCHEMAS = Path("/usr/share/libvirt/schemas")
DIGEST = "a" * 64


def backup(name="a", parent=None, number=0, uuid=UUID):
    disk = _backup.KeptDisk("vda.qcow2", DIGEST, 10, "vda", "raw", 512, "")
    return _backup.Backup(
        name=name,
        vm="web",
        uuid=uuid,
        owner="mika",
        kind="full" if parent is None else "incremental",
        created=f"2026-01-01T00:00:{number:02}.000000Z",
        parent=parent,
        checkpoint="fuyajo-a-00000000",
        disks=[disk],
        definition=_backup.Kept("domain.xml", DIGEST, 5),
        seed=_backup.Kept("seed.iso", DIGEST, 5),
        notes=["said"],
        tools={"qemu": "7.2.0"},
    )


def shelf(*links):
    found = [backup(name, parent, i) for i, (name, parent) in enumerate(links)]
    return {each.name: each for each in found}


# --- metadata ------------------------------------------------------------------------------------------


def test_metadata_comes_back_as_it_was():
    for parent in (None, "before"):
        one = backup(parent=parent)
        assert _backup.load_backup(_backup.dump_backup(one)) == one


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100000,
        b'{"version": 1}',
        _backup.dump_backup(backup()).replace(b'"bytes": 10', b'"bytes": 11'),
    ],
)
def test_metadata_of_others_is_refused(bad):
    with pytest.raises(ValueError, match=r"metadata\.json"):
        _backup.load_backup(bad)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "../x"),
        ("vm", "Web"),
        ("uuid", "x"),
        ("owner", "a\nb"),
        ("kind", "half"),
        ("kind", "incremental"),
        ("parent", "x/y"),
        ("checkpoint", "other"),
        ("created", "today"),
        ("disks", [{"file": "../../etc/shadow"}]),
        ("disks", {"a": 1}),
        ("definition", {"file": "/etc/passwd", "sha256": DIGEST, "bytes": 1}),
        ("seed", {"file": "seed.iso", "sha256": "x", "bytes": 1}),
        ("seed", {"file": "seed.iso", "sha256": DIGEST, "bytes": -1}),
        ("tools", None),
    ],
)
def test_metadata_with_a_field_that_is_not_ours(key, value):
    raw = json.loads(_backup.dump_backup(backup()))
    raw[key] = value
    with pytest.raises((ValueError, AttributeError)):
        _backup.load_backup(json.dumps(raw).encode())


# --- chains --------------------------------------------------------------------------------------------


def test_chains():
    found = shelf(("a", None), ("b", "a"), ("c", None), ("d", "c"), ("e", "d"), ("x", "gone"))
    assert [link.name for link in chain_of(found, "e")] == ["c", "d", "e"]
    assert chains(found, UUID) == [["a", "b"], ["c", "d", "e"]]
    assert children(found, "c") == ["d"] and newest(found, UUID).name == "x"
    assert newest(found, "other") is None
    with pytest.raises(ValueError, match="gone is missing"):
        chain_of(found, "x")
    found["a"] = backup("a", "b")
    with pytest.raises(ValueError, match="cannot be"):
        chain_of(found, "b")


@pytest.mark.parametrize(
    ("keep", "comes", "gone"),
    [
        (None, True, []),
        (2, False, []),
        (2, True, ["b", "a"]),
        (1, False, ["b", "a"]),
        (1, True, ["b", "a", "d", "c"]),
        (9, True, []),
    ],
)
def test_what_goes_goes_from_the_top(keep, comes, gone):
    found = shelf(("a", None), ("b", "a"), ("c", None), ("d", "c"), ("x", "gone"))
    found["former"] = backup("former", uuid="0" * 8 + UUID[8:])
    assert surplus(found, UUID, keep, comes) == gone


# --- what libvirt is told ------------------------------------------------------------------------------


def valid(text, schema):
    """Hold a text against libvirt's own schema, where there is something that can."""
    etree = pytest.importorskip("lxml.etree")
    rules = etree.RelaxNG(etree.parse(str(SCHEMAS / schema)))
    rules.assertValid(etree.fromstring(text))


def test_job_and_checkpoint():
    disks = [_bxml.Target("vda", "/b/vda.qcow2"), _bxml.Target("sda")]
    job = _bxml.Job(disks, "fuyajo-a", "fuyajo-b", _bxml.checkpoint_note("/b<&>"))
    text = _bxml.build_job(job)
    assert _bxml.job_files(text) == ["/b/vda.qcow2"]
    mark = _bxml.build_checkpoint(job)
    assert _bxml.note_of(mark) == "for backups in /b<&>"
    assert _bxml.build_checkpoint(_bxml.Job(disks)) is None
    assert _bxml.checkpoint_name("a", "/one") != _bxml.checkpoint_name("a", "/two")
    valid(text, "domainbackup.rng")
    valid(mark, "domaincheckpoint.rng")


DISKS = """<domain><name>web</name><os><nvram>/n/web_VARS.fd</nvram></os><devices>
<disk type='file' device='disk'><driver type='qcow2'/><source file='/p/web.qcow2'/>
  <target dev='vda'/></disk>
<disk type='file' device='disk'><driver type='raw'/><source file='/p/web.data.raw'/>
  <target dev='vdb'/></disk>
<disk type='file' device='disk'><source file='/p/other.data.raw'/><target dev='vdc'/></disk>
<disk type='file' device='disk'><source file='/p/x'/><target dev='vdd'/><shareable/></disk>
<disk type='file' device='disk'><source file='/p/web.seed.iso'/><target dev='vde'/><readonly/></disk>
<disk type='file' device='disk'><source file='/p/iso'/><target dev='vdf'/><readonly/></disk>
<disk type='file' device='cdrom'><source file='/p/cd'/><target dev='sda'/><readonly/></disk>
<disk type='block' device='lun'><source dev='/dev/sdz'/><target dev='sdb'/></disk>
<tpm><backend type='emulator'/></tpm></devices></domain>"""


def test_what_goes_into_a_backup():
    chosen = _bxml.select(DISKS)
    assert [(d.target, d.format, d.suffix) for d in chosen.disks] == [
        ("vda", "qcow2", ""),
        ("vdb", "raw", "data"),
        ("vdc", "raw", "vdc"),
    ]
    assert chosen.others == ["vdd", "vde", "vdf", "sda", "sdb"]
    assert (chosen.seed, chosen.nvram) == ("/p/web.seed.iso", "/n/web_VARS.fd")
    assert chosen.notes == [
        "vdd is left out: it is shared with other machines",
        "vdf is left out: it cannot be written",
        "sdb is left out: it is a lun",
        "the state of the TPM is not part of a backup",
    ]
    less = _bxml.without(chosen, {"vdb"}, "it is new")
    assert [d.target for d in less.disks] == ["vda", "vdc"] and "vdb" in less.others


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<driver type='raw'/>", "<driver type='vmdk'/>", "not supported"),
        ("<driver type='raw'/>", "<driver type='raw'/><encryption/>", "is encrypted"),
    ],
)
def test_disks_that_cannot_be_backed_up(old, new, said):
    with pytest.raises(FuyajoError, match=said):
        _bxml.select(DISKS.replace(old, new))


def test_a_machine_without_a_disk():
    with pytest.raises(FuyajoError, match="no disk"):
        _bxml.select("<domain><name>x</name></domain>")


# --- options -------------------------------------------------------------------------------------------


def parse(**options):
    return Wanted.parse({"backups": [options]}, (backup_kind.KIND,)).of("backups")[0]


def test_all_problems_at_once():
    with pytest.raises(FuyajoError) as caught:
        parse(
            vm="Web!",
            name="../x",
            directory="b/c",
            kind="half",
            keep=0,
            max_incrementals=-1,
            timeout=0,
            started=True,
            **{"as": "two"},
        )
    text = str(caught.value)
    for word in (
        "vm",
        "name",
        "directory",
        "kind",
        "keep",
        "max_incrementals",
        "timeout",
        "started",
    ):
        assert f"backups[0].{word}: " in text, word
    assert "backups[0].as: belongs to state restored" in text
    with pytest.raises(FuyajoError, match="name: is required when state is absent"):
        parse(vm="web", directory="/b", state="absent")
    with pytest.raises(FuyajoError, match="replaces nothing"):
        parse(vm="web", directory="/b", state="restored", name="a", replace=True, **{"as": "two"})
    with pytest.raises(FuyajoError, match="directory: is required"):
        parse(vm="web")


def test_where_backups_cannot_be_made(tmp_path, monkeypatch):
    wanted = {"backups": [{"vm": "test", "directory": str(tmp_path)}]}
    wanted = Wanted.parse(wanted, (backup_kind.KIND,))
    with Host.open("test:///default") as host:
        assert "test driver" in converge(host, wanted, True).errors[0]
        monkeypatch.setattr(type(host), "is_local", False)
        assert "run this there" in converge(host, wanted, True).errors[0]


def test_listing_needs_no_libvirt(tmp_path):
    options = {"directory": str(tmp_path)}
    assert list_backups(options) == {"backups": [], "broken": [], "unfinished": []}
    place = tmp_path / "web" / "a"
    place.mkdir(parents=True)
    (place / "metadata.json").write_bytes(_backup.dump_backup(backup()))
    (tmp_path / "web" / "x").mkdir()
    (tmp_path / "web" / ".y.part").mkdir()
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "web" / "b").symlink_to(place)
    found = list_backups(options)
    assert [b["name"] for b in found["backups"]] == ["a"]
    assert [b["path"] for b in found["broken"]] == [f"{tmp_path}/web/b", f"{tmp_path}/web/x"]
    assert found["unfinished"] == [f"{tmp_path}/web/.y.part"]
    assert list_backups({**options, "owner": "eve"})["backups"] == []
    (checked,) = list_backups({**options, "vm": "web", "verify": True})["backups"]
    assert checked["verified"] is False and "cannot be read" in checked["problem"]
    for bad in ({"directory": "x"}, {"vm": "../x"}, {"timeout": 0}, {"uri": "qemu+ssh://h/system"}):
        with pytest.raises(FuyajoError):
            list_backups({**options, **bad})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_was_lent_to_qemu_is_taken_back(tmp_path):
    part = _files.begin(str(tmp_path), "a")
    for name in ("vda.qcow2", "vdb.qcow2"):
        (Path(part) / name).write_bytes(b"")
    os.chown(Path(part) / "vdb.qcow2", 65534, 65534)
    _files.finish(str(tmp_path), part, backup())
    assert _files.strangers(str(tmp_path), ["a"]) == []
