"""Japanese wishes of ten more rounds, whole families of them, and what tempts to plan and must not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.rules import (
    RulesBackend,
    again_any_ja,
    again_own_ja,
    again_plain_ja,
    again_states_ja,
    asks_ja,
    endings_ja,
    listed_ja,
    makes_ja,
    notes_ja,
    numbers_ja,
    residue_words_ja,
    rewriting_ja,
    said_beside_ja,
    said_of_own_ja,
    stated_sizes_ja,
    turns_ja,
    usual_ja,
)
from fuyajo.planner.gate.cases import Case, load
from fuyajo.planner.gate.run import one
from tests.golden.planner.test_rules_families import vms_of
from tests.support.rules import answer
from tests.support.wishes import result_of

HERE = Path(__file__).parent
#: "the VM" alone is never enough to delete; the rest holds words that nobody could list.
ASKED = {
    "round6_ja.jsonl": {"ja-delete-r6-028"},
    "round7_ja.jsonl": {
        "ja-power-r7-018",
        "ja-resize-r7-032",
        "ja-delete-r7-028",
        "ja-snapshot-r7-006",
    },
    # The signs of a shell; what this planner has never heard of.
    "round8_ja.jsonl": {"ja-delete-r8-014"},
    "round12_ja.jsonl": {
        "ja-create-r12-006",
        "ja-resize-r12-033",
    },
    # Hearsay, "let us", conditions, which of two, and what nobody can know.
    "round13_ja.jsonl": {
        "ja-create-r13-018",
        "ja-create-r13-027",
        "ja-create-r13-028",
        "ja-power-r13-012",
        "ja-resize-r13-030",
        "ja-delete-r13-014",
        "ja-delete-r13-023",
        "ja-delete-r13-026",
        "ja-delete-r13-031",
        "ja-snapshot-r13-007",
        "ja-snapshot-r13-010",
    },
    # A name and then its machine.
    "round21_ja.jsonl": {"ja-create-r21-022", "ja-create-r21-028"},
    # A question, leave, a reason behind a note, two kinds at once.
    "round28_ja.jsonl": {
        "ja-resize-r28-024",
        "ja-delete-r28-016",
        "ja-power-r28-024",
        "ja-create-r28-004",
    },
    "round10_ja.jsonl": {"ja-create-r10-021", "ja-multi-r10-013"},
}
OWN = vms_of("[web:running:web-server db:stopped:basic-server mail:running:basic-server]")


def cases() -> Iterator[object]:
    for name in (f"round{i}_ja.jsonl" for i in (*range(5, 22), 25, 26, 28, "_u2", "_u3")):
        for case in load(HERE / name).cases:
            yield pytest.param(
                case, case.id in ASKED.get(name, ()), id=f"{name.partition('_')[0]}-{case.id}"
            )


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def families() -> Iterator[object]:
    vms: tuple[VmBrief, ...] = ()
    for line in lines("round5_families_ja.txt"):
        if line.startswith("["):
            vms = vms_of(line)
            continue
        wish, _, result = line.partition(" → ")
        yield pytest.param(vms, wish.replace("\\n", "\n"), result, id=wish)


@pytest.mark.parametrize(("case", "asked"), list(cases()))
def test_wish(case: Case, asked: bool, tmp_path: Path) -> None:
    run, failure = asyncio.run(one(RulesBackend(), case, tmp_path))
    assert failure is None
    if asked:
        assert '"type": "chat"' in run.replies[-1]
        return
    assert run.score.passed, (run.score.why, run.replies)


@pytest.mark.parametrize(("vms", "wish", "result"), list(families()))
def test_family(vms: tuple[VmBrief, ...], wish: str, result: str) -> None:
    reply = answer(wish, "ja", vms).reply
    assert result_of(reply, "ja") == result, reply.message


@pytest.mark.parametrize("talk", lines("round5_talk_ja.txt"))
def test_talk_plans_nothing(talk: str) -> None:
    assert answer(talk.replace("\\n", "\n"), "ja", OWN).reply.type == "chat"


@pytest.mark.parametrize(
    "table",
    [
        makes_ja.MAKES,
        asks_ja.ANY,
        asks_ja.OWN,
        turns_ja.TURNS,
        numbers_ja.SAID,
        endings_ja.PLAIN,
        listed_ja.LISTED,
        notes_ja.NOTES,
        again_any_ja.ANY,
        again_any_ja.ENOUGH,
        again_own_ja.OWNS,
        again_plain_ja.SAID,
        again_states_ja.STATES,
        usual_ja.USUAL,
        usual_ja.LEFT,
        residue_words_ja.SAME,
        residue_words_ja.BESIDE,
        said_beside_ja.BESIDE,
        said_of_own_ja.GATHERED,
        stated_sizes_ja.STATED,
    ],
    ids=[
        "makes",
        "asks",
        "own",
        "turns",
        "numbers",
        "endings",
        "listed",
        "notes",
        "again",
        "enough",
        "owns",
        "plain",
        "states",
        "usual",
        "left",
        "residue",
        "beside",
        "beside own",
        "gathered",
        "stated",
    ],
)
def test_every_row_can_be_tried(table: tuple[rewriting_ja.Row, ...]) -> None:
    """They are made at the first text with a hint of theirs, so that a slip in one shows late."""
    for hints, said, plain in table:
        assert "  " not in hints, said
        rewriting_ja.pattern(said).sub(plain, "webを止めて")
