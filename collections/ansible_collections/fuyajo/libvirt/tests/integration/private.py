# SPDX-License-Identifier: GPL-3.0-or-later
"""A libvirtd of its own in namespaces of its own: tests may kill, freeze and starve it.

`results` runs a file of pytest cases in there, once, and says how each of them went. Everything in there
dies with its first process, which dies with the one that started it.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

INSIDE = Path(__file__).parent / "inside"
COLLECTIONS = Path(__file__).parents[5]
_ENTER = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--mount",
    "--pid",
    "--net",
    "--ipc",
    "--uts",
]
_ENTER += ["--fork", "--kill-child=SIGKILL", "--mount-proc"]
# A shell stays the first process: it reaps what loses its parent, as QEMU does on purpose.
_SETUP = """
ip link set lo up
for d in /run /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do
  mount -t tmpfs -o mode=755 tmpfs $d
done
cp -a /etc/libvirt /run/etc
rm -rf /run/etc/storage /run/etc/qemu/*.xml /run/etc/qemu/networks /run/etc/qemu/autostart
mount --bind /run/etc /etc/libvirt
mkdir -p /run/lock /run/home /run/sshd /var/lib/libvirt/{images,boot,qemu,dnsmasq}
chmod 711 /var/lib/libvirt
export HOME=/run/home
code=0
"$@" || code=$?
exit $code
"""


@dataclass
class Result:
    """How one case went: ``passed``, ``failed`` or ``skipped``, and what it said."""

    outcome: str
    text: str


def reason_against() -> str | None:
    """Return why there can be no private libvirtd here, or None."""
    if os.geteuid() != 0:
        return "only root can make the namespaces of a private libvirtd"
    done = subprocess.run([*_ENTER, "true"], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"no namespaces here: {done.stderr.strip()}"


def cases(name: str) -> list[str]:
    """Return the names of the tests of a file in `inside`."""
    tree = ast.parse((INSIDE / name).read_text(encoding="utf-8"))
    found = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [each for each in found if each.startswith("test_")]


def results(name: str, chosen: list[str], seconds: float = 300) -> dict[str, Result]:
    """Run the chosen tests of a file in `inside` on one private libvirtd."""
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += [f"--basetemp={directory}/tmp", f"--junitxml={report}"]
        command += [f"{INSIDE / name}::{case}" for case in chosen]
        shell = ["bash", "-euc", _SETUP, "setup", *command]
        done = subprocess.run(
            [*_ENTER, *shell],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env=_environment(),
        )
        if not report.exists():
            raise AssertionError(f"nothing ran:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return _read(report)


def _environment() -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "XDG"))}
    environment["PATH"] += ":/usr/sbin:/sbin"
    # What is tested in there is what is tested out here.
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(COLLECTIONS)
    return environment


def _read(report: Path) -> dict[str, Result]:
    found = {}
    for case in ET.parse(report).iter("testcase"):
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        skipped = case.find("skipped")
        result = Result("passed", "")
        if bad is not None:
            result = Result("failed", f"{bad.get('message', '')}\n{bad.text or ''}")
        elif skipped is not None:
            result = Result("skipped", skipped.get("message", ""))
        # A test's error after its end comes as a second entry, which must not hide the first.
        name = case.get("name", "").partition("[")[0]
        if name not in found or found[name].outcome != "failed":
            found[name] = result
    return found
