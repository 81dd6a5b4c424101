"""`fuyajo backup-state` and `restore-state` as they are typed, and who is refused."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fuyajo.store import alone
from tests.support.command_line import World, machine

#: What is in a home and can be made again, or is nothing without its process.
REMADE = re.compile(
    r".*\.lock|fuyajo\.db(-wal|-shm)?|images/.*|users/[^/]+/planner/.*"
    r"|runs/[^/]+/[^/]+/(?!events\.jsonl).*|demo\.json"
)


@pytest.fixture
def used(world: World) -> World:
    """A home in which this and that was done."""
    world.have(machine("shop"), machine("other"))
    assert world.call("vm", "stop", "shop")[0] == 0
    assert world.call("vm", "delete", "shop", "--yes")[0] == 0
    world.plan("stop other", "--conversation", "work")
    (world.home / "policy.toml").write_text("[roles.default]\n")
    (world.home / "policy.toml").chmod(0o600)
    return world


def members(file: Path) -> set[str]:
    done = subprocess.run(["tar", "tzf", file], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def code(said: object) -> str:
    found: str = said["problems"][0]["code"]  # type: ignore[index]
    return found


def test_out_and_in_again(used: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state.tar.gz"
    done, out, _ = used.call("backup-state", str(file))
    assert done == 0 and str(file) in out and "private keys" in out
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("FUYAJO_HOME", str(tmp_path / "other"))
    done, out, _ = used.call("restore-state", str(file))
    assert done == 0 and "is in place" in out
    assert used.call("audit", "verify")[0] == 0
    _, runs = used.json("run", "list")
    assert len(runs["runs"] if isinstance(runs, dict) else runs) == 2
    done, answer = used.json("restore-state", str(file))
    assert (done, code(answer)) == (4, "state_there")
    done, answer = used.json("restore-state", str(file), "--replace")
    assert done == 0 and answer["before"].startswith("before-restore-")
    assert used.call("restore-state", str(file), "--replace", "--lang", "ja")[1].count("状態") >= 2


def test_everything_in_a_home_is_kept_or_can_be_made_again(used: World, tmp_path: Path) -> None:
    """Whoever adds a file to the home decides which: `store/keeping.py`."""
    file = tmp_path / "state.tar.gz"
    done, made = used.json("backup-state", str(file))
    kept = members(file)
    there = {
        path.relative_to(used.home).as_posix() for path in used.home.rglob("*") if path.is_file()
    }
    lost = {name for name in there - kept if not REMADE.fullmatch(name)}
    rows = re.compile(r"plans/[^/]+/p-\w+\.(json|run)|runs/[^/]+/r-[\w-]+(\.json|/events\.jsonl)")
    assert {name for name in lost if not rows.fullmatch(name)} == set()
    assert done == 0
    assert (
        made["rows"]["plans"] == len([n for n in there if re.fullmatch(r"plans/.*\.json", n)]) > 0
    )
    assert made["rows"]["records"] == len(
        [n for n in there if re.fullmatch(r"runs/[^/]*/.*\.json", n)]
    )


def test_a_backup_replaces_nothing(used: World, tmp_path: Path) -> None:
    file = tmp_path / "state.tar.gz"
    file.write_text("precious")
    done, answer = used.json("backup-state", str(file))
    assert (done, code(answer)) == (4, "state_file_there")
    assert file.read_text() == "precious"
    assert list(tmp_path.glob(".*")) == []


def test_through_a_pipe(used: World, tmp_path: Path) -> None:
    environ = {**os.environ, "FUYAJO_HOME": str(used.home)}
    other = {**os.environ, "FUYAJO_HOME": str(tmp_path / "other")}
    command = [sys.executable, "-c", "from fuyajo.cli.main import main; main()"]
    made = subprocess.run(
        [*command, "backup-state", "-"], env=environ, capture_output=True, check=True
    )
    assert made.stdout[:2] == b"\x1f\x8b" and b"members" in made.stderr
    done = subprocess.run(
        [*command, "restore-state", "-"], env=other, input=made.stdout, capture_output=True
    )
    assert (done.returncode, b"is in place" in done.stdout) == (0, True), done.stderr


def test_not_onto_a_terminal(used: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Terminal())
        from fuyajo.cli.main import run

        assert run(["backup-state", "-"]) == 2


@pytest.mark.parametrize("mode", [0o622, 0o666, 0o620])
def test_an_archive_that_others_can_write(used: World, tmp_path: Path, mode: int) -> None:
    file = tmp_path / "state.tar.gz"
    used.call("backup-state", str(file))
    file.chmod(mode)
    done, answer = used.json("restore-state", str(file), "--replace")
    assert (done, code(answer)) == (2, "state_not_yours")


def test_an_archive_of_somebody_else(
    used: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.tar.gz"
    used.call("backup-state", str(file))
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    if file.stat().st_uid == 0:
        done, answer = used.json("restore-state", str(file), "--replace")
        assert (done, code(answer)) == (3, "state_foreign_home"), "root's archive, another's home"
    done, answer = used.json("backup-state", str(tmp_path / "other"))
    assert (done, code(answer)) == (3, "state_foreign_home")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("content", [b"", b"not gzip at all", b"\x1f\x8b" + b"\0" * 30])
def test_something_else(used: World, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state.tar.gz"
    file.write_bytes(content)
    before = sorted(used.home.rglob("*"))
    done, answer = used.json("restore-state", str(file), "--replace")
    assert done == 2 and code(answer).startswith("state_")
    left = sorted(used.home.rglob("*"))
    assert [path for path in left if path not in before and not path.name.endswith(".lock")] == []
    assert used.call("restore-state", str(tmp_path / "nowhere"))[0] == 1


def test_rows_that_do_not_fit(used: World, tmp_path: Path) -> None:
    from fuyajo.store.archive import Writer

    for name, line in (
        ("users", b'{"name": "x"}\n'),
        ("users", b"[1]\n"),
        ("users", b'{"name": {}}\n'),
        ("users", b'{"name": "x", "nothing": 1}\n'),
        (
            "plans",
            b'{"owner": "../x", "id": "p-00000001", "body": "{}", "created": "2026-11-20"}\n',
        ),
        ("records", b'{"run": "x", "owner": "x", "status": "x", "body": "{}"}\n'),
        ("audit", b'{"seq": 7, "at": "", "actor": "", "body": "", "prev": "", "hash": ""}\n'),
    ):
        file = tmp_path / "state.tar.gz"
        with file.open("wb") as sink:
            writer = Writer(sink)
            writer.add(f"tables/{name}.jsonl", io.BytesIO(line))
            writer.close({"format": "fuyajo-state-1", "schema": 3, "made": "now"})
        file.chmod(0o600)
        done, answer = used.json("restore-state", str(file), "--replace")
        assert (done, code(answer)) == (2, "state_row"), line
    assert used.call("audit", "verify")[0] == 0


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"format": "fuyajo-state-1", "schema": 999}, "state_newer"),
        ({"format": "fuyajo-state-1", "schema": "3"}, "state_no_archive"),
        ({"format": "fuyajo-state-1"}, "state_no_archive"),
        ({"format": "another", "schema": 3}, "state_no_archive"),
    ],
)
def test_another_version(
    used: World, tmp_path: Path, about: dict[str, object], expected: str
) -> None:
    from fuyajo.store.archive import Writer

    file = tmp_path / "state.tar.gz"
    with file.open("wb") as sink:
        Writer(sink).close(about)
    file.chmod(0o600)
    done, answer = used.json("restore-state", str(file), "--replace")
    assert (done, code(answer)) == (2, expected)


def test_while_a_service_runs(used: World, tmp_path: Path) -> None:
    file = tmp_path / "state.tar.gz"
    with alone.service(used.home):
        assert used.call("backup-state", str(file))[0] == 0
        done, answer = used.json("restore-state", str(file), "--replace")
    assert (done, code(answer)) == (4, "service_running")
    assert json.loads(used.call("audit", "verify", "--json")[1])["problems"] == []
