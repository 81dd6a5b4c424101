"""The chain of the audit: whatever is done to its rows is found."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.audit import (
    GENESIS,
    NO_HEAD,
    START,
    AuditRow,
    Head,
    next_row,
    parse_head,
    row_hash,
    verify,
)

AT = "2026-11-23T07:00:00+00:00"


def chain(length: int) -> list[AuditRow]:
    rows: list[AuditRow] = []
    for number in range(length):
        last = rows[-1] if rows else None
        rows.append(next_row(last, AT, "mika", {"event": "test", "number": number}))
    return rows


def head_of(rows: list[AuditRow]) -> Head:
    return Head(rows[-1].seq, rows[-1].hash)


def codes(rows: list[AuditRow], head: Head | None, expected: Head | None = None) -> set[str]:
    return {problem.code for problem in verify(rows, head, expected)}


def test_a_whole_chain() -> None:
    rows = chain(5)
    assert verify(rows, head_of(rows)) == []
    assert verify([], START) == verify([], None) == []


def test_rows_after_the_head_are_no_fault() -> None:
    rows = chain(5)
    assert verify(rows, head_of(rows[:3])) == []
    assert verify(rows, START) == []


@given(st.integers(0, 5), st.sampled_from(["at", "actor", "body", "prev", "hash"]), st.text())
def test_an_edited_row(index: int, field: str, value: str) -> None:
    rows = chain(6)
    if getattr(rows[index], field) == value:
        return
    rows[index] = rows[index]._replace(**{field: value})
    assert "audit_edited" in codes(rows, head_of(chain(6)))


@given(st.integers(0, 4))
def test_an_edited_row_with_a_hash_to_match(index: int) -> None:
    rows, head = chain(6), head_of(chain(6))
    edited = rows[index]._replace(body='{"event":"other"}')
    rows[index] = edited._replace(hash=row_hash(*edited[:5]))
    assert codes(rows, head) == {"audit_unlinked"}


def test_the_last_row_edited_with_a_hash_to_match() -> None:
    rows, head = chain(6), head_of(chain(6))
    edited = rows[-1]._replace(body='{"event":"other"}')
    rows[-1] = edited._replace(hash=row_hash(*edited[:5]))
    assert codes(rows, head) == {"audit_rewritten"}


@given(st.integers(0, 4))
def test_a_removed_row(index: int) -> None:
    rows, head = chain(6), head_of(chain(6))
    del rows[index]
    assert codes(rows, head) == {"audit_removed"}


@given(st.integers(0, 4))
def test_a_removed_row_with_the_others_moved_up(index: int) -> None:
    rows, head = chain(6), head_of(chain(6))
    del rows[index]
    rows = [row._replace(seq=number) for number, row in enumerate(rows, 1)]
    assert {"audit_edited", "audit_truncated"} <= codes(rows, head)


@given(st.integers(0, 5))
def test_rows_cut_off_at_the_end(left: int) -> None:
    rows = chain(6)
    assert codes(rows[:left], head_of(rows)) == {"audit_truncated"}
    assert codes(rows[:left], START, head_of(rows)) == {"audit_truncated"}


@given(st.permutations(range(6)))
def test_reordered_rows(order: list[int]) -> None:
    rows = chain(6)
    mixed = [rows[i] for i in order]
    found = codes(mixed, head_of(rows))
    assert bool(found) == (mixed != rows)
    # The same with the numbers put right, as somebody would who swaps rows in the table.
    swapped = [row._replace(seq=number) for number, row in enumerate(mixed, 1)]
    assert ("audit_edited" in codes(swapped, head_of(rows))) == (mixed != rows)


@given(st.integers(1, 5))
def test_an_inserted_row(index: int) -> None:
    rows, head = chain(6), head_of(chain(6))
    new = next_row(rows[index - 1], AT, "mallory", {"event": "forged"})
    assert codes([*rows[:index], new, *rows[index:]], head) & {"audit_order"}
    moved = [row._replace(seq=row.seq + 1) for row in rows[index:]]
    assert "audit_edited" in codes([*rows[:index], new, *moved], head)


def test_a_chain_that_was_written_anew() -> None:
    rows = chain(6)
    forged = [next_row(rows[0], AT, "mallory", {"event": "forged"})]
    while len(forged) < 5:
        forged.append(next_row(forged[-1], AT, "mallory", {"event": "forged"}))
    assert codes([rows[0], *forged], head_of(rows)) == {"audit_rewritten"}


def test_a_head_that_is_gone_or_damaged() -> None:
    rows = chain(2)
    assert codes(rows, None) == {"audit_no_head"}
    assert codes(rows, NO_HEAD) == {"audit_bad_head"}
    assert codes([], NO_HEAD) == {"audit_bad_head"}


def test_a_head_is_written_and_read() -> None:
    head = head_of(chain(3))
    assert parse_head(str(head)) == head
    assert parse_head(str(START)) == START
    for text in ("", "3", "3:", "03:" + GENESIS, f"3:{'g' * 64}", f"-1:{GENESIS}", f"{head}\n"):
        with pytest.raises(ValueError, match="head"):
            parse_head(text)


def test_the_body_is_canonical() -> None:
    one = next_row(None, AT, "mika", {"b": 1, "a": "日本\u2028\ud800"})
    other = next_row(None, AT, "mika", {"a": "日本\u2028\ud800", "b": 1})
    assert one == other
    assert one.body.isascii()
    assert json.loads(one.body) == {"a": "日本\u2028\ud800", "b": 1}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_no_number_that_json_does_not_have(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        next_row(None, AT, "mika", {"value": value})
