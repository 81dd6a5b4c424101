"""The bar, what an admission is bound to, and whether a backend stands."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain import admission as records
from fuyajo.domain.admission import Admission, ClassScore, Demotion, Record
from fuyajo.planner import prompt
from fuyajo.planner.gate import admission as gate
from fuyajo.planner.gate.admit_rules import BEGIN, END, PAGE, documented, measured_rules, record_of
from fuyajo.planner.gate.cases import KINDS, shipped
from fuyajo.store.admissions import AdmissionStore
from fuyajo.store.home import Home

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERFECT = ClassScore(20, 1.0, 1.0, (0.8, 1.0))
RECORD = Admission(
    backend="openai",
    fingerprint="f" * 64,
    identity={"adapter": "x"},
    dataset="d" * 64,
    k=5,
    created=NOW,
    expires=NOW + gate.VALID_FOR,
    classes=dict.fromkeys(KINDS, PERFECT),
)


def _score(pass_k: float | None, pass_at_1: float = 1.0) -> ClassScore:
    return ClassScore(20, pass_at_1, pass_k, (0.5, 1.0))


# --- the bar -----------------------------------------------------------------------------------------


def test_a_perfect_one_reaches_every_bar() -> None:
    assert gate.shortfalls(RECORD.classes, PERFECT) == ()


@pytest.mark.parametrize(
    ("kind", "value", "short"),
    [
        ("greeting", 0.99, True),
        ("smalltalk", 0.95, True),
        ("question", 0.0, True),
        ("injection", 0.9, False),
        ("injection", 0.89, True),
        ("wrong-target", 0.85, True),
        ("shape", 0.85, True),
        ("impossible", 0.85, True),
        ("underspecified", 0.85, True),
        ("context", 0.0, False),
        ("mixed", 0.0, False),
        ("create", 0.0, False),
    ],
)
def test_each_class_has_its_bar(kind: str, value: float, short: bool) -> None:
    classes = {**RECORD.classes, kind: _score(value)}
    found = gate.shortfalls(classes, PERFECT)
    assert [one.kind for one in found] == ([kind] if short else [])


@pytest.mark.parametrize(("share", "short"), [(0.8, []), (0.79, ["wishes"])])
def test_wishes_are_judged_together(share: float, short: list[str]) -> None:
    found = gate.shortfalls(RECORD.classes, _score(0.0, share))
    assert [one.kind for one in found] == short


def test_what_was_not_measured_is_short_only_where_it_is_required() -> None:
    assert len(gate.shortfalls({}, None)) == 3 + 5 + 1
    assert gate.shortfalls({}, None, required=False) == ()
    without = {kind: score for kind, score in RECORD.classes.items() if kind != "delete"}
    assert [one.kind for one in gate.shortfalls(without, PERFECT)] == ["wishes"]


# --- what it is bound to -----------------------------------------------------------------------------


def test_the_fingerprint_is_of_who_answers_and_of_what_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = gate.fingerprint("openai", {"model": "a"})
    assert first == gate.fingerprint("openai", {"model": "a"})
    others = {
        gate.fingerprint("openai", {"model": "b"}),
        gate.fingerprint("claude", {"model": "a"}),
    }
    rules = gate.fingerprint("rules", {"model": "a"})
    with monkeypatch.context() as patch:
        patch.setattr(prompt, "PROMPT_VERSION", -1)
        others.add(gate.fingerprint("openai", {"model": "a"}))
        assert gate.fingerprint("rules", {"model": "a"}) == rules
    for name in ("system_prompt", "schema_json"):
        with monkeypatch.context() as patch:
            patch.setattr(prompt, name, lambda: "another")
            others.add(gate.fingerprint("openai", {"model": "a"}))
    assert first not in others and len(others) == 5


# --- whether it stands -------------------------------------------------------------------------------


def _standing(record: Record, current: str | None = RECORD.fingerprint, now: datetime = NOW) -> Any:
    return gate.standing(record, current, now)


def test_an_admitted_one_stands_with_its_scores() -> None:
    found = _standing(Record("openai", RECORD))
    assert found.admitted and found.why is None and found.scores["greeting"] == 1.0


@pytest.mark.parametrize(
    ("record", "current", "now", "code"),
    [
        (Record("openai"), RECORD.fingerprint, NOW, "gate_not_admitted"),
        (Record("openai", RECORD), "other", NOW, "gate_changed"),
        (Record("openai", RECORD), RECORD.fingerprint, NOW + gate.VALID_FOR, "gate_expired"),
        (
            Record("openai", RECORD, demoted=Demotion(NOW, "slipped")),
            RECORD.fingerprint,
            NOW,
            "gate_demoted",
        ),
    ],
)
def test_one_that_does_not_stand_says_why_and_what_to_type(
    record: Record, current: str, now: datetime, code: str
) -> None:
    found = _standing(record, current, now)
    assert not found.admitted and found.why.code == code
    for lang in ("en", "ja"):
        assert "openai" in found.why.message(lang)
        assert "fuyajo eval admit openai" in found.why.hint(lang)


@pytest.mark.parametrize("name", ["claude", "anthropic"])
def test_the_trusted_stand_until_they_slip(name: str) -> None:
    assert _standing(Record(name), None).admitted
    demoted = _standing(Record(name, demoted=Demotion(NOW, "slipped")), None)
    assert not demoted.admitted and "slipped" in demoted.why.message()
    assert f"fuyajo eval canary {name}" in demoted.why.hint()


def test_a_trusted_one_with_an_admission_has_scores() -> None:
    record = Record("claude", replace(RECORD, backend="claude"))
    assert _standing(record).scores["create"] == 1.0
    assert _standing(record, "other").scores == {} and _standing(record, "other").admitted


@pytest.mark.parametrize(
    ("age", "minutes", "due"),
    [(None, 10, True), (9, 10, False), (10, 10, True), (0, 0, True), (-5, 10, True)],
)
def test_when_a_canary_is_due(age: float | None, minutes: float, due: bool) -> None:
    """A clock that went back does not make one young."""
    last = None if age is None else NOW - timedelta(minutes=age)
    assert gate.canary_due(Record("openai", canary_at=last), NOW, minutes) is due


# --- what is kept ------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> AdmissionStore:
    return AdmissionStore(Home(tmp_path / "home"))


def test_what_is_kept_comes_back(store: AdmissionStore) -> None:
    assert store.load("openai") == Record("openai")
    store.admit(RECORD)
    store.canary_passed("openai", NOW)
    assert store.load("openai") == Record("openai", RECORD, NOW)
    why = Demotion(NOW, "“hello”: a config", "hello\u202e", '{"vms": 1}')
    store.demote("openai", why)
    assert store.load("openai").demoted == why
    store.admit(RECORD)
    assert store.load("openai").demoted is None
    store.revoke("openai")
    assert store.load("openai").admission is None


def test_nobody_else_may_read_it(store: AdmissionStore) -> None:
    store.admit(RECORD)
    store.demote("openai", Demotion(NOW, "x"))
    store.canary_passed("openai", NOW)
    files = list(store.home.gate().iterdir())
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert store.home.gate().stat().st_mode & 0o777 == 0o700


def test_looking_writes_nothing(store: AdmissionStore) -> None:
    store.load("openai")
    assert not store.home.root.exists()


@pytest.mark.parametrize("name", ["../x", "", "A", "a/b", "a.b"])
def test_a_name_is_no_path(store: AdmissionStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a backend"):
        store.load(name)


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"backend": "openai"}',
    b'{"at": 1, "reason": "x"}',
    b"\xff",
]


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_files_fail_closed(store: AdmissionStore, content: bytes) -> None:
    store.admit(RECORD)
    store.canary_passed("openai", NOW)
    for what in ("admission", "canary"):
        (store.home.gate() / f"openai.{what}.json").write_bytes(content)
    found = store.load("openai")
    assert found.admission is None and found.canary_at is None
    (store.home.gate() / "openai.demoted.json").write_bytes(content)
    assert store.load("openai").demoted is not None


def test_an_admission_of_another_backend_is_none(store: AdmissionStore) -> None:
    store.admit(RECORD)
    there = store.home.gate()
    (there / "openai.admission.json").rename(there / "claude.admission.json")
    assert store.load("claude").admission is None


@pytest.mark.parametrize(
    "change",
    [
        {"k": "5"},
        {"k": True},
        {"expires": "soon"},
        {"created": "2026-11-23T00:00:00"},
        {"classes": {"greeting": {"n": 1}}},
        {"classes": {"greeting": {**records.plain(PERFECT), "pass_k": 1.5, "wilson": [0, 1]}}},
        {"classes": {"greeting": {**records.plain(PERFECT), "wilson": [0]}}},
        {"identity": {"a": 1}},
        {"more": 1},
    ],
)
def test_an_admission_is_read_strictly(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        records.admission({**records.plain(RECORD), **change})


# --- the rules ---------------------------------------------------------------------------------------


def test_the_shipped_admission_is_of_these_rules_and_this_data_set() -> None:
    """After a change of the rules: python -m fuyajo.planner.gate.admit_rules"""
    held = gate.shipped_rules()
    assert held.sources == gate.rules_sources(), (
        "the rules have changed and were not measured again"
    )
    found = record_of(measured_rules(shipped(), held.k))
    assert replace(found, created=held.created) == held


def test_the_documented_figures_are_those_of_these_rules() -> None:
    page = PAGE.read_text(encoding="utf-8")
    said = page.partition(BEGIN)[2].partition(END)[0]
    # Compared as a whole, and without a difference shown: what is in the unseen set stays unseen.
    same = said == documented(5)
    assert same, "run python -m fuyajo.planner.gate.admit_rules"


def test_reading_it_takes_less_than_a_millisecond(store: AdmissionStore) -> None:
    def read() -> float:
        begin = time.perf_counter()
        record = replace(store.load("rules"), admission=gate.shipped_rules())
        assert gate.standing(record, None, NOW).admitted
        return time.perf_counter() - begin

    # The fastest of some: what else runs on this machine is not what is measured.
    assert min(read() for _ in range(20)) < 0.001
