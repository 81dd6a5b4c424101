# SPDX-License-Identifier: GPL-3.0-or-later
"""The trash: names, marks and options; and machines without files on libvirt's own test driver."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted
from hypothesis import given
from hypothesis import strategies as st

UNTIL = "2026-11-26T10:00:00Z"
UUID = "0d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11"
NAME = "trash-0d3b1a1e6f0e"
POOL = "/srv/pool"


def wish(vm, state="trashed", owner="mika", adopt=False, **more):
    if state == "trashed":
        more.setdefault("until", UNTIL)
    options = {"owner": owner, "adopt": adopt, "shutdown_timeout": 0}
    options.update(pool={"name": "default-pool"}, trash=[{"vm": vm, "state": state, **more}])
    return Wanted.parse(options, [trash_kind.KIND])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"vm": "No", "until": UNTIL}, "is no name"),
        ({"vm": "web", "until": None}, "is needed for state=trashed"),
        ({"vm": "web", "until": "2026-11-26"}, "must be a time in UTC"),
        ({"vm": "web", "until": "2026-11-26T1:00:00Z"}, "must be a time in UTC"),
        ({"vm": "web", "until": "2026-02-30T10:00:00Z"}, "must be a time in UTC"),
        ({"vm": "web", "until": 5}, "must be a time in UTC"),
        ({"vm": "web", "state": "restored", "until": UNTIL}, "is only for state=trashed"),
        ({"vm": "web", "state": "purged", "uuid": "x"}, "is not a UUID"),
        ({"vm": "web", "state": "emptied"}, "must be one of trashed, restored, purged"),
    ],
)
def test_problems_of_options(options, problem):
    with pytest.raises(FuyajoError, match=problem) as caught:
        wish(**options)
    assert caught.value.kind == "invalid"


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=9
)
marks = st.builds(
    _domain.Trashed,
    name=texts,
    since=st.none() | texts,
    until=st.none() | texts,
    autostart=st.sampled_from([None, "yes"]),
    moving=st.sampled_from([None, _trash.IN, _trash.OUT, _trash.GONE]),
    files=st.lists(st.builds(_domain.MovedFile, old=texts, new=texts), max_size=3),
)


@given(marks)
def test_a_mark_is_read_as_it_was_written(mark):
    meta = _domain.Meta(owner="mika", trashed=mark, tags=[_domain.Tag("a")])
    assert _domain.parse_meta(_domain.build_meta(meta)) == meta
    again = _domain.Domain("web", meta=_domain.parse_meta(_domain.build_meta(meta)))
    facts = _facts.vm_facts(again, "stopped", None)["trashed"]
    assert facts == {"name": mark.name, "since": mark.since, "until": mark.until}


def marked(**more):
    mark = _domain.Trashed("web", files=[_domain.MovedFile(f"{POOL}/a", f"{POOL}/{NAME}.qcow2")])
    mark = dataclasses.replace(mark, **more)
    return _domain.Domain(NAME, uuid=UUID, meta=_domain.Meta(trashed=mark))


@pytest.mark.parametrize(
    ("old", "new", "strange"),
    [
        (f"{POOL}/web.qcow2", f"{POOL}/{NAME}.qcow2", False),
        ("/nvram/any.fd", f"/nvram/{NAME}_VARS.fd", False),
        (f"{POOL}/web.qcow2", f"{POOL}/other.qcow2", True),
        (f"{POOL}/web.qcow2", f"{POOL}/{NAME}x.qcow2", True),
        (f"{POOL}/../etc/passwd", f"{POOL}/../etc/{NAME}.qcow2", True),
        ("/etc/passwd", f"{POOL}/{NAME}.qcow2", True),
        ("passwd", f"{NAME}.qcow2", True),
        ("", "", True),
    ],
)
def test_files_that_we_would_not_have_written(old, new, strange):
    document = marked(files=[_domain.MovedFile(old, new)])
    assert _trash.strange_files(document) == ([new] if strange else [])


def test_names():
    assert _trash.trash_name(UUID.upper()) == NAME and _trash.is_trash_name(NAME)
    for other in ("trash-", "trash-0d3b1a1e6f0", f"{NAME}0", "web", "trash-0D3B1A1E6F0E"):
        assert not _trash.is_trash_name(other)
    assert _trash.file_in_trash(f"{POOL}/web.web.raw", "web", NAME) == f"{POOL}/{NAME}.web.raw"
    assert _trash.too_long({"a": "/b/" + "x" * 256, "c": "/b/" + "x" * 255}) == ["/b/" + "x" * 256]


def test_a_definition_names_its_files_as_they_are_called():
    text = (
        "<domain><os><nvram>/n/web_VARS.fd</nvram></os><devices>"
        "<disk><source file='/p/web.qcow2'/><backingStore><source file='/p/base'/></backingStore></disk>"
        "<disk><source file='/p/cd.iso'/></disk></devices></domain>"
    )
    files = {"/n/web_VARS.fd": "/n/x_VARS.fd", "/p/web.qcow2": "/p/x.qcow2"}
    after = _trash.moved(text, files)
    assert "/n/x_VARS.fd" in after and "/p/x.qcow2" in after and "web" not in after
    assert "/p/base" in after and "/p/cd.iso" in after
    back = _trash.moved(after, {new: old for old, new in files.items()})
    assert _xml.ET.canonicalize(back) == _xml.ET.canonicalize(text)
    assert _trash.moved(text, {"/elsewhere": "/x"}) is text


def test_what_the_host_lends():
    text = (
        "<domain><devices><hostdev type='pci'/><hostdev type='pci'/><interface type='vdpa'/>"
        "<interface type='network'/><tpm><backend type='passthrough'/></tpm>"
        "<disk><source pool='p' volume='v'/><target dev='vda'/></disk>"
        "<disk device='cdrom'><target dev='sda'/></disk></devices></domain>"
    )
    words = ["host device pci", "network card of type vdpa", "the host's TPM"]
    assert _trash.of_the_host(text) == words
    assert _trash.pathless_disks(text) == ["vda"]


@pytest.fixture
def host():
    with Host.open("test:///default") as connection:
        yield connection


def make(host, name="web", owner="mika"):
    options = {"owner": owner, "pool": {"name": "default-pool"}, "shutdown_timeout": 0}
    vm = {"name": name, "state": "started", "memory": 64, "nics": []}
    done = converge(host, wanted_of_all({**options, "vms": [vm]}), False)
    assert not done.errors, done.errors
    return done.vms[name]["uuid"]


def run(host, *args, check=False, **more):
    return converge(host, wish(*args, **more), check)


def refused(outcome, words, kind="conflict"):
    assert not outcome.changed and outcome.results[-1]["error_kind"] == kind, outcome
    assert words in outcome.errors[0]


def test_there_and_back(host):
    uuid = make(host)
    name = _trash.trash_name(uuid)
    before = _domain.parse_domain(host.domain_xml(host.lookup("web")))
    planned = run(host, "web", check=True)
    assert planned.changed and host.vm("web")["state"] == "running"
    done = run(host, "web")
    assert not done.errors and [r["changes"] for r in done.results] == [
        r["changes"] for r in planned.results
    ]
    assert host.vm("web") is None and host.vm(name)["trashed"]["until"] == UNTIL
    assert {vm["name"]: vm["trashed"] for vm in host.list_vms()}["test"] is None
    for vm in ("web", name):
        assert not run(host, vm).changed and not run(host, vm, uuid=uuid).changed
    # The name is free at once.
    other = make(host)
    assert other != uuid
    refused(run(host, "web", "restored", uuid=uuid), "is taken by another machine")
    refused(run(host, name, "restored", owner="ken"), "belongs to 'mika'")
    vms = {"owner": "mika", "pool": {"name": "default-pool"}}
    gone = wanted_of_all({**vms, "vms": [{"name": "web", "state": "absent"}]})
    assert not converge(host, gone, False).errors
    for vms["vms"] in ([{"name": name, "state": "absent"}], [{"name": name, "state": "started"}]):
        refused(converge(host, wanted_of_all(vms), False), "in the trash; vm_trash restores it")
    assert not run(host, "web", "restored").errors
    assert _domain.parse_domain(host.domain_xml(host.lookup("web"))) == before
    assert not run(host, name, "restored", uuid=uuid).changed
    refused(run(host, "web", "purged"), "is not in the trash")
    assert not run(host, "web").errors and run(host, name, "purged", check=True).changed
    done = run(host, "web", "purged", uuid=uuid)
    assert done.changed and done.vms == {} and host.find(uuid) is None
    assert not run(host, "web", "purged", uuid=uuid).changed
    refused(run(host, "web", "restored", uuid=uuid), "does not exist", "not_found")


def test_which_of_several(host):
    first = make(host)
    run(host, "web")
    second = make(host)
    refused(run(host, "web", uuid=UUID), f"is {second}, not {UUID}")
    run(host, "web")
    refused(run(host, "web", "restored"), "more than once")
    make(host, owner="ken")
    refused(run(host, "web", "purged", owner="ken"), "is not in the trash")
    refused(run(host, "other", "restored", uuid=first), "is called trash-")
    run(host, "web", "purged", uuid=second)
    assert run(host, "web", "purged").changed
    assert host.find(first) is None


def test_a_machine_of_nobody_needs_to_be_adopted(host):
    refused(run(host, "test"), "that nobody here owns")
    done = run(host, "test", adopt=True)
    # Its disk is not ours to move.
    assert not done.errors or "disk" in done.errors[0]


def test_only_the_hypervisor_can_move_files(host, monkeypatch):
    uuid = make(host)
    handle = host.lookup("web")
    mark = _domain.Trashed("web", moving=_trash.IN)
    mark.files = [_domain.MovedFile("/p/web.qcow2", f"/p/{_trash.trash_name(uuid)}.qcow2")]
    host.set_meta(handle, _domain.Meta(owner="mika", trashed=mark), config=True, live=False)
    monkeypatch.setattr(Host, "is_mock", False)
    monkeypatch.setattr(Host, "is_local", False)
    refused(run(host, "web"), "run this on the hypervisor", "invalid")


@pytest.mark.parametrize("moving", [_trash.IN, _trash.OUT])
def test_what_was_cut_off_is_refused_by_others_and_completed(host, moving):
    uuid = make(host)
    mark = _domain.Trashed("web", until=UNTIL, moving=moving)
    host.destroy(host.lookup("web"))
    meta = _domain.Meta(owner="mika", trashed=mark)
    host.set_meta(host.lookup("web"), meta, config=True, live=False)
    base = {"owner": "mika", "pool": {"name": "default-pool"}}
    vm = wanted_of_all({**base, "vms": [{"name": "web", "state": "started"}]})
    refused(converge(host, vm, False), "vm_trash completes it")
    if moving == _trash.IN:
        assert not run(host, "web").errors
        assert host.vm("web") is None
        assert not run(host, "web", "restored").errors
    else:
        assert not run(host, "web", "restored").errors
    assert host.vm("web")["trashed"] is None and host.vm("web")["uuid"] == uuid
