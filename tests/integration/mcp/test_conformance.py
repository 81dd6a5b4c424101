"""The official conformance suite at `/mcp` of the real service, on the frozen lists of both revisions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.mcp_suite import fixture
from tests.support.mcp_suite.bearer import bearing
from tests.support.mcp_suite.programs import BASELINES, CONFORMANCE, run
from tests.support.service import Service

pytestmark = pytest.mark.slow


def suite(api: Service, room: Path, *words: str) -> subprocess.CompletedProcess[str]:
    token = api.token(api.user("mika"), "apply")
    with bearing(api.port, token) as port:
        return run(CONFORMANCE, "server", "--url", f"http://127.0.0.1:{port}/mcp", *words, cwd=room)


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
def test_what_a_revision_requires(
    api: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    monkeypatch.setattr("fuyajo.mcp.application.Application", fixture.Fixture)
    expected = str(BASELINES / f"{revision}.yml")
    done = suite(
        api, tmp_path, "--requirements", revision, "--expected-failures", expected, "-o", "out"
    )
    Path(f"/tmp/conf-{revision}.log").write_text(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
