"""`fuyajo backup`: copies of machines outside of libvirt, from which they come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit, InvalidInput, Problem, shown
from fuyajo.domain.plan import Plan
from fuyajo.domain.texts import text
from fuyajo.service import backups

_VM = click.argument("vm", shell_complete=complete.vms)
_YES = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  fuyajo backup create web db
  fuyajo backup create web --keep daily=7,weekly=4
  fuyajo backup list web
  fuyajo backup verify
  fuyajo backup test web
  fuyajo backup restore web --as web-yesterday
""",
)
def command() -> None:
    """Backups of your machines: make them while they run, check them, come back to them."""


@command.command(
    "create",
    epilog=examples(
        "fuyajo backup create web",
        "fuyajo backup create web db --full",
        "fuyajo backup create web --keep daily=7,weekly=4",
    ),
)
@click.argument("names", metavar="VM...", nargs=-1, required=True, shell_complete=complete.vms)
@click.option(
    "--full", "kind", flag_value="full", help="All of it; default: what changed, where possible."
)
@click.option("-n", "--name", metavar="BACKUP", help="What it is called; default: the time.")
@click.option(
    "--keep", metavar="PATTERN", help="Which of the older ones stay: last, hourly, daily, …"
)
@_YES
@common
def create_command(
    call: Call,
    names: tuple[str, ...],
    kind: str | None,
    name: str | None,
    keep: str | None,
    yes: bool,
) -> int:
    """Back machines up without stopping them. All disks of one are of the same moment."""
    said = {"kind": kind, "backup": name, "keep": _pattern(keep)}
    wanted = [{"op": "backup", "vm": vm, **said} for vm in dict.fromkeys(names)]
    return _carried_out(call, wanted, yes)


@command.command(
    "list",
    epilog=examples(
        "fuyajo backup list", "fuyajo backup list web --json", "fuyajo backup list --copies"
    ),
)
@click.argument("vm", required=False, shell_complete=complete.vms)
@click.option("--copies", is_flag=True, help="Encrypted copies, elsewhere.")
@common
def list_command(call: Call, vm: str | None, copies: bool) -> int:
    """Your backups, what each lies on, and which are good; of machines that are gone as well."""
    return _told(call, call.ask(backups.list_copies if copies else backups.list_backups, vm))


@command.command(
    "verify", epilog=examples("fuyajo backup verify", "fuyajo backup verify web --json")
)
@click.argument("vm", required=False, shell_complete=complete.vms)
@common
def verify_command(call: Call, vm: str | None) -> int:
    """Read every byte, and say which backups are still good. Exit code 1 when one is not."""
    found = call.ask(backups.verify, vm)
    _told(call, found)
    return Exit.DONE if all(one.good for one in found) else Exit.FAILED


@command.command(
    "restore",
    epilog=examples(
        "fuyajo backup restore web",
        "fuyajo backup restore web --backup b-20270131-030000",
        "fuyajo backup restore web --as web-yesterday",
    ),
)
@_VM
@click.option("-b", "--backup", metavar="BACKUP", help="Which one; default: the newest good one.")
@click.option("--as", "to", metavar="NAME", help="As a new machine of this name, beside the first.")
@_YES
@common
def restore_command(call: Call, vm: str, backup: str | None, to: str | None, yes: bool) -> int:
    """Bring a machine back, or overwrite one that is stopped; everything since is lost then.

    The whole chain is read and compared first. What comes back where nothing was is started.
    """
    return _carried_out(call, [{"op": "restore", "vm": vm, "backup": backup, "to": to}], yes)


@command.command(
    "test",
    epilog=examples(
        "fuyajo backup test web",
        "fuyajo backup test web db",
        "fuyajo backup test web --backup b-20270131-030000",
    ),
)
@click.argument("names", metavar="VM...", nargs=-1, required=True, shell_complete=complete.vms)
@click.option("-b", "--backup", metavar="BACKUP", help="Which one; default: the newest good one.")
@_YES
@common
def test_command(call: Call, names: tuple[str, ...], backup: str | None, yes: bool) -> int:
    """Start a backup once, beside everything else, until its guest is up; then it is gone again.

    The machine has no network and is defined nowhere. Its serial console asks for a login, or its guest
    agent answers: that is noted. One that was tested is not started again.
    """
    wanted = [{"op": "test-backup", "vm": vm, "backup": backup} for vm in dict.fromkeys(names)]
    return _carried_out(call, wanted, yes)


@command.command(
    "copy",
    epilog=examples(
        "fuyajo backup copy web",
        "fuyajo backup copy web db",
        "fuyajo backup copy web --backup b-20270131-030000",
    ),
)
@click.argument("names", metavar="VM...", nargs=-1, required=True, shell_complete=complete.vms)
@click.option("-b", "--backup", metavar="BACKUP", help="Which one; default: the newest good one.")
@_YES
@common
def copy_command(call: Call, names: tuple[str, ...], backup: str | None, yes: bool) -> int:
    """Copy a backup, encrypted, to where `copies` of config.toml says; with all that it lies on."""
    wanted = [{"op": "copy-backup", "vm": vm, "backup": backup} for vm in dict.fromkeys(names)]
    return _carried_out(call, wanted, yes)


@command.command(
    "fetch",
    epilog=examples("fuyajo backup fetch web", "fuyajo backup fetch web -b b-20270131-030000"),
)
@_VM
@click.option("-b", "--backup", metavar="BACKUP", help="Which one; default: the newest copy.")
@_YES
@common
def fetch_command(call: Call, vm: str, backup: str | None, yes: bool) -> int:
    """Bring a copy back among the backups of this host, whole and compared; then restore from it."""
    return _carried_out(call, [{"op": "fetch-backup", "vm": vm, "backup": backup}], yes)


@command.command(
    "export",
    epilog=examples(
        "fuyajo backup export web /etc/nginx/nginx.conf",
        "fuyajo backup export web /var/lib/app/data.db -b before-upgrade -o data.db",
    ),
)
@_VM
@click.argument("path")
@click.option("-b", "--backup", metavar="BACKUP", help="Which one; default: the newest good one.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A new file.")
@click.option("--disk", default="vda", show_default=True, help="Which disk it is on.")
@common
def export_command(
    call: Call, vm: str, path: str, backup: str | None, output: Path | None, disk: str
) -> int:
    """Take one file out of a backup (ext2, ext3, ext4), without starting or mounting anything.

    The whole chain is read and compared first. A link is not followed.
    """
    from fuyajo.service import backup_files

    target = output if output is not None else Path(path.rpartition("/")[2] or "file")
    name, size = call.ask(backup_files.export, vm, path, target, backup, disk)
    if call.as_json:
        say_json({"backup": name, "file": str(target), "bytes": size})
    else:
        words = {"name": name, "file": str(target), "bytes": size}
        say(text("ui.backup_exported", call.lang, **words))
    return Exit.DONE


@command.command("delete", epilog=examples("fuyajo backup delete web b-20270131-030000"))
@_VM
@click.argument("backup")
@_YES
@common
def delete_command(call: Call, vm: str, backup: str, yes: bool) -> int:
    """Delete a backup that no other one lies on."""
    return _carried_out(call, [{"op": "delete-backup", "vm": vm, "backup": backup}], yes)


def _carried_out(call: Call, operations: list[dict[str, Any]], yes: bool) -> int:
    from fuyajo.cli.carry_out import carry_out  # a look must not wait for what a run needs

    plan: Plan = call.ask(backups.plan_backups, operations)
    return carry_out(call, plan, check=False, yes=yes)


def _told(call: Call, found: list[Any]) -> int:
    from fuyajo.views.backup import backup_json, backup_rows
    from fuyajo.views.machine import columns

    if call.as_json:
        say_json([backup_json(one) for one in found])
    elif found:
        say(columns(backup_rows(found, call.lang)))
    else:
        say(text("ui.no_backups", call.lang))
    return Exit.DONE


def _pattern(said: str | None) -> dict[str, Any] | None:
    """`daily=7,weekly=4,zone=Asia/Tokyo` as a request writes it; what is wrong with it the request says."""
    if said is None:
        return None
    found: dict[str, Any] = {}
    for part in said.split(","):
        key, equals, value = part.strip().partition("=")
        if not equals or not key or not value:
            raise InvalidInput(Problem("keep", "keep_pattern", {"value": shown(said)}))
        found[key] = int(value) if value.isascii() and value.isdecimal() else value
    return found
