"""Conversations on disk: private, bounded, whole, and nobody else's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.references import Named
from fuyajo.store import files
from fuyajo.store.conversations import (
    MAX_CHARS,
    MAX_TURNS,
    Conversation,
    ConversationStore,
    Exchange,
)
from fuyajo.store.home import Home

AT = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(Home(tmp_path / "home"))


def talk(count: int = 1, owner: str = "mika", talk_id: str = "n-shop") -> Conversation:
    web = Named(name="web", uuid="u-web")
    turns = tuple(Exchange(at=AT, user=f"wish {n}", touched=(web,)) for n in range(count))
    return Conversation(id=talk_id, owner=owner, turns=turns)


def test_it_comes_back_and_is_private(store: ConversationStore) -> None:
    store.save(talk(2))
    assert store.load("mika", "n-shop") == talk(2)
    directory = store.home.conversations("mika")
    assert [path.name for path in directory.iterdir()] == ["n-shop.json"]
    assert (directory / "n-shop.json").stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700


def test_only_the_end_of_it_is_kept_and_texts_are_capped(store: ConversationStore) -> None:
    long = Exchange(at=AT, user="ü" * (MAX_CHARS + 1), reply="x" * 100_000)
    whole = talk(MAX_TURNS + 5)
    store.save(whole._replace(turns=(*whole.turns, long)))
    kept = store.load("mika", "n-shop")
    assert kept is not None and len(kept.turns) == MAX_TURNS
    assert kept.turns[0].user == "wish 6"
    assert (len(kept.turns[-1].user), len(kept.turns[-1].reply)) == (MAX_CHARS, MAX_CHARS)


def test_old_ones_go(store: ConversationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "KEPT", 3)
    for number in range(5):
        store.save(talk(talk_id=f"n-{number}"))
    assert len(list(store.home.conversations("mika").iterdir())) <= 4


def test_nobody_reads_anothers(store: ConversationStore) -> None:
    store.save(talk())
    assert store.load("ken", "n-shop") is None
    # Not even when the file lies where his own would.
    theirs = store.home.conversations("ken")
    theirs.mkdir(parents=True)
    own = store.home.conversations("mika") / "n-shop.json"
    (theirs / "n-shop.json").write_bytes(own.read_bytes())
    assert store.load("ken", "n-shop") is None


@pytest.mark.parametrize(
    "name", ["../plans/x", "n-", "n-../x", "N-x", "", "t-a b", "n-" + "x" * 60]
)
def test_an_id_is_no_path(store: ConversationStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a conversation"):
        store.load("mika", name)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": "n-shop"}', "\0", "[" * 9999])
def test_a_damaged_one_is_none(store: ConversationStore, content: str) -> None:
    store.save(talk())
    (store.home.conversations("mika") / "n-shop.json").write_text(content)
    assert store.load("mika", "n-shop") is None


def test_another_ids_content_is_none(store: ConversationStore) -> None:
    store.save(talk())
    path = store.home.conversations("mika") / "n-shop.json"
    data = json.loads(path.read_text()) | {"id": "n-other"}
    path.write_text(json.dumps(data))
    assert store.load("mika", "n-shop") is None


def test_forgetting(store: ConversationStore) -> None:
    store.forget("mika", "n-shop")
    store.save(talk())
    store.forget("mika", "n-shop")
    assert store.load("mika", "n-shop") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "yesterday"},
        {"at": "2026-11-22T21:00:00"},
        {"at": 7},
        {"user": None},
        {"reply": ["x"]},
        {"plan": 1},
        {"planner": {"backend": 1}},
        {"planner": {"backend": "x", "more": 1}},
        {"made": [["web"]]},
        {"touched": [["web", 1]]},
        {"touched": 3},
    ],
)
def test_a_turn_of_another_form_is_none(store: ConversationStore, wrong: dict[str, Any]) -> None:
    store.save(talk())
    path = store.home.conversations("mika") / "n-shop.json"
    data = json.loads(path.read_text())
    data["turns"][0] |= wrong
    path.write_text(json.dumps(data))
    assert store.load("mika", "n-shop") is None


def test_words_with_half_a_character_are_kept(store: ConversationStore) -> None:
    turn = Exchange(at=AT, user="\ud83d", planner=PlannerNote(backend="x"))
    half = talk()._replace(turns=(turn,))
    store.save(half)
    assert store.load("mika", "n-shop") == half
