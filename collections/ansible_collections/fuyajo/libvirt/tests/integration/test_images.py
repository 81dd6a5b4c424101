# SPDX-License-Identifier: GPL-3.0-or-later
"""Images on the real libvirt: every way in, every trap that real tools can make, and the way out."""

from __future__ import annotations

import bz2
import functools
import gzip
import http.server
import lzma
import struct
import threading

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import take_image as _take
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import image_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.storage_facts import list_images

from .storage_site import URI, qemu_img, wish, wish_from

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]
MIB = 2**20


@pytest.fixture(scope="module")
def web(tiny):
    """The directory of `tiny` over HTTP."""
    handler = functools.partial(Quiet, directory=str(tiny.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass


def test_whole_life(storage, tiny):
    image = wish(tiny)
    done = storage.proved(images=[image])
    base = _storage.base_name(image["sha256"])
    assert storage.files() == {base}
    facts = done.facts["image"]["tiny"]
    assert facts == {"name": "tiny", "sha256": image["sha256"], "volume": base,
                     "path": str(storage.path("own") / base)}  # fmt: skip
    assert (storage.path("own") / base).read_bytes() == tiny.read_bytes()
    assert storage.facts(base)["format"] == "qcow2"
    storage.proved(images=[dict(image, state="absent")])
    assert storage.files() == set()


def test_from_an_address(storage, tiny, web):
    image = wish_from(f"{web}/tiny.qcow2", tiny, timeout=20)
    storage.proved(images=[image])
    storage.good(images=[dict(image, state="absent")])
    storage.proved(images=[dict(image, url=f"file://{tiny}")])
    other = dict(image, name="other", sha256="0" * 64)
    assert "has the sha256" in storage.run(images=[other]).errors[0]
    gone = dict(other, url=f"{web}/nothing")
    assert "404" in storage.run(images=[gone]).errors[0]
    assert len(storage.files()) == 1


def test_a_name_of_the_catalogue_needs_no_address_but_a_digest(storage):
    image = {"name": "debian-12", "sha256": "ab" * 32}
    done = storage.good(check=True, images=[image])
    assert done.changed and not storage.path("own").exists()
    with pytest.raises(FuyajoError, match=r"sha256.*64 hexadecimal"):
        storage.run(images=[{"name": "debian-12"}])
    with pytest.raises(FuyajoError, match="path or url is required"):
        storage.run(images=[{"name": "unheard-of", "sha256": "ab" * 32}])
    with pytest.raises(FuyajoError, match="exclude each other"):
        storage.run(images=[dict(image, path="/a", url="https://x/y")])


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_compressed_images_are_unpacked(storage, tiny, tmp_path, pack):
    packed = tmp_path / "packed"
    packed.write_bytes(pack(tiny.read_bytes()))
    done = storage.proved(images=[wish(packed)])
    base = storage.path("own") / done.facts["image"]["tiny"]["volume"]
    assert base.read_bytes() == tiny.read_bytes()
    assert len(storage.files()) == 1


def test_raw_is_converted(storage, tiny):
    raw = tiny.with_suffix(".raw")
    done = storage.proved(images=[wish(raw, format="raw")])
    base = storage.path("own") / done.facts["image"]["tiny"]["volume"]
    assert storage.facts(base.name)["format"] == "qcow2"
    qemu_img("compare", "-f", "raw", "-F", "qcow2", raw, base)
    assert base.stat().st_blocks * 512 < 4 * MIB


def test_what_changes_while_it_is_copied_is_not_kept(storage, tiny, tmp_path, monkeypatch):
    path = tmp_path / "moving.qcow2"
    path.write_bytes(tiny.read_bytes())
    image = wish(path)
    really = _take._files.copy_file

    def copy(source, out, most):
        with path.open("r+b") as stream:  # after it was looked at, before it is copied
            stream.seek(8)
            stream.write(struct.pack(">QI", 72, 8))
        really(source, out, most)

    monkeypatch.setattr(_take._files, "copy_file", copy)
    done = storage.run(images=[image])
    assert "has the sha256" in done.errors[0] and storage.files() == set()


def test_far_away_it_is_sent_through_libvirt(storage, tiny, far_host):
    image = wish(tiny)
    done = storage.good(host=far_host, images=[image])
    base = done.facts["image"]["tiny"]["volume"]
    assert done.results[-1]["actions"] == [f"upload {base}"]
    assert (storage.path("own") / base).read_bytes() == tiny.read_bytes()
    assert (storage.path("own") / base).stat().st_mode & 0o777 == 0o644
    assert not storage.good(host=far_host, images=[image]).changed
    assert not storage.good(images=[image]).changed


@pytest.mark.parametrize("how", ["torn", "shorter"])
def test_an_upload_that_fails_leaves_nothing(storage, tiny, far_host, monkeypatch, how):
    def torn(_handle, _stream, _size):
        raise FuyajoError("the line broke")

    monkeypatch.setattr(far_host, "upload_volume", torn if how == "torn" else lambda *_a: "")
    done = storage.run(host=far_host, images=[wish(tiny)])
    assert ("the line broke" if how == "torn" else "did not arrive whole") in done.errors[0]
    assert storage.files() == set()


def test_a_killed_upload_is_completed(storage, tiny, monkeypatch):
    image = wish(tiny)
    base = _storage.base_name(image["sha256"])
    storage.good(images=[], volumes=[{"name": "x", "size": "1M"}])
    torn = storage.path("own") / base
    torn.write_bytes(b"\0" * 65536 + tiny.read_bytes()[65536:-1000])
    storage.good(pools=[{"name": storage.own, "refresh": True}])
    (facts,) = list_images(storage.host, storage.own, None)
    assert facts["unfinished"] and facts["unused"]
    busy = storage.run(images=[image])
    assert "being uploaded by somebody else" in busy.errors[0]
    monkeypatch.setattr(image_kind, "_STILL_SECONDS", -1.0)
    storage.proved(images=[image])
    assert torn.read_bytes() == tiny.read_bytes()


def test_two_who_bring_the_same_bring_it_once(storage, tiny):
    image = wish(tiny)
    done = []

    def bring():
        with Host.open(URI) as other:
            done.append(storage.run(host=other, images=[image]))

    threads = [threading.Thread(target=bring) for _index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [d.errors for d in done if d.errors]
    assert storage.files() == {_storage.base_name(image["sha256"])}


def test_a_killed_copy_is_swept_by_the_next_run(storage, tiny):
    image = wish(tiny)
    storage.good(volumes=[{"name": "x", "size": "1M"}])
    part = storage.path("own") / "base-0123456789abcdef.qcow2.abcd_123.part"
    part.write_bytes(b"half")
    done = storage.good(images=[image])
    assert (
        f"sweep {part.name}"
        in done.results[-2 if done.results[-1]["kind"] != "image" else -1]["actions"]
    )
    assert not part.exists()


def test_bases_that_nothing_needs_go_and_nothing_else(storage, tiny, tmp_path):
    paths = []
    for i in range(5):
        path = tmp_path / f"i{i}.qcow2"
        qemu_img("create", "-f", "qcow2", path, f"{i + 1}M")
        paths.append(path)
    images = [wish(path, name=f"i{i}") for i, path in enumerate(paths)]
    bases = [_storage.base_name(image["sha256"]) for image in images]
    overlay = {"name": "overlay", "backing": bases[1]}
    storage.good(images=images, volumes=[{"name": "other", "size": "1M"}])
    storage.good(volumes=[overlay])
    disk = _domain.Disk(str(storage.path("own") / bases[2]), "vda", readonly=True)
    storage.host.define(_domain.build_domain(_domain.Domain(storage.name("m"), disks=[disk])))
    facts = {f["volume"]: f for f in list_images(storage.host, storage.own, None)}
    assert facts[bases[1]]["users"] == ["overlay.vol.qcow2"]
    assert facts[bases[2]]["users"] == [storage.name("m")]
    assert [f["unused"] for _name, f in sorted(facts.items())] == [
        b not in bases[1:3] for b in sorted(bases)
    ]

    # The first is named in the task itself, the others of the first three are used.
    swept = storage.proved(images=[images[0]], remove_unused_images=True)
    gone = {r["name"]: r["changes"][0]["effect"] for r in swept.results if r["changes"]}
    assert gone == {bases[3]: "destroy", bases[4]: "destroy"}
    others = {"other.vol.qcow2", "overlay.vol.qcow2"}
    assert storage.files() == {*bases[:3], *others}
    assert not storage.good(images=[images[0]]).changed, "nothing goes unless it was asked for"

    # What loses its last user in the very same task goes with it.
    last = storage.proved(
        volumes=[{"name": "overlay", "state": "absent"}], remove_unused_images=True
    )
    assert bases[1] in {r["name"] for r in last.results if r["changes"]}
    assert storage.files() == {bases[2], "other.vol.qcow2"}


def test_a_base_whose_last_machine_goes_in_the_same_task(storage, tiny):
    image = wish(tiny)
    vm = {"name": storage.name("m"), "image": "tiny", "memory": 64, "nics": []}
    storage.good(images=[image], vms=[vm])
    absent = {"name": vm["name"], "state": "absent", "remove_storage": True}
    gone = storage.proved(vms=[absent], remove_unused_images=True)
    assert not gone.errors and storage.files() == set()


def test_a_base_in_use_is_kept(storage, tiny):
    image = wish(tiny)
    base = _storage.base_name(image["sha256"])
    storage.good(images=[image])
    storage.good(volumes=[{"name": "top", "backing": base}])
    kept = storage.run(images=[dict(image, state="absent")])
    assert "top.vol.qcow2" in kept.errors[0]
    as_volume = storage.run(volumes=[{"name": base, "state": "absent"}])
    assert "the module image" in as_volume.errors[0]
    assert base in storage.files()


def test_holes_stay_holes(storage, tmp_path):
    path = tmp_path / "big.qcow2"
    qemu_img("create", "-f", "qcow2", "-o", "preallocation=metadata", path, "200M")
    done = storage.good(images=[wish(path)])
    base = storage.path("own") / done.facts["image"]["tiny"]["volume"]
    assert base.stat().st_size >= 200 * MIB
    assert base.stat().st_blocks * 512 < 4 * MIB
