# SPDX-License-Identifier: GPL-3.0-or-later
"""What a repository says of copies: ours come back as they were, and everything else is refused."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_copy as _copy

UUID = "9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11"


def copy(name="mon", parent=None, created="2026-01-05T02:15:00.000000Z", **more):
    kind = "full" if parent is None else "incremental"
    facts = {"vm": "web", "uuid": UUID, "owner": "mika", "bytes": 7, "digest": "a" * 64, **more}
    return _copy.Copy(name=name, kind=kind, parent=parent, created=created, **facts)


def listed(*copies, **more):
    rows = [
        {"id": f"{n:064x}", "time": f"2026-01-0{n + 1}T00:00:00Z", "tags": [_copy.tag_of(one)]}
        for n, one in enumerate(copies)
    ]
    return json.dumps([{**row, **more} for row in rows])


def test_there_and_back():
    mon, tue = copy(), copy("tue", "mon", "2026-01-06T02:15:00.000000Z")
    found = _copy.parse_copies(listed(tue, mon))
    assert [one.name for one in found] == ["mon", "tue"]
    assert "," not in _copy.tag_of(mon)
    assert [one.name for one in _copy.chain_of(found, found[1])] == ["mon", "tue"]
    assert _copy.heirs_of(found, found[0]) == ["tue"] and _copy.heirs_of(found, found[1]) == []
    with pytest.raises(ValueError, match="mon"):
        _copy.chain_of(found[1:], found[1])


def test_what_is_not_ours_is_left_out():
    assert _copy.parse_copies("null") == [] == _copy.parse_copies("[]")
    assert _copy.parse_copies(listed(copy(), tags=["other", 3])) == []
    assert _copy.parse_copies(listed(copy(), tags=None)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../x"},
        {"vm": "-r"},
        {"uuid": "x"},
        {"digest": "x"},
        {"parent": "mon"},
        {"parent": "a b", "kind": "incremental"},
        {"name": 3},
        {"more": 1},
    ],
)
def test_what_says_it_is_ours_and_is_not(wrong):
    said = {**json.loads(base64.urlsafe_b64decode(_copy.tag_of(copy())[8:])), **wrong}
    tag = _copy.MARK + base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
    with pytest.raises(ValueError):
        _copy.parse_copies(listed(copy(), tags=[tag]))


@pytest.mark.parametrize("tag", ["fuyajo1-", "fuyajo1-!!", "fuyajo1-bnVsbA=="])
def test_torn_tags(tag):
    with pytest.raises(ValueError):
        _copy.parse_copies(listed(copy(), tags=[tag]))


def test_nobody_lies_on_himself_or_on_another_machine():
    circle = copy("mon", "mon")
    with pytest.raises(ValueError):
        _copy.chain_of([circle], circle)
    other = copy("mon", uuid=UUID.replace("9", "8"))
    above = copy("tue", "mon", "2026-01-06T02:15:00.000000Z")
    with pytest.raises(ValueError):
        _copy.chain_of([other, above], above)
    theirs = copy("mon", owner="jun")
    with pytest.raises(ValueError):
        _copy.chain_of([theirs, above], above)


@pytest.mark.parametrize("text", ["/srv/x", "s3:https://h/b", "s3:http://127.0.0.1:9/b/c"])
def test_repositories(text):
    assert _copy.is_repository(text)


@pytest.mark.parametrize(
    "text",
    ["", "x", "sftp:h:/x", "s3:h/b", "s3:https://h", "s3:https://u:p@h/b", "/a/../b", "/x\n"],
)
def test_no_repositories(text):
    assert not _copy.is_repository(text)
