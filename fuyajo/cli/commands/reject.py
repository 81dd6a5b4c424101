"""`fuyajo reject`: a plan that is never to be carried out."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.consenting import flag
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service import approving
from fuyajo.views.approval import approval_json


@click.command(
    epilog=examples(
        "fuyajo reject p-1a2b3c4d",
        'fuyajo reject p-1a2b3c4d --note "not before Monday"',
        "fuyajo reject p-1a2b3c4d --owner mika",
    )
)
@click.argument("plan_id", metavar="PLAN", shell_complete=complete.plans)
@click.option("--note", "remark", default="", metavar="TEXT", help="Why; whoever applies reads it.")
@click.option("--owner", default=None, metavar="USER", help="Whose plan it is, if not yours.")
@common
def command(call: Call, plan_id: str, remark: str, owner: str | None) -> int:
    """Refuse a plan for good, also one that was approved. Its owner can make another."""
    plan = call.ask(approving.judged, plan_id, owner)
    rejection = call.ask(approving.reject, plan, Consent(call.user, flag()), remark)
    if call.as_json:
        say_json(approval_json(rejection))
    else:
        say(text("ui.rejected", call.lang, id=plan.id))
    return Exit.DONE
