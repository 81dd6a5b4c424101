"""`fuyajo approve`: agree to a plan ahead of its run."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.consenting import consent_ahead
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service import approving
from fuyajo.views.approval import approval_json, approved_line


@click.command(
    epilog=examples(
        "fuyajo approve p-1a2b3c4d",
        'fuyajo approve p-1a2b3c4d --note "agreed with Noriko"',
        "fuyajo approve p-1a2b3c4d --owner mika",
        "fuyajo approve p-1a2b3c4d --yes --json",
    )
)
@click.argument("plan_id", metavar="PLAN", shell_complete=complete.plans)
@click.option("--note", "remark", default="", metavar="TEXT", help="Why; kept with the approval.")
@click.option("--owner", default=None, metavar="USER", help="Whose plan it is, if not yours.")
@click.option(
    "-y", "--yes", is_flag=True, help="Agree without being asked; a policy may want more."
)
@common
def command(call: Call, plan_id: str, remark: str, owner: str | None, yes: bool) -> int:
    """Agree to a plan, once and for a while. The plan is shown and asked about first."""
    plan = call.ask(approving.judged, plan_id, owner)
    call.ask(approving.check_open, plan)
    approval = call.ask(approving.approve, plan, consent_ahead(call, plan, yes), remark)
    if call.as_json:
        say_json(approval_json(approval))
        return Exit.DONE
    say(approved_line(approval, call.lang))
    if plan.owner == call.user:
        note(text("ui.apply_with", call.lang, id=plan.id))
    return Exit.DONE
