"""Promises of the smaller stores: what is kept comes back equal, and of two who ask at once one gets it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fuyajo.domain.drift import Baseline
from fuyajo.domain.errors import Problem
from fuyajo.domain.people import Token, User
from fuyajo.domain.plan import plan_digest
from fuyajo.domain.room import Claim, Held
from fuyajo.domain.schedule import Outcome, Schedule
from fuyajo.store.approvals import Approval, ApprovalStore
from fuyajo.store.baselines import BaselineStore
from fuyajo.store.calls import Call, CallStore
from fuyajo.store.claims import ClaimStore, Judgement
from fuyajo.store.database import Database
from fuyajo.store.people import PeopleStore
from fuyajo.store.schedules import ScheduleStore
from tests.support.claims import URI, plan_of

NOW = datetime(2026, 11, 23, 8, 0, 0, 250_000, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = plan_of("mika", "delete", "web", uuid="1")
PLAN = PLAN.model_copy(update={"digest": plan_digest(PLAN)})
#: Quotes, half of a surrogate pair escaped, and signs that would end a C string or a statement.
STRANGE = "家 ' \" \\ ; -- %s :x \t\n\x1b[31m"


def approval(number: int, **more: object) -> Approval:
    later = datetime.now(UTC) + HOUR
    said = Approval(
        id=f"a-{number}", plan=PLAN.id, digest=PLAN.digest, owner="mika", by="jun", kind="cli",
        door="cli", verdict="approved", note=STRANGE, created=NOW, expires=later,
    )  # fmt: skip
    return said._replace(**more)  # type: ignore[arg-type]


def test_an_approval_is_used_once(database: Database) -> None:
    store, one = ApprovalStore(database), approval(1)
    store.add(one)
    assert store.of(PLAN) == [one]
    assert store.of(PLAN.model_copy(update={"digest": "other"})) == []
    assert store.of(PLAN.model_copy(update={"owner": "jun"})) == []
    assert store.use(one, "r-1")
    assert not store.use(one, "r-2")
    assert store.of(PLAN) == [one._replace(used="r-1")]


@pytest.mark.parametrize("why", ["expired", "rejected", "another rejected it", "unknown"])
def test_an_approval_that_does_not_count(database: Database, why: str) -> None:
    store, one = ApprovalStore(database), approval(1)
    if why == "expired":
        one = one._replace(expires=NOW)
    if why == "rejected":
        one = one._replace(verdict="rejected")
    if why == "another rejected it":
        store.add(approval(2, verdict="rejected"))
    if why != "unknown":
        store.add(one)
    assert not store.use(one, "r-1")


def test_a_verdict_is_one_of_two(database: Database) -> None:
    from fuyajo.domain.errors import Unavailable

    with pytest.raises(Unavailable, match="verdict"):
        ApprovalStore(database).add(approval(1, verdict="perhaps"))
    assert ApprovalStore(database).of(PLAN) == []


def held(run: str, name: str, owner: str = "mika") -> Held:
    return Held(run, "jun", owner, URI, Claim(name, 1, 2, 1024, 10, 1024, 10, 1, 3))


def take(store: ClaimStore, run: str, *mine: Held, over: frozenset[str] = frozenset()) -> list[str]:
    """Runs whose claims the judge saw."""
    seen: list[Held] = []

    def judge(others: list[Held]) -> Judgement[Problem]:
        seen.extend(others)
        return Judgement(over=over, mine=mine)

    assert store.take(run, judge) == ()
    return sorted({one.run for one in seen})


def test_claims_are_judged_by_all_the_others(database: Database) -> None:
    store = ClaimStore(database)
    assert take(store, "r-1", held("r-1", "web"), held("r-1", "db")) == []
    assert take(store, "r-2", held("r-2", "web", "jun")) == ["r-1"]
    assert store.open("mika") == [held("r-1", "db"), held("r-1", "web")]
    assert len(store.open()) == 3
    assert take(store, "r-3", held("r-3", "box"), over=frozenset({"r-1"})) == ["r-1", "r-2"]
    assert store.open("mika") == [held("r-3", "box")]
    store.give_back("r-3")
    store.give_back("r-3")
    assert store.open("mika") == []


def test_a_claim_with_a_problem_leaves_nothing(database: Database) -> None:
    store, problem = ClaimStore(database), Problem("", "unauthorized")
    said = store.take("r-1", lambda _: Judgement(mine=(held("r-1", "web"),), problems=(problem,)))
    assert said == (problem,)
    assert store.open() == []


def test_a_judge_that_fails_leaves_nothing(database: Database) -> None:
    store = ClaimStore(database)
    take(store, "r-1", held("r-1", "web"))

    def fail(_: list[Held]) -> Judgement[Problem]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.take("r-2", fail)
    assert take(store, "r-3", held("r-3", "db")) == ["r-1"], "nobody holds the lock"


def test_an_account_moves_on_with_every_claim(database: Database) -> None:
    store = ClaimStore(database)
    for number in range(3):
        take(store, f"r-{number}", held(f"r-{number}", "web"))
    take(store, "r-9", held("r-9", "web", "jun"))
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT owner, generation FROM accounts ORDER BY owner")
        assert rows.all() == [("jun", 1), ("mika", 3)]


def test_a_baseline_is_the_last_one(database: Database) -> None:
    store = BaselineStore(database)
    fields = {"cpus": 2, "title": STRANGE, "autostart": True, "cdrom": None}
    one = Baseline("1", "mika", "web", "r-1", NOW.isoformat(), "running", fields, {"cpus": 1})
    other = Baseline("2", "jun", "web", None, NOW.isoformat(), "stopped", {})
    store.note([one, other])
    store.note([newer := Baseline("1", "mika", "web2", None, NOW.isoformat(), "stopped", {})])
    assert store.of("mika") == {"1": newer}
    store.drop(["1", "9"])
    assert (store.of("mika"), store.of("jun")) == ({}, {"2": other})


def test_people(database: Database) -> None:
    store = PeopleStore(database)
    mika, jun = User("mika", True, NOW, "$argon2id$x"), User("jun", False, NOW)
    assert not store.any()
    assert store.add(mika) and store.add(jun)
    assert not store.add(mika._replace(admin=False)), "a name is given once"
    assert store.any()
    assert (store.users(), store.user("mika"), store.user("ken")) == ([jun, mika], mika, None)
    assert store.change("jun", disabled=1, password="y")
    assert not store.change("ken", disabled=1)
    assert store.user("jun") == jun._replace(disabled=True, password="y")


def token(number: int, user: str = "mika", expires: datetime | None = None) -> Token:
    scopes = frozenset({"read", "plan"})
    return Token(f"t-{number}", user, STRANGE, f"digest-{number}", scopes, NOW, expires)  # type: ignore[arg-type]


def test_tokens(database: Database) -> None:
    from fuyajo.domain.errors import Unavailable

    store = PeopleStore(database)
    for one in (token(1), token(2, expires=NOW + HOUR), token(3, "jun"), token(4, "jun", NOW)):
        store.give(one)
    with pytest.raises(Unavailable, match=r"(?i)unique"):
        store.give(token(5)._replace(digest="digest-1"))
    assert store.token("digest-2") == token(2, expires=NOW + HOUR)
    assert store.token("digest-5") is None
    store.used(["t-1", "t-9"], NOW)
    assert store.tokens("mika")[0] == token(1)._replace(used=NOW)
    store.drop_expired("mika", NOW + HOUR)
    assert [one.id for one in store.tokens("mika")] == ["t-1", "t-2"], "at its end it is not over"
    store.drop_expired("mika", NOW + 2 * HOUR)
    assert not store.take_back("jun", "t-1"), "somebody else's"
    assert store.take_back("mika", "t-1")
    assert store.tokens("mika") == []
    store.take_back_all("jun")
    assert store.tokens("jun") == []


def test_a_call_is_answered_once(database: Database) -> None:
    store, call = CallStore(database), Call("mika", "k", "digest", NOW)
    kept, stale = timedelta(days=1), timedelta(minutes=1)
    assert store.begin(call, kept, stale) is None
    again = call._replace(created=NOW + timedelta(seconds=1))
    assert store.begin(again, kept, stale) == call, "it goes on"
    store.answer(again, 201, "no")  # not the one that began
    assert store.begin(again, kept, stale) == call
    store.answer(call, 201, STRANGE)
    assert store.begin(again, kept, stale) == call._replace(status=201, answer=STRANGE)
    assert store.begin(call._replace(user="jun"), kept, stale) is None
    later = call._replace(created=NOW + 2 * kept)
    assert store.begin(later, kept, stale) is None, "it is forgotten"
    assert store.begin(later._replace(created=later.created + 2 * stale), kept, stale) is None
    store.forget(later)


def schedule(number: int, owner: str = "mika", minutes: int = 0) -> Schedule:
    due = NOW + timedelta(minutes=minutes)
    return Schedule(f"s-{number}", owner, STRANGE, "0 3 * * *", "Asia/Tokyo", "vms: []", due, NOW)


def test_of_many_workers_one_takes_each_time(database: Database) -> None:
    store = ScheduleStore(database)
    one, later = schedule(1), schedule(2, minutes=1)
    assert store.add(later, 2) and store.add(one, 2)
    assert not store.add(schedule(3), 2)
    assert store.add(schedule(3, "jun", 5), 2)
    assert store.due(NOW) == [one]
    assert store.take(one, NOW + HOUR)
    assert not store.take(one, NOW + HOUR)
    taken = one._replace(next=NOW + HOUR, last=NOW)
    outcome = Outcome("failed", "p-1", None, (Problem("vms[0]", "plan_expired", {"value": "x"}),))
    store.tell(one, outcome)
    assert store.get("s-1") == taken._replace(outcome=outcome)
    assert store.of("mika") == [later, taken._replace(outcome=outcome)]
    assert store.get("s-9") is None


def test_a_schedule_that_is_switched_off(database: Database) -> None:
    store, one = ScheduleStore(database), schedule(1)
    store.add(one, 9)
    assert not store.disable("jun", "s-1")
    assert store.disable("mika", "s-1")
    assert store.due(NOW) == []
    assert not store.take(one, NOW + HOUR)
    assert store.enable("mika", "s-1", NOW + HOUR)
    assert store.due(NOW + HOUR) == [one._replace(next=NOW + HOUR)]
    assert not store.remove("jun", "s-1")
    assert store.remove("mika", "s-1")
    assert store.of("mika") == []
