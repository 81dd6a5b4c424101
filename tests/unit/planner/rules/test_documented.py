"""docs/rules-planner.md is run: every example gives what stands beside it, every word means what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.domain.request import OperationRequest, Reply, Selector, VmRequest
from fuyajo.planner.backends.rules import words_en, words_ja
from fuyajo.planner.backends.rules.texts import TABLES
from tests import shape
from tests.support.rules import answer, plan

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


def lang_of(text: str) -> str:
    return "en" if text.isascii() else "ja"


def turns_of(before: str) -> tuple[Turn, ...]:
    """The turn as the service would keep it."""
    if not before:
        return ()
    made = tuple(re.findall(r"called (\S+)", before))
    own = tuple(vm for vm in VMS if vm.name not in made)
    reply = answer(before, "en", own).reply
    touched = tuple(str(o.vm) for o in reply.config.operations) if reply.config else ()
    return (Turn(before, reply.message, made=made, touched=touched),)


def selector(select: Selector) -> str:
    words = [select.which, *select.names]
    words += [str(select.count)] if select.count > 1 else []
    words += [word for word in (select.template, select.state) if word]
    words += ["without", *select.without] if select.without else []
    return " ".join(words)


def created(vm: VmRequest) -> str:
    words = ["create"]
    words.append(f"like {selector(vm.like)}" if vm.like else vm.template)
    words += [vm.name] if vm.name else []
    words += [f"count={vm.count}"] if vm.count > 1 else []
    sizes = (("cpus", vm.cpus), ("memory", vm.memory), ("disk", vm.disk))
    words += [f"{key}={value}" for key, value in sizes if value is not None]
    words += [f'{key}="{value}"' for key, value in vm.vars.items()]
    return " ".join([*words, *(["off"] if vm.state == "stopped" else [])])


def operated(operation: OperationRequest) -> str:
    words = [operation.op, operation.vm or selector(operation.select or Selector(which="all"))]
    words += [operation.snapshot] if operation.snapshot else []
    sizes = (("cpus", operation.cpus), ("memory", operation.memory), ("disk", operation.disk))
    return " ".join([*words, *(f"{key}={value}" for key, value in sizes if value is not None)])


def result_of(reply: Reply, lang: str) -> str:
    if reply.config is not None:
        parts = [created(vm) for vm in reply.config.vms]
        return "; ".join(parts + [operated(o) for o in reply.config.operations])
    table = TABLES[lang]  # type: ignore[index]
    whole = {
        key: text for key, text in table.items() if not re.match(r"plan|example|row|and$", key)
    }
    fits = [key for key, text in whole.items() if _is(text, reply.message)]
    return f"asks {max(fits, key=lambda key: len(table[key]), default='?')}"


def _is(template: str, message: str) -> bool:
    pattern = re.sub(r"\\\{[a-z]+\\\}", ".*", re.escape(template))
    return re.fullmatch(pattern, message, re.DOTALL) is not None


def test_the_page_has_vms_and_examples() -> None:
    assert [vm.name for vm in VMS] == ["web", "db", "mail", "shop"]
    assert len(EXAMPLES) > 80
    assert sum(not wish.isascii() for _, wish, _ in EXAMPLES) > 20


@pytest.mark.parametrize(("before", "wish", "result"), EXAMPLES, ids=[w for _, w, _ in EXAMPLES])
def test_example(before: str, wish: str, result: str) -> None:
    lang = lang_of(wish)
    reply = plan(wish, lang, VMS, turns_of(before))  # type: ignore[arg-type]
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
