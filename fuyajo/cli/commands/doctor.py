"""`fuyajo doctor`: what is missing on this machine, and the command that mends it."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

import click

from fuyajo.cli import complete
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.consent import assistant_in
from fuyajo.domain.errors import Exit, Problem, Refused
from fuyajo.domain.texts import Lang, text
from fuyajo.service.doctor import Finding, diagnose, healthy
from fuyajo.views.inert import inert


@click.command(
    epilog="""\b
Examples:
  fuyajo doctor
  fuyajo doctor --json
  fuyajo doctor --repair-ownership
"""
)
@click.option(
    "--repair-ownership",
    "repair_it",
    is_flag=True,
    help="Adopt your VMs that the database does not know, and do nothing else.",
)
@click.option(
    "--believe-metadata",
    "believed",
    metavar="VM",
    shell_complete=complete.own_vms,
    help="Make this VM yours in the database as well, as its metadata says. Asks at a terminal.",
)
@common
def command(call: Call, repair_it: bool, believed: str | None) -> int:
    """Try everything that is needed; a warning means that it works, but not as well as it could."""
    if believed is not None:
        return _believe(call, believed)
    if repair_it:
        return _repair(call)
    findings = diagnose(call.actor, call.lang)
    if call.as_json:
        say_json({"ok": healthy(findings), "findings": [asdict(finding) for finding in findings]})
    else:
        say(lines(findings, call.lang))
    return Exit.DONE if healthy(findings) else Exit.FAILED


def _repair(call: Call) -> int:
    from fuyajo.service.owning import repair

    names = repair(call.actor)
    if call.as_json:
        say_json({"adopted": names})
    elif names:
        say(text("ui.adopted", call.lang, names=", ".join(map(inert, names))))
    else:
        say(text("ui.nothing_to_adopt", call.lang))
    return Exit.DONE


def _believe(call: Call, name: str) -> int:
    """Only a person can know that the database is wrong."""
    from fuyajo.service.owning import believe

    if assistant_in(os.environ) or call.as_json or not sys.stdin.isatty():
        raise Refused(Problem("", "not_confirmed"))
    asked = text("ui.confirm_believe", call.lang, name=inert(name))
    if click.prompt(asked, default="", show_default=False, err=True) != name:
        raise Refused(Problem("", "not_confirmed"))
    believe(call.actor, name)
    say(text("ui.believed", call.lang, name=inert(name)))
    return Exit.DONE


def lines(findings: list[Finding], lang: Lang) -> list[str]:
    """One line per finding, its command below it, and the sum."""
    width = max((len(finding.check) for finding in findings), default=0)
    shown = []
    for finding in findings:
        shown.append(f"{finding.status:<5}{finding.check:<{width}}  {finding.message}")
        if finding.fix is not None:
            shown.append(f"{'':5}{'':{width}}  → {finding.fix}")
    count = sum(finding.status != "ok" for finding in findings)
    if healthy(findings):
        return [*shown, "", text("ui.doctor_ok", lang)]
    return [*shown, "", text("doctor.count", lang, count=count)]
