"""`fuyajo alert`: rules about what is measured, and who is told."""

from __future__ import annotations

from typing import get_args

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.moments import seconds
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.alerts import LOG, METRICS, Metric, Rule, Severity, Side
from fuyajo.domain.errors import Exit, InvalidInput, Problem
from fuyajo.domain.texts import text
from fuyajo.service import alerting
from fuyajo.views.alert import alert_json, alert_rows
from fuyajo.views.machine import columns

_ID = click.argument("alert_id", metavar="ALERT", shell_complete=complete.alerts)


@click.group(
    cls=Group,
    epilog=examples(
        "fuyajo alert add cpu --above 90 --for 10m --vm web",
        "fuyajo alert list",
        "fuyajo alert disable a-1a2b3c4d",
    ),
)
def command() -> None:
    """Be told when a machine is too busy, too full or down; measured by `fuyajo serve`."""


@command.command(
    "add",
    epilog=examples(
        "fuyajo alert add cpu --above 90 --for 10m --clear 70 --vm web",
        "fuyajo alert add memory --above 95 --tag prod --severity critical",
        'fuyajo alert add down --for 2m --title "anything of mine is off"',
    ),
)
@click.argument("metric", type=click.Choice(METRICS))
@click.option(
    "--above", type=float, metavar="NUMBER", help="In the metric's unit; memory is per cent."
)
@click.option("--below", type=float, metavar="NUMBER", help="The same, the other way round.")
@click.option(
    "--for", "lasting", default="5m", show_default=True, metavar="TIME", help="30s, 5m, 2h."
)
@click.option(
    "--clear", type=float, metavar="NUMBER", help="Where it is over; default: the threshold."
)
@click.option("--clear-for", default="5m", show_default=True, metavar="TIME", help="For how long.")
@click.option(
    "--severity", type=click.Choice(get_args(Severity)), default="warning", show_default=True
)
@click.option("--vm", "vms", multiple=True, metavar="VM", shell_complete=complete.vms)
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Machines with this tag.")
@click.option(
    "--to",
    "channels",
    multiple=True,
    metavar="CHANNEL",
    shell_complete=complete.channels,
    help="Who is told; default: log.",
)
@click.option("--title", default="", metavar="TEXT", help="What it is for.")
@common
def add_command(
    call: Call,
    metric: Metric,
    above: float | None,
    below: float | None,
    lasting: str,
    clear: float | None,
    clear_for: str,
    severity: Severity,
    vms: tuple[str, ...],
    tags: tuple[str, ...],
    channels: tuple[str, ...],
    title: str,
) -> int:
    """Add a rule. Without --vm and --tag it is about all machines that you see."""
    side, threshold = _threshold(metric, above, below)
    times = (seconds(lasting, "for"), seconds(clear_for, "clear-for"))
    rule = Rule(metric, threshold, side, times[0], clear, times[1], severity)
    made = call.ask(alerting.add, rule, title, vms, tags, channels or (LOG,))
    if call.as_json:
        say_json(alert_json(made))
    else:
        say(text("ui.alert.added", call.lang, id=made.id))
    return Exit.DONE


def _threshold(metric: Metric, above: float | None, below: float | None) -> tuple[Side, float]:
    """`down` is yes or no."""
    if metric == "down" and above is None and below is None:
        return "above", 0.5
    if (above is None) == (below is None):
        raise InvalidInput(Problem("threshold", "alert_side"))
    return ("above", above) if above is not None else ("below", below or 0.0)


@command.command("list", epilog=examples("fuyajo alert list", "fuyajo alert list --json"))
@common
def list_command(call: Call) -> int:
    """Your rules, and which machines they fire for."""
    found = call.ask(alerting.standing)
    if call.as_json:
        say_json([alert_json(one, standings) for one, standings in found])
    elif found:
        say(columns(alert_rows(found, call.lang)))
    else:
        say(text("ui.alert.none", call.lang))
    return Exit.DONE


@command.command("test", epilog=examples("fuyajo alert test log", "fuyajo alert test ops --json"))
@click.argument("channel", metavar="CHANNEL", shell_complete=complete.channels)
@common
def test_command(call: Call, channel: str) -> int:
    """Say something to a channel, now, and see whether it takes it."""
    call.ask(alerting.test, channel)
    if call.as_json:
        say_json({"channel": channel})
    else:
        say(text("ui.alert.tested", call.lang, channel=channel))
    return Exit.DONE


@command.command("remove", epilog=examples("fuyajo alert remove a-1a2b3c4d"))
@_ID
@common
def remove_command(call: Call, alert_id: str) -> int:
    """Remove a rule. What it has not told yet is not told any more."""
    call.ask(alerting.remove, alert_id)
    if call.as_json:
        say_json({"id": alert_id})
    else:
        say(text("ui.alert.removed", call.lang, id=alert_id))
    return Exit.DONE


@command.command("enable", epilog=examples("fuyajo alert enable a-1a2b3c4d"))
@_ID
@common
def enable_command(call: Call, alert_id: str) -> int:
    """Let a rule speak again; it begins anew, as if it had seen nothing."""
    return _enabled(call, alert_id, True)


@command.command("disable", epilog=examples("fuyajo alert disable a-1a2b3c4d"))
@_ID
@common
def disable_command(call: Call, alert_id: str) -> int:
    """Keep a rule, but let it say nothing."""
    return _enabled(call, alert_id, False)


def _enabled(call: Call, alert_id: str, enabled: bool) -> int:
    found = call.ask(alerting.set_enabled, alert_id, enabled)
    if call.as_json:
        say_json(alert_json(found))
    else:
        code = "ui.alert.is_enabled" if enabled else "ui.alert.is_disabled"
        say(text(code, call.lang, id=found.id))
    return Exit.DONE
