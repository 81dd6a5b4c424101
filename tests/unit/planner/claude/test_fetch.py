"""The pinned CLI: only the pinned file is ever kept, and CI does not go on without it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scripts import fetch_claude
from scripts.fetch_claude import INSIDE, FetchError, binary_path, fetch
from tests.support.claude_planner import missing

CONTENT = b"not really a CLI"


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of our own, and a package that arrives without a network."""

    def install(target: Path) -> None:
        file = target / INSIDE
        file.parent.mkdir(parents=True)
        file.write_bytes(CONTENT)

    monkeypatch.setenv("FUYAJO_TEST_CACHE", str(tmp_path))
    monkeypatch.setattr(fetch_claude, "_install", install)


def _pin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    pin = hashlib.sha256(content).hexdigest(), len(CONTENT)
    monkeypatch.setattr(fetch_claude, "_pin", lambda: pin)


def test_the_pinned_file_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _pin(monkeypatch, CONTENT)
    path = fetch()
    assert path == binary_path()
    assert path.is_relative_to(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o755
    monkeypatch.setattr(fetch_claude, "_install", None)
    assert fetch() == path  # from the cache


def test_another_file_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    _pin(monkeypatch, b"something else")
    with pytest.raises(FetchError, match="SHA-256"):
        fetch()
    assert not binary_path().exists()
    assert list(binary_path().parent.iterdir()) == []


def test_a_machine_without_a_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_claude, "PINS", {})
    with pytest.raises(FetchError, match="no pinned Claude Code"):
        fetch()


def test_ci_fails_where_a_developer_skips() -> None:
    with pytest.raises(pytest.fail.Exception):
        missing(FetchError("no network"), {"CI": "true"})
    with pytest.raises(pytest.skip.Exception):
        missing(FetchError("no network"), {})
