"""Shares and objects: what is written with SQLAlchemy is read without it, and whose a UUID is stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuyajo.domain.access import Share, Shares, combined, grantee, grantee_shown, right
from fuyajo.domain.errors import Unavailable
from fuyajo.service.granted import given
from fuyajo.store.database import Database
from fuyajo.store.objects import ObjectStore, Owned
from fuyajo.store.shared import every_share, shared_with
from tests.support.claims import actor_at, home_with_database, machine_of
from tests.support.places import Place


def never() -> tuple[str, ...]:
    raise AssertionError("nobody has to know the groups")


def test_no_file_and_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "fuyajo.db"
    assert every_share(path) == []
    assert not path.exists()
    path.touch()
    assert every_share(path) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "fuyajo.db"
    path.write_text("this is no database at all, " * 50)
    with pytest.raises(Unavailable):
        every_share(path)


def test_users_and_groups(place: Place) -> None:
    actor = place.actor("noriko")
    store = actor.shares
    store.put("1", "noriko", "user:mika", "read")
    assert shared_with(given(actor), "mika", never) == [Share("1", "noriko", "read")]
    store.put("1", "noriko", "group:staff", "operate")
    store.put("2", "noriko", "group:wheel", "operate")
    found = shared_with(given(actor), "mika", lambda: ["staff"])
    assert combined(found) == {"1": Share("1", "noriko", "operate")}
    assert shared_with(given(actor), "staff", list) == []
    assert sorted(store.every()) == sorted(given(actor))
    assert not store.take_back("1", "ken", "user:mika")
    assert store.take_back("1", "noriko", "user:mika")
    assert not store.take_back("1", "noriko", "user:mika")
    store.forget(["1", "2"])
    assert given(actor) == []


def test_a_share_is_for_one_user_and_of_one_owner() -> None:
    machine = machine_of("noriko", "web")
    shares = Shares("mika", {machine.uuid: Share(machine.uuid, "noriko", "operate")})
    assert right(machine, "mika", shares) == "operate"
    assert right(machine, "ken", shares) == "none"
    assert right(machine, "noriko", shares) == "own"
    assert right(machine_of("ken", "web"), "mika", shares) == "none"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("mika", "user:mika"), ("@staff", "group:staff"), ("@", None), ("a b", None), ("", None)],
)
def test_how_somebody_is_named(typed: str, kept: str | None) -> None:
    assert grantee(typed) == kept
    assert kept is None or grantee_shown(kept) == typed


def test_a_home_with_a_strange_name(tmp_path: Path) -> None:
    actor = actor_at(home_with_database(tmp_path / "a home? #1 家"), "noriko")
    actor.shares.put("1", "noriko", "user:mika", "read")
    assert [row.uuid for row in given(actor)] == ["1"]


def test_whose_a_machine_is_stays_unless_a_person_says_so(database: Database) -> None:
    store = ObjectStore(database)
    first = Owned("1", "qemu:///system", "web", "noriko", "there")
    store.note([first])
    store.note([first._replace(owner="mika", state="gone")])
    assert store.find(["1"]) == {"1": first}
    store.note([first._replace(state="gone")])
    assert store.find(["1"])["1"].state == "gone"
    store.note([first._replace(owner="mika")], reassign=True)
    assert store.named("qemu:///system", "web") == [first._replace(owner="mika")]
