"""A restore that is killed anywhere: the old state or the new one, whole, once any command came after it."""

from __future__ import annotations

import io
import os
import random
import shutil
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from fuyajo.domain.errors import Conflict
from fuyajo.service.backing_up import back_up
from fuyajo.service.restoring import go_on, restore
from tests.support import postgres
from tests.support.places import Place, fork, kinds
from tests.support.states import after_restore, contents, fill, restored

#: What changes the disk, or makes it last.
CALLS = ("rename", "replace", "unlink", "link", "mkdir", "rmdir", "fsync")
TRIED = 14


def die_at(step: int, work: Callable[[], None], told: Path) -> int | None:
    """`work` in a process that is killed before its step of that number; how many it took, in `told`."""

    def doomed() -> None:
        steps = count(1)

        def passed() -> None:
            if (number := next(steps)) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            descriptor = os.open(told, os.O_WRONLY | os.O_CREAT)
            os.write(descriptor, f"{number:6}".encode())
            os.close(descriptor)

        for name in CALLS:
            setattr(os, name, _watched(getattr(os, name), passed))
        event.listen(Engine, "before_cursor_execute", lambda *_: passed())
        event.listen(Engine, "after_cursor_execute", lambda *_: passed())
        work()

    process = fork(doomed)
    process.join()
    return process.exitcode


def _watched(call: Callable[..., Any], passed: Callable[[], None]) -> Callable[..., Any]:
    def watched(*arguments: Any, **more: Any) -> Any:
        passed()
        return call(*arguments, **more)

    return watched


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds())
def test_killed_at_any_step(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with Place.of_a_file(tmp_path / "source") as source:
        sink = io.BytesIO()
        back_up(fill(source, "the new one").actor(), sink)
        new = after_restore(contents(source))
    model = _model(kind, request, tmp_path)
    old = contents(model)
    ends = {"old": 0, "new": 0}
    for number, step in enumerate(_steps(kind, request, model, sink.getvalue(), tmp_path)):
        with _copy(kind, request, model, tmp_path / f"home-{number}") as place:
            ended = die_at(step, lambda p=place: _restore(p, sink.getvalue()), tmp_path / "told")
            assert ended == -signal.SIGKILL, step
            go_on(place.actor())
            found = contents(place)
            if found == old:
                ends["old"] += 1
                _again(place, sink.getvalue())
                found = contents(place)
            else:
                ends["new"] += 1
            assert restored(found) == new, step
            left = [
                p.name
                for p in place.root.iterdir()
                if p.name.startswith((".restore", "restore.json"))
            ]
            assert left == [], step
            assert (place.root / "images" / "debian-12.qcow2").exists()
        _remove(request, place)
    assert min(ends.values()) > 2, ends


def _restore(place: Place, packed: bytes) -> None:
    restore(place.actor(), io.BytesIO(packed), replace=True)


def _again(place: Place, packed: bytes) -> None:
    """Nothing that the dead one left is in the way."""
    with pytest.raises(Conflict, match="already"):
        restore(place.actor(), io.BytesIO(packed), replace=False)
    for database in place.opened:
        database.close()
    _restore(place, packed)


def _steps(
    kind: str, request: pytest.FixtureRequest, model: Place, packed: bytes, where: Path
) -> list[int]:
    """The last ones, where it is decided and things are put in their places; and some of those before."""
    told = where / "all"
    with _copy(kind, request, model, where / "counting") as place:
        assert die_at(0, lambda: _restore(place, packed), told) == 0
    last = int(told.read_bytes())
    assert last > 3 * TRIED
    dice = random.Random(kind)
    tail = range(last - TRIED + 1, last + 1)
    return [*dice.sample(range(1, last - TRIED), TRIED // 2), *tail]


def _model(kind: str, request: pytest.FixtureRequest, where: Path) -> Place:
    root = where / "model"
    if kind == "sqlite":
        place = Place.of_a_file(root)
    else:
        server: postgres.Server = request.getfixturevalue("server")
        place = Place(root, server.new_database(request.getfixturevalue("template")))
        root.mkdir(mode=0o700)
    with place:
        return fill(place, "the old one")


def _remove(request: pytest.FixtureRequest, place: Place) -> None:
    shutil.rmtree(place.root)
    if place.url is not None:
        server: postgres.Server = request.getfixturevalue("server")
        server.drop(place.url)


def _copy(kind: str, request: pytest.FixtureRequest, model: Place, root: Path) -> Place:
    for database in model.opened:
        database.close()
    shutil.copytree(model.root, root)
    if kind == "sqlite":
        return Place(root)
    server: postgres.Server = request.getfixturevalue("server")
    return Place(root, server.new_database(model.url))


def test_what_was_left_is_gone_on_with_by_any_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from fuyajo.cli.main import run
    from fuyajo.store import swapping

    with Place.of_a_file(tmp_path / "source") as source:
        sink = io.BytesIO()
        back_up(fill(source).actor(), sink)
    place = Place(tmp_path / "home")

    def die(_root: Path, _decided: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch, place:
        patch.setattr(swapping, "finish", die)
        process = fork(lambda: _restore(place, sink.getvalue()))
        process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not (place.root / "fuyajo.db").exists()
    assert place.home.restoring().exists()
    monkeypatch.setenv("FUYAJO_HOME", str(place.root))
    assert run(["user", "list"]) == 0
    assert "name-1" in capsys.readouterr().out
    assert not place.home.restoring().exists()
    assert (place.root / "fuyajo.db").exists()
