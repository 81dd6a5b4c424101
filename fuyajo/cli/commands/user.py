"""`fuyajo user`: who may sign in to the service."""

from __future__ import annotations

import sys

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit, Problem, Refused
from fuyajo.domain.people import MOST_PASSWORD
from fuyajo.domain.texts import text
from fuyajo.service import accounts, authenticating, elsewhere
from fuyajo.views.machine import columns
from fuyajo.views.people import user_json, user_rows

_STDIN = click.option(
    "--password-stdin", is_flag=True, help="The password is the first line of standard input."
)


@click.group(
    cls=Group,
    epilog=examples(
        "fuyajo user add mika --admin",
        "fuyajo user list",
        "fuyajo user password mika",
        "fuyajo user disable jun",
        "fuyajo user export jun > jun.json",
    ),
)
def command() -> None:
    """Who may sign in to the service."""


@command.command(
    "add",
    epilog=examples(
        "fuyajo user add mika --admin",
        "pass show mika | fuyajo user add mika --password-stdin",
        "fuyajo user add ci --no-password",
    ),
)
@click.argument("name")
@click.option("--admin", is_flag=True, help="May manage users.")
@_STDIN
@click.option("--no-password", is_flag=True, help="Tokens only.")
@common
def add_command(call: Call, name: str, admin: bool, password_stdin: bool, no_password: bool) -> int:
    """Add a user. The password is asked for; it is never an argument."""
    if password_stdin and no_password:
        raise click.UsageError("either --password-stdin or --no-password")
    password = None if no_password else _password(call, password_stdin)
    user = call.ask(authenticating.add_user, name, password, admin=admin)
    if call.as_json:
        say_json(user_json(user))
    else:
        say(text("ui.user.added", call.lang, name=user.name))
    return Exit.DONE


@command.command("list", epilog=examples("fuyajo user list", "fuyajo user list --json"))
@common
def list_command(call: Call) -> int:
    """Everybody who may sign in, or may no longer."""
    users = call.ask(accounts.users)
    if call.as_json:
        say_json([user_json(user) for user in users])
    elif users:
        say(columns(user_rows(users, call.lang)))
    else:
        say(text("ui.user.nobody", call.lang))
    return Exit.DONE


@command.command("disable", epilog=examples("fuyajo user disable jun"))
@click.argument("name", shell_complete=complete.users)
@common
def disable_command(call: Call, name: str) -> int:
    """Let a user in no longer. What is theirs stays."""
    return _disabled(call, name, True)


@command.command("enable", epilog=examples("fuyajo user enable jun"))
@click.argument("name", shell_complete=complete.users)
@common
def enable_command(call: Call, name: str) -> int:
    """Let a user in again."""
    return _disabled(call, name, False)


@command.command(
    "link",
    epilog=examples(
        "fuyajo user link mika 248289761001",
        "fuyajo user link mika 248289761001 --issuer https://login.example.org",
    ),
)
@click.argument("name", shell_complete=complete.users)
@click.argument("subject")
@click.option(
    "--issuer", metavar="URL", help="Where that subject is known; the issuer of the settings."
)
@common
def link_command(call: Call, name: str, subject: str, issuer: str | None) -> int:
    """Let whoever is SUBJECT at the issuer (OpenID Connect) in as this user."""
    found = elsewhere.link(call.actor, name, subject, issuer)
    if call.as_json:
        say_json(found._asdict())
    else:
        say(text("ui.user.linked", call.lang, name=name, issuer=found.issuer))
    return Exit.DONE


@command.command("unlink", epilog=examples("fuyajo user unlink mika"))
@click.argument("name", shell_complete=complete.users)
@common
def unlink_command(call: Call, name: str) -> int:
    """Let nobody from elsewhere in as this user any more. Tokens that are out go on."""
    elsewhere.unlink(call.actor, name)
    if call.as_json:
        say_json({"name": name})
    else:
        say(text("ui.user.unlinked", call.lang, name=name))
    return Exit.DONE


def _disabled(call: Call, name: str, disabled: bool) -> int:
    user = call.ask(accounts.set_disabled, name, disabled)
    if call.as_json:
        say_json(user_json(user))
    else:
        say(text("ui.user.is_disabled" if disabled else "ui.user.is_enabled", call.lang, name=name))
    return Exit.DONE


@command.command(
    "password",
    epilog=examples("fuyajo user password mika", "fuyajo user password mika --password-stdin"),
)
@click.argument("name", shell_complete=complete.users)
@_STDIN
@common
def password_command(call: Call, name: str, password_stdin: bool) -> int:
    """Give a user a new password. Tokens of theirs stop working."""
    call.ask(accounts.known, name)
    call.ask(accounts.set_password, name, _password(call, password_stdin))
    if call.as_json:
        say_json({"name": name})
    else:
        say(text("ui.user.password_set", call.lang, name=name))
    return Exit.DONE


@command.command("export", epilog=examples("fuyajo user export jun > jun.json"))
@click.argument("name", shell_complete=complete.users)
@common
def export_command(call: Call, name: str) -> int:
    """Print everything that is stored about a user, as one JSON object. Never a secret."""
    from fuyajo.service.exporting import export

    for piece in export(accounts.as_user(call.actor, name), call.lang):
        click.echo(piece, nl=False)
    return Exit.DONE


@command.command(
    "forget", epilog=examples("fuyajo user export jun > jun.json", "fuyajo user forget jun --yes")
)
@click.argument("name", shell_complete=complete.users)
@click.option("--yes", is_flag=True, help="Really.")
@common
def forget_command(call: Call, name: str, yes: bool) -> int:
    """Forget what a user said: conversations, plans, the planner's directory.

    The user, machines, schedules, runs and the audit stay, and are named.
    """
    from fuyajo.service import forgetting
    from fuyajo.views.forgotten import forgotten_json, forgotten_lines

    theirs = accounts.as_user(call.actor, name)
    if not yes:
        raise Refused(Problem("", "forget_unsure", {"value": theirs.user}))
    gone, left = forgetting.forget(theirs), forgetting.stays(theirs)
    if call.as_json:
        say_json(forgotten_json(gone, left))
    else:
        say(forgotten_lines(theirs.user, gone, left, call.lang))
    return Exit.DONE


def _password(call: Call, from_stdin: bool) -> str:
    """Typed twice at a terminal, or one line of standard input. Never from the arguments, which everybody
    on this machine can read."""
    if from_stdin:
        return sys.stdin.readline(MOST_PASSWORD + 2).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; use --password-stdin")
    asked, again = (text(f"ui.user.{key}", call.lang) for key in ("ask", "ask_again"))
    prompted: str = click.prompt(asked, hide_input=True, err=True)
    if click.prompt(again, hide_input=True, err=True) != prompted:
        raise click.UsageError(text("ui.user.not_the_same", call.lang))
    return prompted
