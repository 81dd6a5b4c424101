"""`fuyajo unshare`: take back what was shared."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.sharing import unshare


@click.command(epilog=examples("fuyajo unshare hello hanako", "fuyajo unshare hello @staff"))
@click.argument("vm", shell_complete=complete.own_vms)
@click.argument("grantee", metavar="USER|@GROUP")
@common
def command(call: Call, vm: str, grantee: str) -> int:
    """Stop sharing a machine. Plans that others made for it are refused from now on."""
    call.ask(unshare, vm, grantee)
    if call.as_json:
        say_json({"vm": vm, "grantee": grantee})
    else:
        say(text("ui.unshared", call.lang, vm=vm, grantee=grantee))
    return Exit.DONE
