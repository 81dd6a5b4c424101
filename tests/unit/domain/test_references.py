"""What "the one I just made", "it" and "all but" mean, and when they are asked about instead."""

from __future__ import annotations

from typing import Any

import pytest

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.domain.parse import parse_config
from fuyajo.domain.references import Known, Unclear, resolve


def vm(name: str, minute: int | None, template: str = "web-server", **more: Any) -> VmBrief:
    created = None if minute is None else f"2026-11-22T10:{minute:02}:00Z"
    values = {"state": "running", "cpus": 1, "memory_mib": 1024, "disk_gib": 10, **more}
    return VmBrief(name, template=template, uuid=f"u-{name}", created=created, **values)


SHOP = (vm("shop-1", 1), vm("shop-2", 1), vm("shop-3", 1), vm("db", 5, "basic-server"))
OWN = (*SHOP, vm("blog", 9, state="stopped"))


def names(select: dict[str, Any], turns: tuple[Turn, ...] = (), own: Any = OWN) -> list[str]:
    config = parse_config({"operations": [{"op": "stop", "select": select}]})
    plain, references = resolve(config, Known(own, turns))
    assert [vm.name for vm in references[0].vms] == [o.vm for o in plain.operations]
    assert [vm.uuid for vm in references[0].vms] == [f"u-{o.vm}" for o in plain.operations]
    return [str(operation.vm) for operation in plain.operations]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ({"which": "last_created"}, ["blog"]),
        ({"which": "last_created", "count": 2}, ["db", "blog"]),
        ({"which": "last_created", "template": "basic-server"}, ["db"]),
        ({"which": "last_created", "count": 3, "without": ["blog", "db"]}, list("123")),
        ({"which": "all"}, ["shop-1", "shop-2", "shop-3", "db", "blog"]),
        ({"which": "all", "template": "web-server", "without": ["shop-2"]}, ["1", "3", "blog"]),
        ({"which": "all", "state": "stopped"}, ["blog"]),
        ({"which": "only", "state": "stopped"}, ["blog"]),
        ({"which": "only", "template": "web-server", "count": 4}, ["1", "2", "3", "blog"]),
        ({"which": "named", "names": ["db", "blog", "db"]}, ["db", "blog"]),
    ],
)
def test_by_the_records(select: dict[str, Any], expected: list[str]) -> None:
    assert names(select) == [f"shop-{n}" if n.isdigit() else n for n in expected]


TURNS = (
    Turn("make three shops", made=("shop-1", "shop-2", "shop-3")),
    Turn("and stop db", touched=("db",)),
    Turn("hello"),
)


def test_by_the_conversation() -> None:
    assert names({"which": "last_mentioned"}, TURNS) == ["db"]
    assert names({"which": "them"}, TURNS[:1]) == ["shop-1", "shop-2", "shop-3"]
    assert names({"which": "last_mentioned", "count": 3}, TURNS[:1])[-1] == "shop-3"
    assert names({"which": "last_mentioned"}, (Turn("x", touched=("gone", "db")),)) == ["db"]


@pytest.mark.parametrize(
    ("select", "code", "listed"),
    [
        ({"which": "last_mentioned"}, "reference_none", "shop-1, shop-2, shop-3, db, blog"),
        (
            {"which": "last_created", "template": "web-server", "count": 2},
            "reference_many",
            "shop-",
        ),
        ({"which": "last_created", "count": 9}, "reference_few", "blog"),
        ({"which": "all", "template": "basic-server", "state": "stopped"}, "reference_none", "db"),
        ({"which": "named", "names": ["nope"]}, "unknown_vm", "blog"),
        ({"which": "only", "template": "web-server"}, "reference_many", "shop-1, shop-2"),
        ({"which": "only", "count": 9}, "reference_few", "blog"),
        ({"which": "only", "without": ["db"], "template": "basic-server"}, "reference_none", "db"),
    ],
)
def test_what_is_not_certain_is_asked(select: dict[str, Any], code: str, listed: str) -> None:
    with pytest.raises(Unclear) as caught:
        names(select)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert listed in f"{problem.message()} {problem.hint()}"
    assert problem.message("ja") and problem.hint("ja")


def test_it_after_three_is_asked() -> None:
    with pytest.raises(Unclear, match="more than one"):
        names({"which": "last_mentioned"}, TURNS[:1])


def test_those_of_one_turn_belong_together_whenever_they_came() -> None:
    own = (vm("a", 1), vm("b", 3))
    assert names({"which": "last_created"}, own=own) == ["b"]
    with pytest.raises(Unclear, match="more than one"):
        names({"which": "last_created"}, (Turn("two", made=("a", "b")),), own)


def test_machines_without_an_age_are_asked_about() -> None:
    with pytest.raises(Unclear, match="more than one"):
        names({"which": "last_created"}, own=(vm("a", None), vm("b", None)))


def test_the_same_again_but() -> None:
    model = vm("big", 20, cpus=4, disk_gib=50)
    wish = {"vms": [{"like": {"which": "last_created"}, "memory": "8GB", "name": "more"}]}
    config, references = resolve(parse_config(wish), Known((*OWN, model)))
    (made,) = config.vms
    assert (made.name, made.template, made.cpus) == ("more", "web-server", 4)
    assert (made.memory, made.disk, made.like) == (8192, 50, None)
    assert references[0].path == "vms[0]"


def test_like_several_is_asked() -> None:
    wish = {"vms": [{"like": {"which": "all"}}]}
    with pytest.raises(Unclear, match="more than one"):
        resolve(parse_config(wish), Known(OWN))


def test_without_references_nothing_is_touched() -> None:
    config = parse_config({"template": "web-server"})
    assert resolve(config, Known(OWN)) == (config, ())


def test_nothing_is_meant_in_the_place_of_what_is_not_there() -> None:
    before = Turn("stop db", touched=("db",))
    planned = Turn("make a shop", unmade=("shop",))
    deleted = Turn("delete old", gone=("old",))
    for turns, which in (
        ((before, planned), "last_mentioned"),
        ((before, planned), "them"),
        ((before, planned), "last_created"),
        ((before, deleted), "last_mentioned"),
    ):
        with pytest.raises(Unclear) as caught:
            names({"which": which}, turns)
        assert "db" in str(caught.value.problems[0].params["known"])
    assert names({"which": "last_created"}, (before, deleted)) == ["blog"]
    assert names({"which": "last_mentioned"}, (planned, before)) == ["db"]
    assert names({"which": "last_created"}, (planned, Turn("x", made=("blog",)))) == ["blog"]
