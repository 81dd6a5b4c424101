"""Encrypted copies through the real command line, the real playbook and the real restic.

The tests share a machine and build on each other in their order. S3 and kill -9: the collection's tests.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, install, remove
from tests.support.standing import SEEDED, stand

pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    directory = tmp_path_factory.mktemp("copies")
    made = install(directory, None)
    try:
        stand(made, directory, [{**SEEDED, "name": "box", "state": "stopped"}])
        yield made
    finally:
        remove(made)


@pytest.fixture(scope="module")
def vault(place: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of its own, named in the configuration."""
    directory = tmp_path_factory.mktemp("vault")
    password, repository = directory / "password", directory / "repository"
    password.write_text("four words in a row\n")
    password.chmod(0o600)
    words = [
        "restic",
        "-r",
        str(repository),
        "--password-file",
        str(password),
        "--no-cache",
        "init",
    ]
    subprocess.run(words, check=True, capture_output=True)
    (place.home / "config.toml").write_text(
        f'copies = "{repository}"\ncopies_password_file = "{password}"\n'
    )
    return repository


def said(place: Installation, *words: str) -> str:
    done = place.fuyajo("backup", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names(place: Installation, *words: str) -> list[tuple[str, bool]]:
    found: list[dict[str, Any]] = json.loads(said(place, "list", *words, "--json"))
    return [(one["name"], one["good"]) for one in found]


def problems(place: Installation, *words: str) -> list[str]:
    done = place.fuyajo("backup", *words, "--json")
    assert done.returncode != 0
    return [one["code"] for one in json.loads(done.stdout)["problems"]]


def test_nothing_is_copied_where_nobody_said_where(place: Installation) -> None:
    said(place, "create", f"{place.name}-box", "--name", "one")
    said(place, "create", f"{place.name}-box", "--name", "two")
    assert problems(place, "copy", f"{place.name}-box", "--yes") == ["copies_off"]
    assert problems(place, "list", "--copies") == ["copies_off"]


def test_a_look_copies_nothing(place: Installation, vault: Path) -> None:
    wish = place.home / "wish.json"
    operation = {"op": "copy-backup", "vm": f"{place.name}-box"}
    wish.write_text(json.dumps({"operations": [operation]}))
    looked = place.fuyajo("apply", "-f", str(wish), "--check")
    assert looked.returncode == 0, looked.stderr
    assert "⇧" in looked.stderr and "1 would change" in looked.stdout
    assert names(place, "--copies") == [] and not list((vault / "snapshots").iterdir())


def test_the_newest_is_copied_with_what_it_lies_on_and_once(
    place: Installation, vault: Path
) -> None:
    box = f"{place.name}-box"
    assert problems(place, "fetch", box) == ["copy_backup"]
    said(place, "copy", box)
    assert names(place, "--copies") == [("one", True), ("two", True)]
    assert "is there already" in said(place, "copy", box)
    assert "is there already" in said(place, "fetch", box)
    assert "copied on" in said(place, "list", box, "--copies")
    assert len(list((vault / "snapshots").iterdir())) == 2
    assert problems(place, "fetch", box, "--backup", "three") == ["copy_unknown_backup"]


def test_what_is_lost_here_comes_back_from_there(place: Installation, vault: Path) -> None:
    box = f"{place.name}-box"
    gone = place.fuyajo("vm", "delete", box, "--purge", "--yes")
    assert gone.returncode == 0, gone.stderr
    shutil.rmtree(place.backups / box)
    assert names(place) == [] and names(place, "--copies") == [("one", True), ("two", True)]
    assert problems(place, "restore", box) == ["no_backup"]
    said(place, "fetch", box)
    assert names(place) == [("one", True), ("two", True)]
    assert "good, every byte" in said(place, "verify", box)
    said(place, "restore", box, "--yes")
    assert json.loads(place.fuyajo("vm", "show", box, "--json").stdout)["state"] == "running"


def test_a_repository_that_is_away_is_told(place: Installation, vault: Path) -> None:
    vault.rename(vault.with_name("away"))
    try:
        done = place.fuyajo("backup", "list", "--copies")
        assert done.returncode == 5 and "restic -r" in done.stderr and "init" in done.stderr
        assert problems(place, "copy", f"{place.name}-box") == ["copies_unreadable"]
        assert not vault.exists()
    finally:
        vault.with_name("away").rename(vault)
    (vault.parent / "password").chmod(0o644)
    done = place.fuyajo("backup", "list", "--copies")
    assert done.returncode == 5 and "chmod 600" in done.stderr
