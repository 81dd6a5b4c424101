"""Whole families of wishes and of talk: what they plan, one line each, and what never plans anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.domain.context import VmBrief
from tests.support.rules import answer
from tests.support.wishes import lang_of, result_of

HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    told = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [line.replace("\\n", "\n") for line in told]


def vms_of(line: str) -> tuple[VmBrief, ...]:
    parts = [part.split(":") for part in line.strip("[]").split()]
    return tuple(
        VmBrief(name, state, kind, 1, 1024, 10, created=f"2026-01-{i:02}T00:00:00Z")
        for i, (name, state, kind) in enumerate(parts, 1)
    )


def families() -> Iterator[tuple[tuple[VmBrief, ...], str, str]]:
    vms: tuple[VmBrief, ...] = ()
    for line in lines("rules_families.txt"):
        if line.startswith("["):
            vms = vms_of(line)
        else:
            wish, _, result = line.partition(" → ")
            yield vms, wish, result


FAMILIES = list(families())
TALK = lines("rules_restraint.txt")
OWN = vms_of("[web:running:web-server db:stopped:basic-server mail:running:basic-server]")


@pytest.mark.parametrize(("vms", "wish", "result"), FAMILIES, ids=[w for _, w, _ in FAMILIES])
def test_family(vms: tuple[VmBrief, ...], wish: str, result: str) -> None:
    reply = answer(wish, lang_of(wish), vms).reply
    assert result_of(reply, lang_of(wish)) == result, reply.message


@pytest.mark.parametrize("talk", TALK)
def test_talk_plans_nothing(talk: str) -> None:
    assert answer(talk, lang_of(talk), OWN).reply.type == "chat"
