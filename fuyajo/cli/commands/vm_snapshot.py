"""`fuyajo vm snapshot`: of one machine, of several, or of all that belong together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.snapshots import Chosen, Way, list_snapshots, machines_in, plan_snapshots


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  fuyajo vm snapshot create web db --name before-upgrade
  fuyajo vm snapshot list web
  fuyajo vm snapshot revert web --name before-upgrade
  fuyajo vm snapshot delete -f env.yml --name before-upgrade
""",
)
def command() -> None:
    """Snapshots of your machines: take them, list them, go back to them, delete them."""


def _choosing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Machines by name, in a request file, of an environment, with a tag."""
    for decorate in (
        click.option("--tag", metavar="TAG", help="All of your machines with this tag."),
        click.option(
            "--environment", metavar="NAME", help="All of your machines of this environment."
        ),
        click.option(
            "-f", "--file", metavar="FILE", help="Every machine that a request file names."
        ),
        click.argument("names", metavar="[VM]...", nargs=-1, shell_complete=complete.vms),
    ):
        function = decorate(function)
    return function


def _chosen(
    names: tuple[str, ...], file: str | None, environment: str | None, tag: str | None
) -> Chosen:
    if file is not None:
        from fuyajo.cli.source import read_text

        names = (*names, *machines_in(read_text(file), file.endswith(".json")))
    return Chosen(tuple(dict.fromkeys(names)), environment, tag)


@command.command(
    "list",
    epilog=examples("fuyajo vm snapshot list", "fuyajo vm snapshot list web --json"),
)
@_choosing
@common
def list_command(
    call: Call, names: tuple[str, ...], file: str | None, environment: str | None, tag: str | None
) -> int:
    """Show snapshots as a tree: what was taken on top of what, when, and which is the current one."""
    from fuyajo.views.machine import columns
    from fuyajo.views.snapshot import tree_json, tree_rows

    trees = call.ask(list_snapshots, _chosen(names, file, environment, tag))
    if call.as_json:
        say_json([tree_json(tree) for tree in trees])
    elif not any(tree.snapshots for tree in trees):
        say(text("ui.no_snapshots", call.lang))
    else:
        say(columns(tree_rows(trees, call.lang)))
        if any(one.current for tree in trees for one in tree.snapshots):
            note(text("ui.snapshot_now", call.lang))
    return Exit.DONE


def _way(way: Way, summary: str, named: str, *lines: str) -> click.Command:
    @click.command(way, help=summary, epilog=examples(*lines))
    @_choosing
    @click.option(
        "-n", "--name", "snapshot", metavar="SNAPSHOT", required=way == "delete", help=named
    )
    @click.option("-y", "--yes", is_flag=True, help="Do not ask.")
    @common
    def act(
        call: Call,
        names: tuple[str, ...],
        file: str | None,
        environment: str | None,
        tag: str | None,
        snapshot: str | None,
        yes: bool,
    ) -> int:
        from fuyajo.cli.carry_out import carry_out  # a look must not wait for what a run needs

        plan = call.ask(plan_snapshots, way, _chosen(names, file, environment, tag), snapshot)
        return carry_out(call, plan, check=False, yes=yes)

    return act


command.add_command(
    _way(
        "create",
        "Take a snapshot of each machine, with its memory where it runs.",
        "What it is called; default: the time.",
        "fuyajo vm snapshot create web",
        "fuyajo vm snapshot create --environment shop --name before-upgrade",
    )
)
command.add_command(
    _way(
        "revert",
        "Take each machine back to a snapshot; everything since is lost.",
        "Which one; default: the newest.",
        "fuyajo vm snapshot revert web --name before-upgrade",
    )
)
command.add_command(
    _way(
        "delete",
        "Delete a snapshot of each machine; the machines and their other snapshots stay as they are.",
        "Which one.",
        "fuyajo vm snapshot delete web db --name before-upgrade",
    )
)
