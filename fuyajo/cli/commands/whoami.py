"""`fuyajo whoami`: who asks, and which service or machine."""

from __future__ import annotations

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.views.inert import inert


@click.command(epilog=examples("fuyajo whoami", "fuyajo --server https://HOST whoami --json"))
@common
def command(call: Call) -> int:
    """Who you are here, or at the service that is meant, and what you may do there."""
    if call.server is None:
        found: dict[str, object] = {
            "user": call.user,
            "server": None,
            "admin": True,
            "scopes": None,
        }
        said = text("ui.whoami.here", call.lang, user=call.user)
    else:
        me = call.server.me()
        found = {"user": me.user, "server": call.server.url, "admin": me.admin, "scopes": me.scopes}
        more = {"user": inert(me.user), "scopes": ", ".join(map(inert, me.scopes))}
        said = text("ui.whoami.there", call.lang, server=call.server.url, **more)
    if call.as_json:
        say_json(found)
    else:
        say(said)
    return Exit.DONE
