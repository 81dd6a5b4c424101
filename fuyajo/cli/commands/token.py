"""`fuyajo token`: what opens the service for a program."""

from __future__ import annotations

from datetime import timedelta

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.people import SCOPES
from fuyajo.domain.texts import text
from fuyajo.service import accounts
from fuyajo.views.machine import columns
from fuyajo.views.people import token_json, token_rows

DAYS = 90
_USER = click.option(
    "--user", "name", metavar="NAME", shell_complete=complete.users, help="Whose; yours by default."
)


@click.group(
    cls=Group,
    epilog=examples(
        "fuyajo token new --scope apply --label ci",
        "fuyajo token list",
        "fuyajo token revoke t-1a2b3c4d5e6f",
    ),
)
def command() -> None:
    """What opens the service for a program."""


@command.command(
    "new",
    epilog=examples(
        "fuyajo token new --scope apply --label ci",
        "fuyajo token new --user ci --scope read --days 7",
        "TOKEN=$(fuyajo token new --scope plan)",
    ),
)
@_USER
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What it may do; apply has plan, plan has read. May be repeated.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=DAYS,
    show_default=True,
    help="Until it expires.",
)
@click.option("--never-expires", is_flag=True, help="Until somebody revokes it.")
@click.option("--label", default="", metavar="TEXT", help="What it is for.")
@common
def new_command(
    call: Call,
    name: str | None,
    scopes: tuple[str, ...],
    days: int,
    never_expires: bool,
    label: str,
) -> int:
    """Make a token. Its secret is printed this once and kept nowhere."""
    valid = None if never_expires else timedelta(days=days)
    user = name or call.user
    secret, token = call.ask(accounts.new_token, user, label, scopes, valid)
    if call.as_json:
        say_json({**token_json(token), "token": secret})
        return Exit.DONE
    say(secret)
    until = f"{token.expires:%Y-%m-%d}" if token.expires else text("ui.token.never", call.lang)
    note(text("ui.token.made", call.lang, id=token.id, user=user, until=until))
    return Exit.DONE


@command.command("list", epilog=examples("fuyajo token list", "fuyajo token list --user ci"))
@_USER
@common
def list_command(call: Call, name: str | None) -> int:
    """List tokens, without their secrets."""
    tokens = call.ask(accounts.tokens, name)
    if call.as_json:
        say_json([token_json(token) for token in tokens])
    elif tokens:
        say(columns(token_rows(tokens, call.lang)))
    else:
        say(text("ui.token.none", call.lang))
    return Exit.DONE


@command.command("revoke", epilog=examples("fuyajo token revoke t-1a2b3c4d5e6f"))
@click.argument("token_id", metavar="TOKEN", shell_complete=complete.tokens)
@_USER
@common
def revoke_command(call: Call, token_id: str, name: str | None) -> int:
    """Take a token back: it opens nothing any more."""
    call.ask(accounts.take_back, token_id, name)
    if call.as_json:
        say_json({"id": token_id})
    else:
        say(text("ui.token.revoked", call.lang, id=token_id))
    return Exit.DONE
