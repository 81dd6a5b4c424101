"""`fuyajo mcp`: tools for assistants, over standard input and output."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit, InvalidInput, Problem, Unavailable, shown
from fuyajo.domain.texts import text
from fuyajo.domain.toolsets import toolsets_of

TOKEN = "FUYAJO_MCP_TOKEN"  # noqa: S105 - the name of a variable
MOST_TOKEN = 4096
CLIENTS = ("claude", "claude-desktop", "codex", "vscode", "cursor", "gemini")

_TOOLSET = click.option(
    "--toolset",
    default="",
    metavar="SETS",
    help="Tools besides those that everybody has: ops, alerts, admin, or several (ops,admin).",
)


class Served(Group):
    """Without a command it serves; a group of ours would explain itself."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return click.Group.parse_args(self, ctx, args)


@click.group(
    cls=Served,
    invoke_without_command=True,
    epilog=examples(
        "fuyajo mcp                        (a client starts it)",
        "fuyajo mcp --read-only",
        "fuyajo mcp --toolset ops,admin",
        "fuyajo mcp --token-file ~/.config/fuyajo/assistant",
        "fuyajo mcp install claude",
    ),
)
@click.option("--read-only", is_flag=True, help="Tools that look, and no others.")
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help=f"Act as the user of this token, within its scopes (or {TOKEN}); default: as yourself.",
)
@_TOOLSET
@click.option("--no-worker", is_flag=True, help="Runs wait for `fuyajo worker` or `fuyajo serve`.")
@common
@click.pass_context
def command(
    ctx: click.Context,
    call: Call,
    read_only: bool,
    token_file: str | None,
    toolset: str,
    no_worker: bool,
) -> int | None:
    """Tools for assistants (Model Context Protocol) over standard input and output.

    Logs are lines of JSON on stderr.
    """
    if ctx.invoked_subcommand is not None:
        return None
    if find_spec("mcp") is None:
        raise Unavailable(Problem("", "mcp_extra"))
    from fuyajo.http import logs
    from fuyajo.mcp import identity
    from fuyajo.mcp.application import Application, nobody
    from fuyajo.mcp.stdio import Helper, serve
    from fuyajo.service import machines

    gc.enable()  # switched off for short commands
    logs.to()
    secret = _secret(token_file)
    # Many calls: one connection and what is known of the host are kept between them.
    actor = replace(call.actor, index=machines.index_of(call.actor.settings))
    more: dict[str, Any] = {"read_only": read_only, "toolsets": toolsets_of(toolset)}
    by = identity.at_home(actor, call.lang, **more)
    who = by if secret is None else identity.by_token(actor, secret, call.lang, **more)
    who()  # a wrong token is told now
    helper = None if no_worker else Helper(call.actor)
    application = Application(lambda _ctx: who(), helper or nobody)
    try:
        serve(application, helper)
    finally:
        if actor.index is not None:
            actor.index.close()
    return Exit.DONE


def _secret(token_file: str | None) -> str | None:
    """From the file, else from the environment, where clients put what is secret."""
    if token_file is None:
        return os.environ.pop(TOKEN, "").strip() or None
    try:
        with Path(token_file).open(encoding="ascii") as file:
            return file.read(MOST_TOKEN).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            Problem(shown(token_file, 200), "os_error", {"detail": shown(str(error), 200)})
        ) from error


@command.command(
    "install",
    epilog=examples(
        "fuyajo mcp install claude",
        "fuyajo mcp install codex --write",
        "fuyajo mcp install claude --toolset ops",
        "fuyajo mcp install vscode --url https://fuyajo.example.org/mcp",
    ),
)
@click.argument("client", type=click.Choice(CLIENTS))
@click.option("--write", is_flag=True, help="Write it there instead of printing it.")
@click.option("--read-only", is_flag=True, help="Tools that look, and no others.")
@_TOOLSET
@click.option("--url", metavar="URL", help="A service's /mcp; its token comes from FUYAJO_TOKEN.")
@common
def install_command(
    call: Call, client: str, write: bool, read_only: bool, toolset: str, url: str | None
) -> int:
    """What a client needs to know to use this server: print it, or write it where it belongs."""
    from fuyajo.mcp import install

    sets = toolsets_of(toolset)
    entry = install.entry(client, os.environ, url=url, read_only=read_only, toolsets=sets)
    path = install.place(client, Path.home(), Path.cwd())
    if not write:
        if call.as_json:
            say_json({"path": str(path), "server": entry})
            return Exit.DONE
        note(text("ui.mcp.put", call.lang, path=path))
        say(install.snippet(client, entry).splitlines())
        return Exit.DONE
    changed = install.write(client, entry, path)
    if call.as_json:
        say_json({"path": str(path), "server": entry, "changed": changed})
    else:
        say(text("ui.mcp.written" if changed else "ui.mcp.there", call.lang, path=path))
    return Exit.DONE
