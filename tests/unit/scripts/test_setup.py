"""`scripts/setup.sh` against stand-ins for dpkg, apt-get, sudo and uv: what it would install, and when."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
TOOLS = "basename bash cat cut dirname env flock grep head ln mkdir sed sha256sum sort tail true tr"


class Machine:
    """A copy of the scripts in an empty project, on a PATH where every command is ours."""

    def __init__(self, root: Path) -> None:
        self.project = root / "project"
        self.bin = root / "bin"
        self.calls = root / "calls"
        self.calls.touch()
        self.bin.mkdir()
        shutil.copytree(SCRIPTS, self.project / "scripts")
        self.assets("pass")  # what pages serve is fetched by npm
        for name in ("uv.lock", "pyproject.toml"):
            (self.project / name).write_text("lock\n")
        for tool in TOOLS.split():
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        self.command("python3", f'exec {sys.executable} "$@"')
        self.command("id", "echo 0")
        self.command("dpkg-query", 'shift 2; for p in "$@"; do echo "installed $p"; done')
        self.command("apt-get", f'echo "$DEBIAN_FRONTEND apt-get $*" >>{self.calls}')
        make = f"mkdir -p .venv/bin && ln -sf {sys.executable} .venv/bin/python"
        self.command("uv", f'[ "$1" = --version ] && echo "uv 0.13.9 (x)" && exit\n'
                           f'echo "uv $* $UV_PYTHON_DOWNLOADS" >>{self.calls}\n{make}')  # fmt: skip

    def command(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)

    def assets(self, body: str) -> None:
        (self.project / "scripts" / "vendor_assets.py").write_text(f"{body}\n")

    def lacks(self, *packages: str) -> None:
        listed = "|".join(packages)
        self.command(
            "dpkg-query",
            f'shift 2; for p in "$@"; do case $p in {listed}) ;; *) echo "installed $p";; esac; done',
        )

    def setup(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # The scripts append the administrators' directories; nothing there is called here.
        environ = {"PATH": str(self.bin), "HOME": str(self.project.parent)}
        return subprocess.run(
            [self.bin / "bash", self.project / "scripts" / "setup.sh", *arguments],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("arguments", [[], ["--for"], ["--for", "fun"], ["demo"]])
def test_usage(machine: Machine, arguments: list[str]) -> None:
    done = machine.setup(*arguments)
    assert done.returncode == 2
    assert "usage" in done.stderr
    assert machine.called() == []


def test_the_second_time_nothing_is_done(machine: Machine) -> None:
    assert machine.setup("--for", "test").returncode == 0
    assert machine.called() == ["uv sync --locked never"]
    again = machine.setup("--for", "test")
    assert (again.returncode, again.stderr) == (0, "")
    assert len(machine.called()) == 1


def test_demo_is_content_with_an_environment_for_tests(machine: Machine) -> None:
    machine.setup("--for", "test")
    machine.setup("--for", "demo")
    assert len(machine.called()) == 1


def test_tests_are_not_content_with_an_environment_for_demo(machine: Machine) -> None:
    machine.setup("--for", "demo")
    machine.setup("--for", "test")
    assert machine.called() == [
        "uv sync --locked --no-dev --inexact never",
        "uv sync --locked never",
    ]


def test_another_lock_installs_again(machine: Machine) -> None:
    machine.setup("--for", "demo")
    (machine.project / "uv.lock").write_text("other\n")
    machine.setup("--for", "demo")
    assert len(machine.called()) == 2


def test_assets_of_the_pages_are_for_tests_and_their_failure_is_told(machine: Machine) -> None:
    machine.assets("raise SystemExit('error: npm is away')")
    assert machine.setup("--for", "demo").returncode == 0
    done = machine.setup("--for", "test")
    assert done.returncode == 1
    assert "the assets of the pages could not be fetched" in done.stderr
    assert "scripts/vendor_assets.py --tools" in done.stderr


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    machine.lacks("mmdebstrap", "gcc")
    done = machine.setup("--for", "demo")
    assert done.returncode == 0
    update, install, _uv = machine.called()
    assert "update" in update
    assert install.startswith("noninteractive apt-get")
    assert install.endswith("install --yes --no-install-recommends gcc mmdebstrap")
    installed = machine.project / ".cache" / "installed-packages"
    assert installed.read_text().split() == ["gcc", "mmdebstrap"]


def test_postgresql_comes_without_a_cluster_of_its_own(machine: Machine) -> None:
    machine.command("install", f'echo "install $* $(cat)" >>{machine.calls}')
    machine.lacks("postgresql")
    assert machine.setup("--for", "test").returncode == 0
    _update, settled, installed, _uv = machine.called()
    assert settled.startswith("install -D")
    assert settled.endswith("createcluster.d/fuyajo-tests.conf create_main_cluster = false")
    assert installed.endswith("install --yes --no-install-recommends postgresql")


def test_a_user_without_sudo_is_told_what_to_ask_for(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    machine.command("sudo", "exit 1")
    machine.lacks("uidmap")
    done = machine.setup("--for", "demo")
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends uidmap" in done.stderr
    assert machine.called() == []


def test_a_user_with_sudo_installs(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    machine.command("sudo", f'echo "sudo $1" >>{machine.calls}; shift; exec "$@"')
    machine.lacks("uidmap")
    assert machine.setup("--for", "demo").returncode == 0
    assert "sudo -n" in machine.called()
    assert machine.called()[-2].endswith("install --yes --no-install-recommends uidmap")


def test_a_failed_installation_says_why_and_what_to_type(machine: Machine) -> None:
    machine.command("apt-get", "echo 'E: Unable to locate package gcc'; exit 100")
    machine.lacks("gcc")
    done = machine.setup("--for", "demo")
    assert done.returncode == 1
    assert "why:  E: Unable to locate package gcc" in done.stderr
    assert "type: apt-get install --no-install-recommends gcc" in done.stderr


def test_a_failed_sync_leaves_no_stamp(machine: Machine) -> None:
    machine.command(
        "uv", '[ "$1" = --version ] && echo "uv 0.13.9" && exit; echo "error: no"; exit 2'
    )
    done = machine.setup("--for", "demo")
    assert done.returncode == 1
    assert "why:  error: no" in done.stderr
    assert not (machine.project / ".venv").exists()


@pytest.mark.parametrize("shim", ["exit 127", "echo uv 0.4.9"])
def test_a_uv_that_does_not_run_or_is_old_is_passed_over(machine: Machine, shim: str) -> None:
    uv = (machine.bin / "uv").read_text()
    machine.command("uv", shim)
    ours = machine.project / ".cache" / "uv" / "bin"
    ours.mkdir(parents=True)
    (ours / "uv").write_text(uv)
    (ours / "uv").chmod(0o755)
    assert machine.setup("--for", "demo").returncode == 0
    assert machine.called() == ["uv sync --locked --no-dev --inexact never"]


def test_ci_runs_make_test_without_input() -> None:
    script = SCRIPTS.parent / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test </dev/null"
