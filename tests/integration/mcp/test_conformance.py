"""The official conformance suite at `/mcp` of the real service, on the frozen lists of both revisions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.mcp_suite import contents, fixture
from tests.support.mcp_suite.bearer import bearing
from tests.support.mcp_suite.programs import BASELINES, CONFORMANCE, run
from tests.support.service import Service

pytestmark = pytest.mark.slow
#: Revision → what its list requires of servers, and how many of these we pass.
LISTS = {"2025-11-25": (30, 25), "2026-07-28": (37, 37)}
_RESULT = re.compile(r"^✓ (\S+): ([1-9]\d*) passed, 0 failed", re.MULTILINE)


@pytest.fixture(autouse=True)
def beside_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuyajo.mcp.application.Application", fixture.Fixture)


def suite(api: Service, room: Path, *words: str) -> subprocess.CompletedProcess[str]:
    token = api.token(api.user("mika"), "apply")
    with bearing(api.port, token) as port:
        return run(CONFORMANCE, "server", "--url", f"http://127.0.0.1:{port}/mcp", *words, cwd=room)


def required(revision: str, room: Path) -> set[str]:
    told = run(CONFORMANCE, "list", "--requirements", revision, cwd=room).stdout
    ours = told.partition("Server scenarios")[2].partition("Client scenarios")[0]
    return set(re.findall(r"^  - (\S+)$", ours, re.MULTILINE))


@pytest.mark.parametrize("revision", LISTS)
def test_what_a_revision_requires(api: Service, tmp_path: Path, revision: str) -> None:
    expected = str(BASELINES / f"{revision}.yml")
    done = suite(api, tmp_path, "--requirements", revision, "--expected-failures", expected)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = required(revision, tmp_path)
    passed = {name for name, _ in _RESULT.findall(done.stdout)} & wanted
    # A scenario that checked nothing has not passed.
    assert (len(wanted), len(passed)) == LISTS[revision], wanted - passed


def test_a_broken_server_is_found(
    api: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {**contents.ANSWERS, "test_image_content": (contents.said("no picture"),)}
    monkeypatch.setattr(fixture, "ANSWERS", broken)
    done = suite(api, tmp_path, "--scenario", "tools-call-image")
    assert done.returncode == 1, done.stdout + done.stderr
