"""Which conversation a terminal has."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuyajo.cli.session import conversation_id, terminal_conversation
from fuyajo.domain.errors import InvalidInput
from fuyajo.store.conversations import CONVERSATION_ID


def proc(
    place: Path, *, terminal: int = 34816, session: int = 70, began: int = 5, boot: str = "b"
) -> Path:
    """A /proc with one process of ours, which may have any name, and the leader of its session."""
    rest = f"S 71 72 {session} {terminal} " + " ".join(["0"] * 14)
    for name, start in (("self", 99), (str(session), began)):
        (place / name).mkdir(parents=True, exist_ok=True)
        (place / name / "stat").write_text(f"72 (a ) S 1 1 b) {rest} {start} 0 0\n")
    (place / "sys/kernel/random").mkdir(parents=True, exist_ok=True)
    (place / "sys/kernel/random/boot_id").write_text(boot)
    return place


def test_one_session_has_one_and_every_other_another(tmp_path: Path) -> None:
    first = terminal_conversation(proc(tmp_path / "a"))
    assert first is not None and CONVERSATION_ID.fullmatch(first)
    assert first == terminal_conversation(proc(tmp_path / "b"))
    others = [
        proc(tmp_path / "c", terminal=34817),
        proc(tmp_path / "d", session=71),
        proc(tmp_path / "e", began=6),  # the numbers are used again
        proc(tmp_path / "f", boot="c"),
    ]
    assert len({first, *map(terminal_conversation, others)}) == 5


def test_without_a_terminal_there_is_none(tmp_path: Path) -> None:
    assert terminal_conversation(proc(tmp_path / "a", terminal=0)) is None
    assert terminal_conversation(tmp_path / "nothing") is None
    orphan = proc(tmp_path / "b")
    (orphan / "70" / "stat").unlink()
    assert terminal_conversation(orphan) is None
    (orphan / "70" / "stat").write_text("garbage")
    assert terminal_conversation(orphan) is None


def test_a_name_of_its_own() -> None:
    found = conversation_id("shop-2")
    assert found == "n-shop-2" and CONVERSATION_ID.fullmatch(found)
    for name in ("", "-x", "A", "../x", "x" * 33, "店"):
        with pytest.raises(InvalidInput):
            conversation_id(name)
