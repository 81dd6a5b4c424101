"""Every option of every module of the collection is used by some test of it, by its own name."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from tests.support.collection import REPOSITORY, SOURCE

MODULES = sorted(
    p.stem for p in (SOURCE / "plugins" / "modules").glob("*.py") if p.stem != "__init__"
)


class _Caught(Exception):
    pass


def spec_of(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The argument spec that a module hands to Ansible."""
    module = importlib.import_module(f"ansible_collections.fuyajo.libvirt.plugins.modules.{name}")
    caught: list[dict[str, Any]] = []

    def catch(argument_spec: dict[str, Any], **_: Any) -> None:
        caught.append(argument_spec)
        raise _Caught

    monkeypatch.setattr(module, "AnsibleModule", catch)
    with pytest.raises(_Caught):
        module.main()
    return caught[0]


def names(spec: Mapping[str, Any]) -> Iterator[str]:
    """Names of options, those below them included."""
    for name, option in spec.items():
        yield name
        yield from names(option.get("options") or {})


@cache
def sources() -> str:
    """Everything that tests of the collection say, in Python and in YAML."""
    places = [SOURCE / "tests", SOURCE / "extensions", REPOSITORY / "tests" / "integration"]
    paths = [p for place in places for kind in ("*.py", "*.yml") for p in place.rglob(kind)]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def is_used(option: str) -> bool:
    """As a key of a dictionary, a keyword of a call, or a key of YAML; being named is not enough."""
    return (
        re.search(rf"""(?<![\w-])["']?{re.escape(option)}["']?\s*(:|=(?!=))""", sources())
        is not None
    )


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_used_by_a_test(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unused = sorted({name for name in names(spec_of(module, monkeypatch)) if not is_used(name)})
    assert not unused, f"no test uses these options of {module}: {unused}"


def test_the_rule_can_fail() -> None:
    assert not is_used("an_option_" + "that_nobody_tests")
