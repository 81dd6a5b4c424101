"""The note of what the demo made: there before anything else is, growing until it is forgotten."""

from __future__ import annotations

from pathlib import Path

from fuyajo.service import demo
from fuyajo.service.context import Actor, Settings


def actor(home: Path) -> Actor:
    return Actor("mika", Settings(home, "test:///default", "fuyajo", home / "pool"))


def test_the_first_note_of_a_fresh_installation(tmp_path: Path) -> None:
    someone = actor(tmp_path / "new" / "home")
    assert demo.made(someone) == demo.Made()
    demo.remember(someone, demo.Made(images=("debian-12",)))
    assert demo.made(someone).images == ("debian-12",)
    assert (tmp_path / "new" / "home").stat().st_mode & 0o777 == 0o700


def test_notes_add_up_and_are_forgotten(tmp_path: Path) -> None:
    someone = actor(tmp_path / "home")
    demo.remember(someone, demo.Made({"hello": ""}, ("debian-12",), pool=True))
    demo.remember(someone, demo.Made({"hello": "uuid-1"}, bases={"debian-12": "0" * 64}))
    assert demo.made(someone) == demo.Made(
        {"hello": "uuid-1"}, ("debian-12",), {"debian-12": "0" * 64}, True
    )
    demo.forget(someone)
    assert demo.made(someone) == demo.Made()


def test_a_damaged_note_is_no_note(tmp_path: Path) -> None:
    someone = actor(tmp_path)
    (tmp_path / "demo.json").write_text("{", encoding="utf-8")
    assert demo.made(someone) == demo.Made()
