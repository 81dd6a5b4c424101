"""docs/rules-planner.md is run: every example gives what stands beside it, every word means what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.planner.backends.rules import words_en, words_ja
from tests import shape
from tests.support.rules import answer, plan
from tests.support.wishes import lang_of, result_of

PAGE = (shape.ROOT / "docs" / "rules-planner.md").read_text(encoding="utf-8")


def own_vms() -> tuple[VmBrief, ...]:
    """The table of VMs at the top of the page, each made a day after the one before."""
    rows = re.findall(
        r"^\| ([a-z]+) \| (\S+) \| (running|stopped) \| (\d+) CPUs?, (\d+) GiB, (\d+) GiB \|$",
        PAGE,
        re.MULTILINE,
    )
    return tuple(
        VmBrief(name, state, kind, int(cpus), int(memory) * 1024, int(disk), created=day(i))
        for i, (name, kind, state, cpus, memory, disk) in enumerate(rows)
    )


def day(i: int) -> str:
    return f"2026-01-{i + 1:02}T00:00:00Z"


VMS = own_vms()


def examples() -> Iterator[tuple[str, str, str]]:
    """(what was said before, the wish, its result)."""
    for block in re.findall(r"^```wishes\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        before = ""
        for line in block.splitlines():
            if line.startswith("before: "):
                before = line.removeprefix("before: ")
            elif line:
                wish, _, result = line.partition(" → ")
                yield before, wish, result


EXAMPLES = list(examples())


def turns_of(before: str) -> tuple[Turn, ...]:
    """The turn as the service would keep it."""
    if not before:
        return ()
    made = tuple(re.findall(r"called (\S+)", before))
    own = tuple(vm for vm in VMS if vm.name not in made)
    reply = answer(before, "en", own).reply
    touched = tuple(str(o.vm) for o in reply.config.operations) if reply.config else ()
    return (Turn(before, reply.message, made=made, touched=touched),)


def test_the_page_has_vms_and_examples() -> None:
    assert [vm.name for vm in VMS] == ["web", "db", "mail", "shop"]
    assert len(EXAMPLES) > 80
    assert sum(not wish.isascii() for _, wish, _ in EXAMPLES) > 20


@pytest.mark.parametrize(("before", "wish", "result"), EXAMPLES, ids=[w for _, w, _ in EXAMPLES])
def test_example(before: str, wish: str, result: str) -> None:
    lang = lang_of(wish)
    reply = plan(wish, lang, VMS, turns_of(before))
    assert result_of(reply, lang) == result, reply.message


WORDS = [
    (kind, lang, word.strip())
    for kind, english, japanese in re.findall(
        r"^\| ([A-Z]+(?: [a-z0-9]+)?) \| (.*?) ?\| (.*?) ?\|$", PAGE, re.MULTILINE
    )
    for lang, words in (("en", english), ("ja", japanese))
    for word in words.split(",")
    if word.strip()
]


@pytest.mark.parametrize(("meaning", "lang", "word"), WORDS)
def test_word(meaning: str, lang: str, word: str) -> None:
    found = words_en.PHRASES[tuple(word.split())] if lang == "en" else words_ja.PHRASES[word]
    assert f"{found[0].name} {found[1]}".strip() == meaning
