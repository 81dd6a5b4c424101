"""`fuyajo login`: a token for a service, kept here for later commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common, meant_server
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit, InvalidInput, Problem, Refused
from fuyajo.domain.people import MOST_PASSWORD
from fuyajo.domain.texts import text

if TYPE_CHECKING:
    from fuyajo.cli.remote.server import Server

MOST_TOKEN = 1024


@click.command(
    epilog=examples(
        "fuyajo login https://fuyajo.example.org",
        "fuyajo login https://fuyajo.example.org --user mika",
        "fuyajo login https://fuyajo.example.org --oidc",
        "pass show fuyajo | fuyajo login https://fuyajo.example.org --token-stdin",
    )
)
@click.argument("url", required=False)
@click.option("--user", "name", default=None, metavar="NAME", help="Instead of being asked.")
@click.option(
    "--password-stdin", is_flag=True, help="The password is the first line of standard input."
)
@click.option(
    "--token-stdin", is_flag=True, help="A token is the first line of standard input; no password."
)
@click.option(
    "--oidc", is_flag=True, help="Sign in with a browser where the service sends it; no password."
)
@common
def command(
    call: Call,
    url: str | None,
    name: str | None,
    password_stdin: bool,
    token_stdin: bool,
    oidc: bool,
) -> int:
    """Log in. The token is kept in your home, readable by you alone, and sent to that address only."""
    if (token_stdin or oidc) and (password_stdin or name is not None or token_stdin == oidc):
        raise click.UsageError("--token-stdin or --oidc stands alone")
    server = _server(call, url)
    if token_stdin:
        known = _with_token(server, sys.stdin.readline(MOST_TOKEN).strip())
    elif oidc:
        known = server.with_token(_by_browser(call, server))
    else:
        known = server.with_token(_signed_in(call, server, name, password_stdin))
    from fuyajo.store.servers import ServerStore

    ServerStore(call.local.home).save(known)
    if call.as_json:
        say_json({"server": known.url, "user": known.user})
    else:
        say(text("ui.login.done", call.lang, server=known.url, user=known.user))
        note(text("ui.login.next", call.lang, server=known.url))
    return Exit.DONE


def _server(call: Call, url: str | None) -> Server:
    from fuyajo.cli.remote.server import at

    said = url or meant_server(call.local)
    if not said:
        raise InvalidInput(Problem("", "login_nowhere"))
    return at(said, call.local, call.lang)


def _by_browser(call: Call, server: Server) -> str:
    from fuyajo.cli.remote.browsing import signed_in

    return signed_in(
        server, call.lang, lambda address: note([text("ui.login.open", call.lang), f"  {address}"])
    )


def _with_token(server: Server, token: str) -> Any:
    try:
        return server.with_token(token)
    except Refused as error:
        raise Refused(Problem("", "login_token", {"server": server.url})) from error


def _signed_in(call: Call, server: Server, name: str | None, password_stdin: bool) -> str:
    """The new token. A password is never an argument, which everybody on this machine could read."""
    if name is None and (password_stdin or not sys.stdin.isatty()):
        raise click.UsageError("nobody can be asked here; give --user NAME and --password-stdin")
    if not password_stdin and not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; use --password-stdin")
    user = name or click.prompt(text("ui.login.user", call.lang), err=True)
    if password_stdin:
        password = sys.stdin.readline(MOST_PASSWORD + 2).rstrip("\r\n")
    else:
        password = click.prompt(text("ui.login.password", call.lang), hide_input=True, err=True)
    try:
        said = server.sign_in("/sign-in", {"user": user, "password": password})
    except Refused as error:
        if any(problem.code == "login_needed" for problem in error.problems):
            raise Refused(Problem("", "login_wrong", {"server": server.url})) from error
        raise
    answer: dict[str, Any] = server.parsed(dict[str, Any], said)
    token: str = server.parsed(str, answer.get("token"))
    return token
