"""`fuyajo host`: the hypervisors of the inventory."""

from __future__ import annotations

import click

from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text


@click.group(
    cls=Group,
    epilog=examples(
        "fuyajo host list", "fuyajo host list --json | jq '.[].name'", "fuyajo host forecast"
    ),
)
def command() -> None:
    """The hypervisors: what each has, and what of it is left."""


@command.command("list", epilog=examples("fuyajo host list"))
@common
def list_command(call: Call) -> int:
    """List hypervisors, those that do not answer too. FREE is what is left to give away."""
    from fuyajo.service.hosts import list_hosts
    from fuyajo.views.host import host_json, host_rows
    from fuyajo.views.machine import columns

    hosts = list_hosts(call.actor)
    if call.as_json:
        say_json([host_json(host) for host in hosts])
        return Exit.DONE
    say(columns(host_rows(hosts, call.lang)))
    if call.actor.settings.inventory is None:
        note(text("ui.hosts.none", call.lang, uri=call.actor.settings.uri))
    return Exit.DONE


@command.command(
    "forecast", epilog=examples("fuyajo host forecast", "fuyajo host forecast kvm1 --json")
)
@click.argument("names", metavar="[HOST]...", nargs=-1)
@common
def forecast_command(call: Call, names: tuple[str, ...]) -> int:
    """Say when hypervisors are full, as the machines that are there grow.

    Four weeks are looked at; four measured days are needed. Machines that will be made are not foreseen.
    """
    from fuyajo.service.forecasting import outlooks
    from fuyajo.views.forecast import outlook_json, outlook_rows
    from fuyajo.views.machine import columns

    found = outlooks(call.actor, names)
    if call.as_json:
        say_json([outlook_json(one) for one in found])
        return Exit.DONE
    say(columns(outlook_rows(found, call.lang)))
    return Exit.DONE
