"""An inventory read as data: what it says, and every problem with its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.hosts import MOST, Hypervisor, read_inventory

EXAMPLE = Path(__file__).parents[3] / "inventory" / "examples" / "several.yml"


def read(**hosts: dict[str, Any]) -> tuple[tuple[Hypervisor, ...], list[tuple[str, str]]]:
    found, problems = read_inventory({"hypervisors": {"hosts": hosts}})
    for problem in problems:
        assert problem.message("en") and problem.message("ja")
        assert problem.hint("en") and problem.hint("ja")
    return found, [(p.path, p.code) for p in problems]


def test_the_example_is_what_it_says() -> None:
    found, problems = read_inventory(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))
    assert problems == []
    kvm1, kvm2, kvm3 = found
    assert kvm1.labels == {"ssd", "rack-a"}
    assert (kvm1.uri, kvm1.local_uri) == ("qemu+ssh://kvm1.example.org/system", "qemu:///system")
    assert (kvm2.weight, kvm3.drain, kvm1.drain) == (0.5, True, False)
    assert {one.pool_path for one in found} == {"/var/lib/libvirt/images/fuyajo"}


def test_what_is_nearer_wins_and_what_is_not_ours_is_not_looked_at() -> None:
    found, problems = read_inventory(
        {
            "all": {
                "vars": {"fuyajo_pool": "far", "ansible_user": "{{ lookup('env', 'X') }}"},
                "hosts": {"kvm1": {"fuyajo_labels": ["own"]}, "web": {"fuyajo_uri": "x"}},
                "children": {
                    "hypervisors": {
                        "vars": {"fuyajo_pool": "near"},
                        "children": {"rack": {"hosts": {"kvm1": {"fuyajo_uri": "qemu:///system"}}}},
                    }
                },
            }
        }
    )
    assert problems == []
    assert found == (Hypervisor("kvm1", "qemu:///system", pool="near", labels=frozenset({"own"})),)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("fuyajo_uri", "{{ secret }}", "jinja"),
        ("fuyajo_uri", "qemu+ssh://a/system\x1b[2J", "control"),
        ("fuyajo_uri", "kvm1", "host_uri"),
        ("fuyajo_uri", "qemu+tcp://root:hunter2@a/system", "host_uri"),
        ("fuyajo_uri", 5, "wrong_type"),
        ("fuyajo_local_uri", "-c evil", "host_uri"),
        ("fuyajo_pool", "../x", "host_pool"),
        ("fuyajo_pool_path", "images", "host_pool_path"),
        ("fuyajo_pool_path", "/a/../etc", "host_pool_path"),
        ("fuyajo_labels", "ssd", "wrong_type"),
        ("fuyajo_weight", True, "host_weight"),
        ("fuyajo_weight", float("nan"), "host_weight"),
        ("fuyajo_weight", -1, "host_weight"),
        ("fuyajo_drain", "yes", "wrong_type"),
        ("fuyajo_color", "red", "unknown_key"),
    ],
)
def test_every_wrong_value_is_told_where_it_stands(key: str, value: object, code: str) -> None:
    said = {"fuyajo_uri": "qemu:///system", key: value}
    assert (f"hypervisors.hosts.kvm1.{key}", code) in read(kvm1=said)[1]


def test_all_problems_at_once() -> None:
    problems = read(**{"kvm[1:3]": {}, "kvm2": {"fuyajo_labels": ["ok", "{{ x }}"]}})[1]
    assert set(problems) == {
        ("hypervisors.hosts.kvm[1:3]", "host_name"),
        ("hypervisors.hosts.kvm[1:3]", "missing"),
        ("hypervisors.hosts.kvm2", "missing"),
        ("hypervisors.hosts.kvm2.fuyajo_labels[1]", "host_name"),
    }


def test_two_names_for_one_libvirt() -> None:
    same = {"fuyajo_uri": "qemu:///system"}
    assert read(kvm1=same, kvm2=same)[1] == [("hypervisors.kvm2", "host_uri_twice")]


def test_a_wrong_variable_of_a_group_is_wrong_once() -> None:
    hosts = {f"kvm{i}": {"fuyajo_uri": f"qemu+ssh://kvm{i}/system"} for i in range(9)}
    group = {"vars": {"fuyajo_weight": "much"}, "hosts": hosts}
    assert len(read_inventory({"hypervisors": group})[1]) == 1


def test_none_and_too_many() -> None:
    assert [p.code for p in read_inventory({"web": {"hosts": {"a": {}}}})[1]] == ["inventory_empty"]
    many = {f"kvm{i}": {"fuyajo_uri": f"qemu+ssh://kvm{i}/system"} for i in range(MOST + 1)}
    assert [code for _, code in read(**many)[1]] == ["inventory_many"]


KEYS = st.sampled_from(
    ["hypervisors", "hosts", "vars", "children", "kvm1", "fuyajo_uri", "fuyajo_labels"]
) | st.text(max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_nothing_of_any_shape_breaks_it(data: object) -> None:
    found, problems = read_inventory(data)
    assert problems or all(one.uri for one in found)
