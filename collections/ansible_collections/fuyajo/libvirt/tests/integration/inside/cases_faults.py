# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host cannot do: the creation is undone, the reason is told, and nobody else suffers."""

from __future__ import annotations

import contextlib
import subprocess

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

VM = {
    "name": "web",
    "state": "started",
    "memory": 64,
    "disk": "1G",
    "image": "tiny",
    "nics": [],
    "cloud_init": {"user": "fuyajo", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]},
}
GONE = {"name": "web", "state": "absent", "remove_storage": True}


def whole(site, short="web") -> set[str]:
    return {f"{site.name(short)}.qcow2", f"{site.name(short)}.seed.iso"}


def refused(site, wish, text, **more):
    """Run it, expect that error, and that nothing came of it."""
    before, state = site.files(), site.host.vm(site.name(wish["name"]))
    done = site.run(wish, **more)
    result = done.results[-1]
    assert result["error"] is not None and text in result["error"], result
    assert not done.changed, result
    assert site.files() == before
    assert site.host.vm(site.name(wish["name"])) == state
    return result


@pytest.fixture
def small_disk(site):
    """Put the pool onto a file system of 60 MB, and give back a way to fill it."""
    site.path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", site.path], check=True)

    def fill(leave):
        with open(site.path / "filling", "wb", buffering=0) as stream, contextlib.suppress(OSError):
            while stream.write(bytes(1 << 12)):
                pass
        size = (site.path / "filling").stat().st_size
        with open(site.path / "filling", "r+b") as stream:
            stream.truncate(size - leave)
        site.host.refresh_pool(site.host.pool_handle(site.pool))

    yield fill
    subprocess.run(["umount", "-l", site.path], check=True)


@pytest.mark.parametrize("leave", [0, 64 << 10, 220 << 10, 264 << 10])
def test_a_full_disk(site, small_disk, leave):
    bystander = dict(VM, name="bystander", state="present")
    site.run(bystander)
    small_disk(leave)
    result = refused(site, VM, "No space left on device")
    assert result["actions"][-1] == "undo: undefine"
    (site.path / "filling").unlink()
    assert not site.run(VM).errors
    assert not site.run(bystander).changed


def test_an_image_that_does_not_fit(site, small_disk):
    site.run(images=[])
    site.run({"name": "first", "disk": "1G", "nics": []}, images=[])
    small_disk(1 << 12)
    done = site.run(VM)
    errors = {r["kind"]: r["error"] for r in done.results}
    assert "No space left on device" in errors["image"] and "not tried" in errors["vm"]
    assert not {f for f in site.files() if f.startswith("base-")}


def test_a_base_that_is_gone(site):
    site.run(dict(VM, name="old", state="present"))
    (site.path / site.base).rename(site.path / "hidden")
    # libvirt still lists it, as it does with every file that is removed behind its back.
    wish = dict(VM, image=site.base)
    refused(site, wish, site.base, images=[])
    before = site.host.vm(site.name("old"))
    failed = site.run({"name": "old", "state": "started"}, images=[])
    assert f"{site.base}' is not accessible" in failed.errors[0]
    assert site.host.vm(site.name("old")) == before, "a machine that exists is never undone"
    (site.path / "hidden").rename(site.path / site.base)
    assert not site.run(wish, images=[]).errors


def test_a_base_below_a_running_machine_stays(site):
    site.run(VM)
    gone = [{**site.options()["images"][0], "state": "absent"}]
    for wishes in ([], [dict(GONE, name="nobody")]):
        done = site.run(*wishes, images=gone)
        assert "in use by" in " ".join(done.errors)
    assert site.base in site.files()


def test_the_same_disk_in_two_machines(site):
    site.run(VM)
    disk = site.path / f"{site.name('web')}.qcow2"
    thief = _domain.Domain(
        site.name("thief"), memory_mib=64, disks=[_domain.Disk(str(disk), "vda")]
    )
    thief.meta = _domain.Meta(owner="tc")
    site.host.define(_domain.build_domain(thief))
    done = site.run({"name": "thief", "state": "started"})
    assert '"write" lock' in done.errors[0]
    assert site.host.vm(site.name("thief"))["state"] == "stopped"
    # Neither of them takes the disk away from the other.
    assert not site.run(dict(GONE, name="thief")).errors
    assert disk.exists() and site.host.vm(site.name("web"))["state"] == "running"


def test_a_running_machine_is_not_hidden_but_ended(site):
    site.run(VM)
    done = site.run(GONE, images=[])
    assert done.results[-1]["actions"][:2] == ["destroy", "undefine"]
    assert not [name for name in site.host.domains() if name == site.name("web")]


def test_snapshots_go_with_their_machine(site):
    site.run(dict(VM, state="stopped"))
    xml = "<domainsnapshot><name>one</name></domainsnapshot>"
    site.host.lookup(site.name("web")).snapshotCreateXML(xml, 0)
    assert not site.run(GONE, images=[]).errors
    assert site.files() == {site.base}


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"memory": "15T"}, "annot"),
        ({"memory": "900G"}, "annot allocate memory"),
        ({"cpus": 1000}, "255"),
    ],
)
def test_more_than_the_host_has(site, more, text):
    site.run(dict(VM, name="bystander"))
    refused(site, dict(VM, **more), text)
    assert site.host.vm(site.name("bystander"))["state"] == "running"


def test_one_bad_of_ten_hides_nobody(site):
    wishes = [dict(VM, name=f"n{i}", state="present") for i in range(10)]
    wishes[3].update(state="started", memory="15T")
    done = site.run(*wishes)
    results = [r for r in done.results if r["kind"] == "vm"]
    assert [r["name"] for r in results] == [site.name(f"n{i}") for i in range(10)]
    assert [bool(r["error"]) for r in results] == [i == 3 for i in range(10)]
    assert len(done.vms) == 9 and len(site.files()) == 1 + 2 * 9
    wishes[3].update(memory=64)
    again = site.run(*wishes)
    assert [r["name"] for r in again.results if r["changes"]] == [site.name("n3")]
    assert not again.errors


def test_one_failure_stops_the_rest_when_asked(site):
    wishes = [dict(VM, name=f"n{i}", state="present") for i in range(3)]
    wrong = {**site.options()["images"][0], "sha256": "0" * 64}
    done = site.run(
        *wishes, dict(VM, name="free", image=None), images=[wrong], continue_on_error=False
    )
    errors = {r["name"]: r["error"] for r in done.results if r["kind"] == "vm"}
    assert len(errors) == 4
    assert all("not tried, because this failed: image tiny" in e for e in errors.values())
    assert site.host.domains() == {} and site.files() == set()


NAMES = ["-dash", "with space", "\u202eLTR", "1", "00000000", "$(id)", "a;id", "%s%n", "x" * 200]


def test_names_that_play_tricks(site):
    site.run(VM)
    ours = site.host.vm(site.name("web"))
    others = [*NAMES, ours["uuid"], str(site.host.lookup(site.name("web")).ID())]
    for name in dict.fromkeys(others):
        site.host.define(_domain.build_domain(_domain.Domain(name, memory_mib=64)))
    try:
        listed = {vm["name"]: vm for vm in site.host.list_vms()}
        assert set(others) < set(listed)
        assert listed[site.name("web")] == ours
        # A number is a name, not an id; a UUID as a name is a name.
        for name in others:
            found = site.host.vm(name)
            assert found["name"] == name and found["uuid"] != ours["uuid"]
        assert site.host.vm("2") is None
        for name in others:
            for state in ("absent", "stopped"):
                wish = {**site.options(), "images": [], "vms": [{"name": name, "state": state}]}
                assert not attempt(site, wish), name
        assert site.host.vm(site.name("web")) == ours
        assert not site.run(GONE, images=[]).errors
        assert set(others) == set(site.host.domains())
    finally:
        for name in others:
            site.host.undefine(site.host.lookup(name))


def attempt(site, wish) -> bool:
    """Say whether the wish was granted."""
    try:
        return not converge(site.host, wanted_of_all(wish), check=False).errors
    except FuyajoError as error:
        return error.kind != "invalid"


def test_a_machine_named_like_the_uuid_of_another(site):
    uuid = "deadbeef-0000-4000-8000-00000000000a"
    foreign = _domain.Domain(site.name("foreign"), uuid=uuid, memory_mib=64)
    site.host.start(site.host.define(_domain.build_domain(foreign)))
    options = site.options()
    for state, running in (("started", 2), ("stopped", 1), ("absent", 1)):
        options["vms"] = [{"name": uuid, "state": state, "memory": 64, "nics": []}]
        assert attempt(site, options)
        states = [vm["state"] for vm in site.host.list_vms()]
        assert states.count("running") == running
        assert site.host.vm(site.name("foreign"))["state"] == "running"
    assert site.host.vm(uuid) is None


BAD = "</fuyajo:template></fuyajo:vm></metadata><devices><emulator>/bin/evil</emulator></devices>"


def test_xml_in_texts_is_only_text(site):
    wish = dict(VM, metadata={"template": BAD})
    assert not site.run(wish).errors
    assert site.host.vm(site.name("web"))["template"] == BAD
    xml = site.host.domain_xml(site.host.lookup(site.name("web")))
    assert "<emulator>/bin/evil" not in xml and "<emulator>/usr/bin/qemu" in xml
    assert not site.run(wish).changed


@pytest.mark.parametrize(
    "name", ["a'/><x", "a</name>", "a\nb", "", ".", "..", "a/b", "é", "\u202ea", "-a"]
)
def test_xml_and_tricks_in_names_are_refused(site, name):
    for key in ("vms", "networks", "volumes"):
        assert not attempt(site, {**site.options(), key: [{"name": name}]})
    assert site.host.domains() == {}
