# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools on the real libvirt: their whole life, every refusal, and nothing half done."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

from .storage_site import URI

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


def paths(outcome):
    return {c["path"]: (c["before"], c["after"]) for r in outcome.results for c in r["changes"]}


def test_whole_life(storage):
    one = storage.pool(mode="0750", owner=0, group=0)
    done = storage.proved(pools=[one])
    facts = done.facts["pool"][one["name"]]
    assert (facts["state"], facts["type"], facts["autostart"]) == ("started", "dir", True)
    assert (facts["path"], facts["mode"], facts["owner"]) == (one["path"], "0750", 0)
    assert stat.S_IMODE(storage.path("p").stat().st_mode) == 0o750
    assert facts["free_bytes"] > 0 and facts["capacity_bytes"] > facts["free_bytes"]

    quiet = storage.proved(pools=[{"name": one["name"], "autostart": False}])
    assert paths(quiet) == {"autostart": (True, False)}
    stopped = storage.proved(pools=[{"name": one["name"], "state": "stopped"}])
    assert stopped.facts["pool"][one["name"]]["state"] == "stopped"
    assert not storage.good(pools=[{"name": one["name"], "state": "present"}]).changed
    storage.proved(pools=[{"name": one["name"], "state": "started"}])

    gone = {"name": one["name"], "state": "absent", "remove_storage": True}
    removed = storage.proved(pools=[gone])
    assert removed.results[-1]["actions"] == ["stop pool", "remove directory", "undefine pool"]
    assert removed.facts.get("pool", {}) == {}
    assert not storage.path("p").exists()


def test_defined_only(storage):
    one = storage.pool(state="present")
    done = storage.proved(pools=[one])
    facts = done.facts["pool"][one["name"]]
    assert (facts["state"], facts["autostart"]) == ("stopped", False)
    assert not storage.good(pools=[dict(one, state="stopped")]).changed


def test_rights_change_and_the_rest_stays(storage):
    one = storage.pool(mode="0711")
    storage.good(pools=[one])
    storage.good(volumes=[{"name": "a.img", "pool": one["name"], "size": "1M"}])
    done = storage.proved(pools=[dict(one, mode="0700")])
    assert paths(done) == {"mode": ("0711", "0700")}
    assert stat.S_IMODE(storage.path("p").stat().st_mode) == 0o700
    assert done.facts["pool"][one["name"]]["state"] == "started"
    assert storage.facts("a.img", "p") is not None


def test_another_directory_only_while_empty(storage):
    one = storage.pool()
    storage.good(pools=[one])
    elsewhere = dict(one, path=str(storage.path("q")))
    (storage.path("p") / "unseen").touch()
    refused = storage.run(pools=[elsewhere])
    assert "holds unseen" in refused.errors[0] and not refused.changed
    (storage.path("p") / "unseen").unlink()
    moved = storage.proved(pools=[elsewhere])
    assert moved.facts["pool"][one["name"]]["path"] == elsewhere["path"]
    assert storage.path("q").is_dir()


def test_another_type_or_source_is_another_pool(storage):
    one = storage.pool()
    storage.good(pools=[one])
    typed = storage.run(pools=[dict(one, type="netfs")])
    assert "is of type dir" in typed.errors[0]
    sourced = storage.run(pools=[dict(one, source={"host": "nas"})])
    assert "has the source" in sourced.errors[0]


def test_a_directory_with_something_in_it_stays(storage):
    one = storage.pool()
    storage.good(pools=[one])
    (storage.path("p") / "precious").write_text("x", encoding="ascii")
    gone = {"name": one["name"], "state": "absent", "remove_storage": True}
    refused = storage.run(pools=[gone])
    assert "precious" in refused.errors[0] and not refused.changed
    assert storage.host.pool(one["name"])["active"]
    storage.proved(pools=[{"name": one["name"], "state": "absent"}])
    assert storage.files("p") == {"precious"}


def test_what_comes_in_at_the_last_moment_stays_too(storage, monkeypatch):
    one = storage.pool()
    storage.good(pools=[one])
    really = storage.host.stop_pool

    def stop(handle):
        really(handle)
        (storage.path("p") / "late").touch()

    monkeypatch.setattr(storage.host, "stop_pool", stop)
    done = storage.run(pools=[{"name": one["name"], "state": "absent", "remove_storage": True}])
    assert "the directory stays" in done.errors[0]
    assert not done.changed
    assert storage.host.pool(one["name"])["active"]


def test_refresh_is_a_change_only_when_something_came_or_went(storage):
    one = storage.pool()
    storage.good(pools=[one])
    look = {"name": one["name"], "refresh": True}
    assert not storage.good(pools=[look]).changed
    (storage.path("p") / "new.img").write_bytes(b"x" * 512)
    (storage.path("p") / "dangling").symlink_to("/nowhere")
    done = storage.proved(pools=[look])
    assert paths(done) == {"volumes": ([], ["new.img"])}
    (storage.path("p") / "new.img").unlink()
    assert paths(storage.proved(pools=[look])) == {"volumes": (["new.img"], [])}


def test_refresh_of_a_far_pool_finds_out_while_it_works(storage, far_host):
    one = storage.pool()
    storage.good(pools=[one])
    (storage.path("p") / "new.img").touch()
    look = {"name": one["name"], "refresh": True}
    assert not storage.good(host=far_host, check=True, pools=[look]).changed
    assert paths(storage.good(host=far_host, pools=[look])) == {"volumes": ([], ["new.img"])}
    assert not storage.good(host=far_host, pools=[look]).changed


@pytest.mark.parametrize("step", ["build_pool", "start_pool", "set_pool_autostart"])
def test_no_half_defined_pool(storage, monkeypatch, step):
    def broken(*_arguments, **_more):
        raise FuyajoError("no way")

    monkeypatch.setattr(storage.host, step, broken)
    done = storage.run(pools=[storage.pool()])
    assert "no way" in done.errors[0] and not done.changed
    assert storage.host.pool_handle(storage.name("p")) is None


def test_a_pool_that_cannot_start_leaves_nothing(storage):
    one = storage.pool(type="fs", source={"device": "/dev/null"})
    done = storage.run(pools=[one])
    assert done.errors and not done.changed
    assert storage.host.pool_handle(one["name"]) is None


def test_failed_rights_leave_the_pool_as_it_was(storage, monkeypatch):
    one = storage.pool(mode="0711")
    storage.good(pools=[one])
    really = storage.host.build_pool

    def broken(handle):
        raise FuyajoError("no way")

    monkeypatch.setattr(storage.host, "build_pool", broken)
    assert storage.run(pools=[dict(one, mode="0700")]).errors
    monkeypatch.setattr(storage.host, "build_pool", really)
    assert storage.host.pool(one["name"])["active"]
    assert not storage.good(pools=[one]).changed


def test_a_pool_that_a_machine_names_is_kept(storage):
    one = storage.pool()
    storage.good(pools=[one])
    storage.good(volumes=[{"name": "d.qcow2", "pool": one["name"], "size": "1M"}])
    document = _domain.build_domain(
        _domain.Domain(storage.name("m"), disks=[_domain.Disk("/x", "vda")])
    )
    source = f'<source pool="{one["name"]}" volume="d.qcow2" />'
    text = document.replace('<source file="/x" />', source).replace('type="file"', 'type="volume"')
    storage.host.define(text)
    refused = storage.run(pools=[{"name": one["name"], "state": "absent"}])
    assert storage.name("m") in refused.errors[0] and not refused.changed
    volume = {"name": "d.qcow2", "pool": one["name"], "state": "absent"}
    assert "in use by" in storage.run(volumes=[volume]).errors[0]


def test_our_own_pool_as_an_element(storage):
    own = {"name": storage.own, "path": str(storage.path("own")), "mode": "0700"}
    volume = {"name": "data", "size": "1M"}
    storage.proved(pools=[own], volumes=[volume])
    assert storage.files() == {"data.vol.qcow2"}
    both = storage.proved(
        pools=[{"name": storage.own, "state": "absent", "remove_storage": True}],
        volumes=[{"name": "data", "state": "absent"}],
    )
    assert both.changed and not storage.path("own").exists()


def test_somebody_else_was_faster(storage, monkeypatch):
    one = storage.pool()
    storage.good(pools=[one])
    really, calls = storage.host.pool_handle, []

    def late(name):
        calls.append(name)
        return None if name == one["name"] and calls.count(name) == 1 else really(name)

    monkeypatch.setattr(storage.host, "pool_handle", late)
    done = storage.run(pools=[one])
    assert done.results[-1]["error_kind"] == "conflict" and "just made it" in done.errors[0]


def test_a_stopped_pool_is_not_guessed_about(storage):
    one = storage.pool(state="stopped")
    storage.good(pools=[one])
    done = storage.run(volumes=[{"name": "a.img", "pool": one["name"], "size": "1M"}])
    assert "is stopped" in done.errors[0]
    missing = storage.run(volumes=[{"name": "a.img", "pool": "nowhere", "size": "1M"}])
    assert missing.results[-1]["error_kind"] == "not_found"
    start = dict(one, state="started")
    storage.good(pools=[start], volumes=[{"name": "a.img", "pool": one["name"], "size": "1M"}])
    assert storage.files("p") == {"a.img"}


def test_many_who_need_the_same_new_pool(storage):
    pool = _storage.Pool(storage.name("p"), str(storage.path("p")))
    gate = threading.Barrier(8)

    def make(_index):
        with Host.open(URI) as host:
            gate.wait(10)
            return host.make_pool(pool).name()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(make, range(8))) == {pool.name}
    assert storage.host.pool(pool.name)["active"]
