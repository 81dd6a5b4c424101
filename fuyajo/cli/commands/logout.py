"""`fuyajo logout`: the token of a service is taken back there, and forgotten here."""

from __future__ import annotations

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common, meant_server
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit, InvalidInput, Problem, Refused, Unavailable
from fuyajo.domain.texts import text


@click.command(epilog=examples("fuyajo logout https://fuyajo.example.org"))
@click.argument("url", required=False)
@common
def command(call: Call, url: str | None) -> int:
    """Log out: the token opens nothing any more."""
    from fuyajo.cli.remote.server import at
    from fuyajo.store.servers import ServerStore

    said = url or meant_server(call.local)
    if not said:
        raise InvalidInput(Problem("", "login_nowhere"))
    server, how = at(said, call.local, call.lang), "done"
    try:
        server.post("/sign-out", keyed=False)
    except Refused:
        how = "nobody"
    except Unavailable:
        how = "kept"
    ServerStore(call.local.home).forget(server.url)
    if call.as_json:
        say_json({"server": server.url, "revoked": how == "done"})
    else:
        say(text(f"ui.logout.{how}", call.lang, server=server.url))
    return Exit.DONE
