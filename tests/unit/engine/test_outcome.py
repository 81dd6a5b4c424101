"""The sum of a run's events, on disk and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuyajo.engine.box import outcome
from fuyajo.engine.box.events import Event, Kind
from fuyajo.engine.box.outcome import EVENTS, Failure, RunOutcome, Tally


def event(seq: int, kind: Kind, host: str | None = "a", **more: object) -> Event:
    return Event(seq, "2026-11-22T00:00:00+00:00", kind, host=host, **more)  # type: ignore[arg-type]


def tally(*events: Event) -> Tally:
    found = Tally()
    for each in events:
        found.add(each)
    return found


def stats(**hosts: dict[str, int]) -> Event:
    return event(99, "recap", None, data={"stats": hosts})


def test_changed_is_the_sum_of_the_recap() -> None:
    found = tally(event(1, "result", changed=True), stats(a={"changed": 2}, b={"changed": 3}))
    assert found.outcome("successful", 0, 1.23456).changed == 5
    assert found.outcome("successful", 0, 1.23456).seconds == 1.235


def test_without_a_recap_it_is_what_was_seen() -> None:
    found = tally(event(1, "result", changed=True), event(2, "result"))
    assert found.outcome("interrupted", None, 0).changed == 1


def test_the_first_failure_that_nothing_rescued() -> None:
    found = tally(
        event(1, "failed", task="one", message="rescued"),
        event(2, "unreachable", "b", task="two", message="real"),
        event(3, "failed", task="three", message="later"),
        stats(a={"rescued": 1, "failed": 1}, b={"unreachable": 1}),
    )
    assert found.outcome("failed", 2, 0).failure == Failure("b", "two", "real")
    assert found.outcome("successful", 0, 0).failure is None


def test_without_any_task_the_last_error_counts() -> None:
    lines = ["[WARNING]: old", "[ERROR]: no such role", "Origin: x.yml:3"]
    found = tally(*(event(n, "note", None, message=line) for n, line in enumerate(lines)))
    expected = Failure(None, None, "[ERROR]: no such role\nOrigin: x.yml:3")
    assert found.outcome("failed", 4, 0).failure == expected


def test_facts_of_later_stacks_win() -> None:
    found = tally(
        event(1, "result", data={"vms": {"web": {"state": "stopped"}, "db": {}}}),
        event(2, "result", data={"vms": {"web": {"state": "running"}}}),
        event(3, "result", data={"vms": "odd"}),
    )
    assert found.facts == {"web": {"state": "running"}, "db": {}}


@pytest.mark.parametrize("failure", [None, Failure("a", "t", "m\n“x”")])
def test_round_trip_on_disk(tmp_path: Path, failure: Failure | None) -> None:
    ended = RunOutcome("failed", 2, 1, {"a": {"ok": 1}}, {"web": {"x": [1]}}, 0.5, failure)
    assert outcome.load(tmp_path) is None
    outcome.save(tmp_path, ended)
    assert outcome.load(tmp_path) == ended
    assert [path.name for path in tmp_path.iterdir()] == [outcome.RESULT]


def test_replay_ignores_a_torn_line(tmp_path: Path) -> None:
    assert outcome.replay(tmp_path).facts == {}
    whole = event(1, "result", changed=True).to_json().encode()
    (tmp_path / EVENTS).write_bytes(whole + b"\nnoise\n" + whole[:20])
    assert outcome.replay(tmp_path).changed_results == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"status":"won"}', '{"status":"failed"}'])
def test_what_is_not_an_outcome_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / outcome.RESULT).write_text(text)
    with pytest.raises(ValueError):
        outcome.load(tmp_path)
