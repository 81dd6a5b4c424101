"""The documents say what is true: commands exist, links lead somewhere, harmless examples run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from fuyajo.cli.main import cli, run
from fuyajo.domain.jobs import STATES, diagram
from tests import shape

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/conversations.md",
    "docs/drift.md",
    "docs/gate.md",
    "docs/hosts.md",
    "docs/jobs.md",
    "docs/mcp.md",
    "docs/planners.md",
    "docs/plans.md",
    "docs/policy.md",
    "docs/rules-planner.md",
    "docs/service.md",
    "docs/suggestions.md",
    "docs/trust.md",
    "docs/undo.md",
]
HARMLESS = {"fuyajo --help", "fuyajo template list", "fuyajo schema"}


def page(name: str) -> str:
    return (shape.ROOT / name).read_text(encoding="utf-8")


TYPED = sorted({command for name in PAGES for command in shape.typed_commands(page(name))})
PROGRAM = [command for command in TYPED if command.startswith("fuyajo ")]
TARGETS = [command for command in TYPED if command.startswith("make ")]


def unknown_word(command: str) -> str | None:
    """The first word of a `fuyajo …` line that names no command or option, if there is one."""
    group: click.Command = cli
    context = click.Context(cli)
    words = iter(shlex.split(command)[1:])
    for word in words:
        if word.startswith("-"):
            options = {flag: p for p in group.get_params(context) for flag in p.opts}
            if word not in options.keys() | {"--help", "-h", "-"}:
                return word
            found_option = options.get(word)
            if isinstance(found_option, click.Option) and not found_option.is_flag:
                next(words, None)  # its value
        elif isinstance(group, click.Group):
            found = group.get_command(context, word)
            if found is None:
                return word
            group, context = found, click.Context(found, parent=context)
    return None


def test_there_is_something_to_check() -> None:
    assert set(PROGRAM) >= HARMLESS
    assert TARGETS


@pytest.mark.parametrize("command", PROGRAM)
def test_documented_commands_exist(command: str) -> None:
    assert unknown_word(command) is None


@pytest.mark.parametrize("command", ["fuyajo fly", "fuyajo vm fly", "fuyajo vm list --fly"])
def test_a_command_that_does_not_exist_is_noticed(command: str) -> None:
    assert unknown_word(command) in ("fly", "--fly")


@pytest.mark.parametrize("command", TARGETS)
def test_documented_targets_exist(command: str) -> None:
    assert re.search(rf"^{command.split()[1]}:", page("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("command", sorted(HARMLESS))
def test_harmless_examples_run(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FUYAJO_HOME", str(tmp_path))
    assert run(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out


def test_the_states_of_a_run_are_the_ones_of_the_table() -> None:
    assert f"```mermaid\n{diagram()}\n```" in page("docs/jobs.md")
    told = set(re.findall(r"`([a-z]+)`", page("docs/jobs.md").partition("| State |")[2]))
    assert set(STATES) <= told


@pytest.mark.parametrize("name", PAGES)
def test_links_and_files_lead_somewhere(name: str) -> None:
    place = (shape.ROOT / name).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page(name))
    assert [link for link in links if not (place / link).exists()] == []


def test_files_that_are_named_exist() -> None:
    named = re.findall(
        r"`((?:fuyajo|scripts|playbooks|examples|tests)/[\w./]+)`", page("docs/architecture.md")
    )
    assert named
    assert [name for name in named if not (shape.ROOT / name).exists()] == []
