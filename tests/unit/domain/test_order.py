"""`after`: what comes first comes first, stable, and every circle is found and shown."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.order import Place, circles, places
from fuyajo.domain.parse import parse_config
from fuyajo.domain.spec import VmSpec, normalise


def vms(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"vms": [{"name": f"vm{i}", **entry} for i, entry in enumerate(entries)]}


def problems(data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        parse_config(data)
    return [(p.path, p.message()) for p in caught.value.problems]


def order(data: dict[str, Any]) -> dict[str, Place]:
    return places(normalise(parse_config(data)).vms)


def test_without_after_all_start_together() -> None:
    assert set(order(vms({}, {}, {"state": "stopped"})).values()) == {Place(0, 0)}


def test_a_wave_for_what_is_configured_a_round_for_what_answers() -> None:
    found = order(
        vms(
            {"after": ["vm1", "vm3"]},
            {"after": ["vm2"]},
            {"ready": "running"},
            {},
        )
    )
    assert found == {
        "vm0": Place(1, 0),
        "vm1": Place(0, 1),
        "vm2": Place(0, 0),
        "vm3": Place(0, 0),
    }


def test_all_of_a_count_or_one_of_them() -> None:
    data = {
        "vms": [
            {"name": "db", "count": 2},
            {"name": "web", "after": ["db"]},
            {"name": "job", "after": ["db-2"]},
        ]
    }
    spec = normalise(parse_config(data))
    assert [vm.after for vm in spec.vms] == [(), (), ("db-1", "db-2"), ("db-2",)]


def test_every_problem_with_its_path() -> None:
    data = vms(
        {"after": ["nobody", "vm0"]},
        {"after": ["vm2"]},
        {"after": ["vm3"]},
        {"after": ["vm1"]},
        {"after": ["vm5"]},
        {"state": "stopped"},
    )
    assert problems(data) == [
        ("vms[0].after[0]", "there is no VM nobody in this request to come after"),
        ("vms[0].after[1]", "vm0 cannot come after itself"),
        ("vms[4].after[0]", "vm5 never comes up: its state is to be stopped"),
        ("vms[1].after", "these wait for each other: vm1 → vm2 → vm3 → vm1"),
    ]


NAMES = [f"v{i}" for i in range(8)]
EDGES = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), unique=True, max_size=4)
).map(lambda found: {name: found.get(name, []) for name in NAMES})
READY = st.lists(st.sampled_from(["running", "configured"]), min_size=8, max_size=8)


@given(EDGES, READY)
def test_places_are_topological_and_circles_complete(
    edges: dict[str, list[str]], ready: list[Any]
) -> None:
    spec = [
        VmSpec(name=name, template="basic-server", after=tuple(edges[name]), ready=how)
        for name, how in zip(NAMES, ready, strict=True)
    ]
    found = circles(edges)
    for way in found:
        assert way[0] == way[-1]
        assert all(b in edges[a] for a, b in pairwise(way))
    if found:
        with pytest.raises(ValueError, match="circle"):
            places(spec)
        return
    at = places(spec)
    assert list(at) == NAMES
    for vm in spec:
        for other in vm.after:
            first, then = at[other], at[vm.name]
            configured = next(v for v in spec if v.name == other).ready == "configured"
            assert then.wave > first.wave if configured else then > first
    # No later than it has to be: everyone behind the front waits for somebody just before.
    for vm in spec:
        place = at[vm.name]
        before = [(at[o], next(v for v in spec if v.name == o).ready) for o in vm.after]
        assert place == Place() or any(
            place == (Place(p.wave + 1) if how == "configured" else Place(p.wave, p.round + 1))
            for p, how in before
        )


@given(st.text(max_size=20), st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none())))
def test_whatever_is_written_there_is_a_problem_or_an_order(name: str, after: list[Any]) -> None:
    try:
        config = parse_config({"vms": [{"name": name, "after": after}, {"name": "b"}]})
    except InvalidInput as error:
        assert error.problems
    else:
        places(normalise(config).vms)
