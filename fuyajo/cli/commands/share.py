"""`fuyajo share`: let another user, or a group, see or operate a machine of yours."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.sharing import list_shares, share
from fuyajo.views.machine import columns
from fuyajo.views.sharing import share_json, share_rows


@click.command(
    epilog=examples(
        "fuyajo share hello hanako",
        "fuyajo share hello hanako --operate",
        "fuyajo share hello @staff",
        "fuyajo share list",
        "fuyajo unshare hello hanako",
    )
)
@click.argument("vm", metavar="VM|list", shell_complete=complete.own_vms)
@click.argument("grantee", metavar="USER|@GROUP", required=False)
@click.option(
    "--operate", is_flag=True, help="Also start, stop, restart, resize and take snapshots."
)
@common
def command(call: Call, vm: str, grantee: str | None, operate: bool) -> int:
    """Share a machine: others see it. Deleting, reverting and sharing stay yours."""
    if grantee is not None:
        given = call.ask(share, vm, grantee, "operate" if operate else "read")
        if call.as_json:
            say_json(share_json(given))
        else:
            rights = text(f"ui.rights.{given.rights}", call.lang)
            say(text("ui.shared", call.lang, vm=given.vm, grantee=given.grantee, rights=rights))
        return Exit.DONE
    if vm != "list":
        raise click.UsageError("Missing argument 'USER|@GROUP'.")
    shares = call.ask(list_shares)
    if call.as_json:
        say_json([share_json(one) for one in shares])
    elif shares:
        say(columns(share_rows(shares)))
    else:
        say(text("ui.no_shares", call.lang))
    return Exit.DONE
