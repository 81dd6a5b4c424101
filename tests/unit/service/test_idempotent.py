from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from fuyajo.domain.errors import Conflict, InvalidInput, Problem
from fuyajo.service.context import Actor
from fuyajo.service.idempotent import KEPT, STALE, Answer, begin, digest_of, finish, forget
from fuyajo.store.tables import CALLS
from tests.support.claims import actor_at, home_with_database

ONE, OTHER = digest_of(b"POST", b"/runs", b"{}"), digest_of(b"POST", b"/runs", b"{} ")


@pytest.fixture
def actor(tmp_path: Path) -> Actor:
    return actor_at(home_with_database(tmp_path / "home"), "mika")


def once(
    actor: Actor, key: str, digest: str, do: Callable[[], Answer], *, secret: bool = False
) -> Answer:
    """A whole call, as the door makes it (`http/keyed.py`)."""
    mine = begin(actor, key, digest)
    if isinstance(mine, Answer):
        return mine
    try:
        answer = do()
    except Exception:
        forget(actor, mine)
        raise
    finish(actor, mine, answer, secret=secret)
    return answer


class Counted:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Answer:
        self.times += 1
        return Answer(201, f'{{"n": {self.times}}}')


def codes(error: pytest.ExceptionInfo[Conflict]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def earlier(actor: Actor, by: timedelta) -> None:
    """As if all that was noted had been noted so long ago."""
    with actor.database.write() as connection:
        (created,) = connection.execute(CALLS.select()).mappings().all()
        then = datetime.fromisoformat(created["created"]) - by
        connection.execute(update(CALLS).values(created=then.isoformat(timespec="microseconds")))


def test_the_parts_of_a_digest_are_told_apart() -> None:
    assert digest_of(b"ab", b"c") != digest_of(b"a", b"bc")


def test_the_same_call_gets_the_same_answer(actor: Actor, tmp_path: Path) -> None:
    do = Counted()
    assert once(actor, "k", ONE, do) == Answer(201, '{"n": 1}')
    assert once(actor, "k", ONE, do) == Answer(201, '{"n": 1}', again=True)
    assert once(actor, "other", ONE, do).body == '{"n": 2}'
    assert once(actor_at(tmp_path / "home", "jun"), "k", ONE, do).body == '{"n": 3}'


def test_the_same_key_for_something_else_is_a_conflict(actor: Actor) -> None:
    once(actor, "k", ONE, Counted())
    with pytest.raises(Conflict) as refused:
        once(actor, "k", OTHER, Counted())
    assert codes(refused) == ["call_other"]


def test_a_call_that_is_being_answered_is_a_conflict(actor: Actor) -> None:
    began, go, answers = threading.Event(), threading.Event(), []

    def slow() -> Answer:
        began.set()
        assert go.wait(20)
        return Answer(200, "1")

    first = threading.Thread(target=lambda: answers.append(once(actor, "k", ONE, slow)))
    first.start()
    assert began.wait(20)
    with pytest.raises(Conflict) as refused:
        once(actor, "k", ONE, Counted())
    assert codes(refused) == ["call_in_flight"]
    assert refused.value.problems[0].params == {"seconds": 1}
    go.set()
    first.join(20)
    assert answers == [Answer(200, "1")]
    assert once(actor, "k", ONE, Counted()) == Answer(200, "1", again=True)


def test_what_failed_may_be_asked_again(actor: Actor) -> None:
    def broken() -> Answer:
        raise Conflict(Problem("", "plan_expired", {"value": "p"}))

    with pytest.raises(Conflict):
        once(actor, "k", ONE, broken)
    assert once(actor, "k", OTHER, Counted()).body == '{"n": 1}'


def test_a_call_whose_process_died_is_made_again(actor: Actor) -> None:
    class Died(BaseException): ...

    def die() -> Answer:
        with actor.database.write() as connection:  # what `forget` would take away
            connection.execute(update(CALLS).values(user="somebody"))
        raise Died

    with pytest.raises(Died):
        once(actor, "k", ONE, die)
    with actor.database.write() as connection:
        connection.execute(update(CALLS).values(user="mika"))
    with pytest.raises(Conflict):
        once(actor, "k", ONE, Counted())
    earlier(actor, STALE)
    assert once(actor, "k", ONE, Counted()) == Answer(201, '{"n": 1}')


def test_an_answer_is_kept_for_a_day(actor: Actor) -> None:
    do = Counted()
    once(actor, "k", ONE, do)
    earlier(actor, KEPT - timedelta(minutes=1))
    assert once(actor, "k", ONE, do).again
    earlier(actor, timedelta(minutes=1))
    assert not once(actor, "k", ONE, do).again


def test_a_secret_is_not_written_down(actor: Actor) -> None:
    assert once(actor, "k", ONE, lambda: Answer(201, "hush"), secret=True).body == "hush"
    with pytest.raises(Conflict) as refused:
        once(actor, "k", ONE, Counted(), secret=True)
    assert codes(refused) == ["call_secret"]
    home = actor.settings.home
    assert not any(b"hush" in file.read_bytes() for file in home.glob("fuyajo.db*"))


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 129, "a\n"])
def test_a_key_is_visible_ascii(actor: Actor, key: str) -> None:
    with pytest.raises(InvalidInput):
        once(actor, key, ONE, Counted())


def test_of_many_at_once_one_is_made(actor: Actor) -> None:
    do, together, answers = Counted(), threading.Barrier(8), []

    def ask() -> None:
        together.wait(20)
        try:
            answers.append(once(actor, "k", ONE, do).body)
        except Conflict as error:
            answers.append(error.problems[0].code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert do.times == 1
    assert set(answers) <= {'{"n": 1}', "call_in_flight"} and '{"n": 1}' in answers
