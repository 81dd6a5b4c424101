# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-alone volumes on the real libvirt: made every way, grown, guarded, raced for."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import volume_make
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.storage_facts import (
    list_volumes,
)

from .storage_site import URI

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]
MIB = 2**20


@pytest.fixture
def pool(storage):
    """A pool beside our own, and its name."""
    storage.good(pools=[storage.pool()])
    return storage.name("p")


@pytest.fixture
def qcow2(tmp_path):
    path = tmp_path / "s.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", path, "8M"], check=True)
    return path


def machine(storage, path, state=None, name="m"):
    disks = [_domain.Disk(str(path), "vda")]
    document = _domain.Domain(storage.name(name), machine="pc", memory_mib=32, disks=disks)
    handle = storage.host.define(_domain.build_domain(document))
    if state == "running":
        storage.host.start(handle)
    return handle


def test_whole_life_in_our_own_pool(storage):
    made = storage.proved(volumes=[{"name": "data", "size": "16M"}])
    facts = made.facts["volume"]["data"]
    assert (facts["name"], facts["format"]) == ("data.vol.qcow2", "qcow2")
    assert (facts["capacity_bytes"], facts["pool"]) == (16 * MIB, storage.own)
    grown = storage.proved(volumes=[{"name": "data", "size": f"{32 * MIB}B"}])
    changes = grown.results[-1]["changes"]
    assert [(c["before"], c["after"]) for c in changes] == [("16 MiB", "32 MiB")]
    assert "cannot shrink" in storage.run(volumes=[{"name": "data", "size": "16M"}]).errors[0]
    gone = storage.proved(volumes=[{"name": "data", "state": "absent"}])
    assert gone.results[-1]["changes"][0]["effect"] == "destroy"
    assert storage.files() == set()


def test_exact_names_and_formats_elsewhere(storage, pool):
    volumes = [
        {"name": "a.img", "pool": pool, "size": "1M", "format": "raw"},
        {"name": "b", "pool": pool, "size": "1M"},
    ]
    done = storage.proved(volumes=volumes)
    assert storage.files("p") == {"a.img", "b"}
    assert done.facts["volume"][f"{pool}/a.img"]["format"] == "raw"
    other = storage.run(volumes=[dict(volumes[0], format="qcow2")])
    assert "of format raw" in other.errors[0]


def test_raw_in_our_own_pool_is_found_again_without_its_format(storage):
    storage.proved(volumes=[{"name": "r", "size": "1M", "format": "raw"}])
    assert not storage.good(volumes=[{"name": "r", "size": "1M"}]).changed
    storage.proved(volumes=[{"name": "r", "state": "absent"}])


@pytest.mark.parametrize(
    "name", ["web.qcow2", "web.seed.iso", "web.data.raw", "base-" + "0" * 16 + ".qcow2"]
)
def test_names_that_mean_something_in_our_pool_are_kept_free(storage, name):
    storage.good(volumes=[{"name": "first", "size": "1M"}])
    done = storage.run(volumes=[{"name": name, "size": "1M"}])
    assert "would count as" in done.errors[0] and storage.files() == {"first.vol.qcow2"}


def test_preallocation(storage, pool):
    common = {"pool": pool, "size": "16M"}
    storage.good(
        volumes=[
            {"name": "none.img", "format": "raw", **common},
            {"name": "full.img", "format": "raw", "preallocation": "full", **common},
            {"name": "none.q", **common},
            {"name": "meta.q", "preallocation": "metadata", **common},
            {"name": "full.q", "preallocation": "full", **common},
        ]
    )

    def blocks(name):
        return (storage.path("p") / name).stat().st_blocks * 512

    assert blocks("none.img") == 0 and blocks("full.img") == 16 * MIB
    assert blocks("none.q") < MIB and blocks("full.q") >= 16 * MIB
    meta = (storage.path("p") / "meta.q").stat()
    assert meta.st_size >= 16 * MIB and meta.st_blocks * 512 < 2 * MIB


def test_overlay_takes_the_size_of_what_is_below(storage, pool):
    below = {"name": "below.q", "pool": pool, "size": "8M"}
    top = {"name": "top.q", "pool": pool, "backing": "below.q"}
    done = storage.proved(volumes=[below, top])
    facts = done.facts["volume"][f"{pool}/top.q"]
    assert facts["capacity_bytes"] == 8 * MIB
    assert facts["backing"] == str(storage.path("p") / "below.q")
    kept = storage.run(volumes=[{**below, "state": "absent"}])
    assert kept.results[-1]["error_kind"] == "conflict" and "top.q" in kept.errors[0]
    assert "smaller than" in storage.run(volumes=[dict(top, name="t", size="4M")]).errors[0]
    storage.good(volumes=[{"name": "x.q", "pool": pool, "size": "8M"}])
    assert "not on x.q" in storage.run(volumes=[dict(top, backing="x.q")]).errors[0]
    missing = storage.run(volumes=[dict(top, name="u", backing="nothing")])
    assert missing.results[-1]["error_kind"] == "not_found"
    both = [{**each, "state": "absent"} for each in (below, top)]
    storage.proved(volumes=both)


def test_an_overlay_in_another_pool_counts_as_a_use(storage, pool):
    storage.good(volumes=[{"name": "below", "size": "8M"}])
    below = storage.path("own") / "below.vol.qcow2"
    top = storage.path("p") / "top"
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", below, top]
    subprocess.run(command, check=True)
    storage.good(pools=[{"name": pool, "refresh": True}])
    kept = storage.run(volumes=[{"name": "below", "state": "absent"}])
    assert f"{pool}/top" in kept.errors[0]


def test_filled_from_a_file(storage, pool, qcow2):
    digest = hashlib.sha256(qcow2.read_bytes()).hexdigest()
    one = {"name": "f.qcow2", "pool": pool, "source": str(qcow2), "checksum": digest}
    done = storage.proved(volumes=[one])
    facts = done.facts["volume"][f"{pool}/f.qcow2"]
    assert (facts["format"], facts["capacity_bytes"]) == ("qcow2", 8 * MIB)
    assert (storage.path("p") / "f.qcow2").read_bytes() == qcow2.read_bytes()
    grown = storage.proved(volumes=[{"name": "f.qcow2", "pool": pool, "size": "16M"}])
    assert grown.changed
    differs = storage.run(volumes=[one])
    assert "never replaced" in differs.errors[0]
    storage.proved(volumes=[dict(one, name="larger.qcow2", size="24M", checksum=None)])


def test_filled_with_a_raw_file_far_away(storage, pool, tmp_path, far_host):
    path = tmp_path / "disk.iso"
    path.write_bytes(os.urandom(300 * 1024))
    one = {"name": "disk.iso", "pool": pool, "source": str(path)}
    done = storage.good(host=far_host, volumes=[one])
    assert done.facts["volume"][f"{pool}/disk.iso"]["format"] == "raw"
    assert (storage.path("p") / "disk.iso").read_bytes() == path.read_bytes()
    assert not storage.good(host=far_host, volumes=[one]).changed


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is empty"),
        (b"\x1f\x8b" + b"\0" * 510, "compressed with gzip"),
        (b"KDMV" + b"\0" * 508, "vmdk"),
        (b"x" * 100, "512-byte sectors"),
    ],
)
def test_files_that_are_no_disks(storage, pool, tmp_path, content, match):
    path = tmp_path / "x"
    path.write_bytes(content)
    done = storage.run(volumes=[{"name": "x.img", "pool": pool, "source": str(path)}])
    assert match in done.errors[0] and storage.files("p") == set()


def test_a_file_that_names_another_is_not_uploaded(storage, pool, tmp_path, qcow2):
    evil = tmp_path / "evil"
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", qcow2, evil]
    subprocess.run(command, check=True)
    done = storage.run(volumes=[{"name": "x.q", "pool": pool, "source": str(evil)}])
    assert "refers to other files" in done.errors[0] and storage.files("p") == set()


def test_a_wrong_file_leaves_no_volume(storage, pool, qcow2):
    one = {"name": "f.q", "pool": pool, "source": str(qcow2), "checksum": "0" * 64}
    done = storage.run(volumes=[one])
    assert "has the sha256" in done.errors[0] and not done.changed
    assert storage.files("p") == set()


def test_a_killed_upload_is_seen_and_completed(storage, pool, qcow2, monkeypatch):
    one = {"name": "f.qcow2", "pool": pool, "source": str(qcow2)}
    handle = storage.host.pool_handle(pool)
    storage.host.make_volume(handle, _storage.Volume("f.qcow2", 0, "raw", allocation=0))
    busy = storage.run(volumes=[one])
    assert "being filled by somebody else" in busy.errors[0]
    monkeypatch.setattr(volume_make, "_STILL_SECONDS", -1.0)
    done = storage.proved(volumes=[one])
    changes = {c["path"]: c["before"] for c in done.results[-1]["changes"]}
    assert changes["state"] == "unfinished"
    # Its end is there, its beginning is not: nobody can say what it was to be.
    body = qcow2.read_bytes()
    torn = storage.path("p") / "g.qcow2"
    torn.write_bytes(b"\0" * 65536 + body[65536:])
    storage.good(pools=[{"name": pool, "refresh": True}])
    refused = storage.run(volumes=[dict(one, name="g.qcow2")])
    assert refused.results[-1]["error_kind"] == "conflict" and "unfinished" in refused.errors[0]


def test_full_copies_within_and_across_pools(storage, pool):
    first = {"name": "a", "size": "8M"}
    clone = {"name": "b.q", "pool": pool, "source_volume": "a.vol.qcow2"}
    clone["source_pool"] = storage.own
    storage.good(volumes=[first])
    done = storage.proved(
        volumes=[dict(clone, size="16M"), dict(clone, name="c.raw", format="raw")]
    )
    facts = done.facts["volume"]
    assert facts[f"{pool}/b.q"]["capacity_bytes"] == 16 * MIB
    assert facts[f"{pool}/b.q"]["backing"] is None
    assert facts[f"{pool}/c.raw"]["format"] == "raw"
    assert "smaller than" in storage.run(volumes=[dict(clone, name="d", size="1M")]).errors[0]
    missing = storage.run(volumes=[dict(clone, name="d", source_volume="nothing")])
    assert missing.results[-1]["error_kind"] == "not_found"


def test_a_copy_of_what_runs_is_refused_and_it_grows_all_the_same(storage, pool):
    storage.good(volumes=[{"name": "live.q", "pool": pool, "size": "8M"}])
    path = storage.path("p") / "live.q"
    machine(storage, path, "running")
    copy = {"name": "copy.q", "pool": pool, "source_volume": "live.q"}
    assert "which runs" in storage.run(volumes=[copy]).errors[0]
    grown = storage.proved(volumes=[{"name": "live.q", "pool": pool, "size": "16M"}])
    assert grown.facts["volume"][f"{pool}/live.q"]["capacity_bytes"] == 16 * MIB
    kept = storage.run(volumes=[{"name": "live.q", "pool": pool, "state": "absent"}])
    assert kept.results[-1]["error_kind"] == "conflict" and path.exists()


def test_a_machine_that_comes_at_the_last_moment_keeps_its_disk(storage, pool, monkeypatch):
    storage.good(volumes=[{"name": "d.q", "pool": pool, "size": "1M"}])
    path = storage.path("p") / "d.q"
    really = storage.host.documents

    def documents(handles):
        found = really(handles)
        if storage.name("m") not in handles:
            machine(storage, path)  # defined after we looked
        return found

    monkeypatch.setattr(storage.host, "documents", documents)
    done = storage.run(volumes=[{"name": "d.q", "pool": pool, "state": "absent"}])
    assert storage.name("m") in done.errors[0] and path.exists() and not done.changed


def test_a_disk_by_way_of_a_link_is_in_use(storage, pool, tmp_path):
    storage.good(volumes=[{"name": "d.q", "pool": pool, "size": "1M"}])
    link = tmp_path / "link"
    link.symlink_to(storage.path("p"))
    machine(storage, link / "d.q")
    done = storage.run(volumes=[{"name": "d.q", "pool": pool, "state": "absent"}])
    assert "in use" in done.errors[0]
    (facts,) = list_volumes(storage.host, pool, None)
    assert facts["users"] == [storage.name("m")]


def test_two_writers_one_wins_the_other_gets_a_conflict(storage, pool, qcow2, far_host):
    wishes = (
        [{"name": "v.q", "pool": pool, "size": "1M"}],
        [{"name": "v.q", "pool": pool, "source": str(qcow2)}],
    )
    for wish in wishes:
        with Host.open(URI) as one, Host.open(URI) as two:
            gate = threading.Barrier(2)

            def late(really, gate=gate):
                def make(*arguments, **more):
                    gate.wait(10)  # both have planned, neither has made anything
                    return really(*arguments, **more)

                return make

            for host in (one, two):
                host.make_volume = late(host.make_volume)
            with ThreadPoolExecutor(2) as threads:
                done = list(
                    threads.map(lambda h, wish=wish: storage.run(host=h, volumes=wish), (one, two))
                )
        kinds = sorted(str(d.results[-1]["error_kind"]) for d in done)
        assert kinds == ["None", "conflict"], [d.errors for d in done]
        assert storage.files("p") == {"v.q"}
        storage.good(volumes=[{"name": "v.q", "pool": pool, "state": "absent"}])


def test_many_copies_at_once_and_a_refresh_in_between(storage, pool):
    """libvirt refuses to refresh while it copies; that is waited for, not reported."""
    size = 48 * MIB
    storage.good(volumes=[{"name": "big.img", "pool": pool, "size": "48M", "format": "raw"}])
    (storage.path("p") / "big.img").write_bytes(os.urandom(size))
    clones = [
        {"name": f"c{i}.q", "pool": pool, "source_volume": "big.img", "format": "qcow2"}
        for i in range(4)
    ]
    seen = []
    really = storage.host.lib.virStoragePool.refresh

    def watched(self, flags=0):
        try:
            return really(self, flags)
        except storage.host.lib.libvirtError as error:
            seen.append(str(error))
            raise

    with ThreadPoolExecutor(1) as threads, pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage.host.lib.virStoragePool, "refresh", watched)
        copying = threads.submit(storage.run, volumes=clones, threads=4)
        handle = storage.host.pool_handle(pool)
        while not copying.done():
            storage.host.refresh_pool(handle)
        done = copying.result()
    assert not done.errors, done.errors
    assert any("asynchronous jobs" in text for text in seen), "the race did not come up"
    assert {f"c{i}.q" for i in range(4)} <= storage.files("p")


def test_busy_for_ever_is_an_error_in_the_end(storage, pool, monkeypatch):
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import pools

    monkeypatch.setattr(pools, "_BUSY_SECONDS", 0.3)

    class Busy:
        def refresh(self, _flags):
            error = storage.host.lib.libvirtError("pool 'p' has asynchronous jobs running.")
            error.err = (38, 18, "pool 'p' has asynchronous jobs running.", 2, "", "", "", -1, -1)
            raise error

    begin = time.monotonic()
    with pytest.raises(FuyajoError, match="asynchronous jobs"):
        storage.host.refresh_pool(Busy())
    assert 0.3 <= time.monotonic() - begin < 3


def test_one_failure_hides_nobody(storage, pool):
    done = storage.run(
        volumes=[
            {"name": "good.q", "pool": pool, "size": "1M"},
            {"name": "bad.q", "pool": pool, "size": "1M", "backing": "nothing"},
        ]
    )
    assert [bool(r["error"]) for r in done.results] == [False, True]
    assert storage.files("p") == {"good.q"}
