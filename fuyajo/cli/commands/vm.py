"""`fuyajo vm`: reads come straight from libvirt, every change is a plan that is applied."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.commands import vm_logs, vm_snapshot
from fuyajo.cli.drawing import draw_history
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.machines import get_vm, list_vms, plan_operation
from fuyajo.views.machine import columns, machine_json, machine_rows


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  fuyajo vm list
  fuyajo vm show hello
  fuyajo vm metrics hello --since 24h
  fuyajo vm logs hello --source qemu
  fuyajo vm stop hello
  fuyajo vm snapshot create hello
  fuyajo vm delete hello --yes
""",
)
def command() -> None:
    """Your machines."""


@command.command("list", epilog=examples("fuyajo vm list", "fuyajo vm list --json | jq '.[].name'"))
@click.option("--all", "everyone", is_flag=True, help="Also domains that are not yours.")
@common
def list_command(call: Call, everyone: bool) -> int:
    """List machines, as libvirt knows them now."""
    machines = call.ask(list_vms, everyone)
    if call.as_json:
        say_json([machine_json(machine) for machine in machines])
    elif machines:
        say(columns(machine_rows(machines, call.user)))
    else:
        say(text("ui.no_vms", call.lang))
    return Exit.DONE


@command.command("show", epilog=examples("fuyajo vm show hello"))
@click.argument("name", shell_complete=complete.vms)
@common
def show_command(call: Call, name: str) -> int:
    """Everything known about one machine."""
    facts = machine_json(call.ask(get_vm, name))
    if call.as_json:
        say_json(facts)
        return Exit.DONE
    forwards = ", ".join(f"{f['address']}:{f['host']} → {f['guest']}" for f in facts["forwards"])
    rows = [[key, str(value)] for key, value in facts.items() if value not in (None, "", [])]
    say(columns([["forwards", forwards] if key == "forwards" else [key, v] for key, v in rows]))
    return Exit.DONE


@command.command(
    "metrics",
    epilog=examples(
        "fuyajo vm metrics hello",
        "fuyajo vm metrics hello --since 7d --json",
        "fuyajo vm metrics hello --since 24h --png hello.png",
    ),
)
@click.argument("name", shell_complete=complete.vms)
@click.option(
    "--since", default="1h", show_default=True, metavar="WHEN", help="30m, 7d, or a date."
)
@click.option("--png", "picture", metavar="FILE", help="Draw it into that file.")
@common
def metrics_command(call: Call, name: str, since: str, picture: str | None) -> int:
    """What a machine used: processor, memory, disk and network over time, as a service measured it."""
    import shutil
    import sys

    from fuyajo.cli.moments import moment
    from fuyajo.domain.history import FEWEST_POINTS, MOST_POINTS
    from fuyajo.service.history import POINTS, history
    from fuyajo.views.history import SCALE, history_json, history_lines

    width = shutil.get_terminal_size().columns
    fitting = max(FEWEST_POINTS, min(width - SCALE - 3, MOST_POINTS))
    points = POINTS if call.as_json or picture is not None else fitting
    found = call.ask(history, name, moment(since), points=points)
    if picture is not None:
        draw_history(call, found, picture)
    if call.as_json:
        say_json(history_json(found))
    elif picture is None:
        encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
        say(history_lines(found, call.lang, width, plain=not encoding.startswith("utf")))
    return Exit.DONE


command.add_command(vm_snapshot.command, "snapshot")
command.add_command(vm_logs.command, "logs")


def _operation(op: str, summary: str) -> click.Command:
    lines = (f"fuyajo vm {op} hello", f"fuyajo vm {op} web-1 web-2 web-3")

    @click.command(op, help=summary, epilog=examples(*lines))
    @click.argument("names", nargs=-1, required=True, shell_complete=complete.vms)
    @click.option("-y", "--yes", is_flag=True, help="Do not ask.")
    @common
    def operation(call: Call, names: tuple[str, ...], yes: bool) -> int:
        from fuyajo.cli.carry_out import carry_out  # a look must not wait for what a run needs

        plan = call.ask(plan_operation, op, names)
        return carry_out(call, plan, check=False, yes=yes)

    return operation


command.add_command(_operation("start", "Start machines."))
command.add_command(
    _operation("stop", "Shut machines down; those that do not obey are switched off.")
)


@command.command(
    "restart",
    epilog=examples("fuyajo vm restart hello", "fuyajo vm restart hello --force"),
)
@click.argument("names", nargs=-1, required=True, shell_complete=complete.vms)
@click.option("--force", is_flag=True, help="Cut the power; what is not saved is lost.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@common
def restart_command(call: Call, names: tuple[str, ...], force: bool, yes: bool) -> int:
    """Restart machines."""
    from fuyajo.cli.carry_out import carry_out

    plan = call.ask(plan_operation, "restart", names, force=force)
    return carry_out(call, plan, check=False, yes=yes)


@command.command(
    "delete",
    epilog=examples(
        "fuyajo vm delete hello", "fuyajo vm delete web-1 web-2", "fuyajo vm delete hello --purge"
    ),
)
@click.argument("names", nargs=-1, required=True, shell_complete=complete.vms)
@click.option("--purge", is_flag=True, help="For good, not into the trash. Cannot be undone.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@common
def delete_command(call: Call, names: tuple[str, ...], purge: bool, yes: bool) -> int:
    """Delete machines: with their disks into the trash, from where they can be restored for a time."""
    from fuyajo.cli.carry_out import carry_out

    plan = call.ask(plan_operation, "delete", names, purge=purge)
    return carry_out(call, plan, check=False, yes=yes)
