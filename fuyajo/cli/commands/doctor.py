"""`fuyajo doctor`: what is missing on this machine, and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict

import click

from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import Lang, text
from fuyajo.service.doctor import Finding, diagnose, healthy


@click.command(
    epilog="""\b
Examples:
  fuyajo doctor
  fuyajo doctor --json
"""
)
@common
def command(call: Call) -> int:
    """Try everything that is needed; a warning means that it works, but not as well as it could."""
    findings = diagnose(call.actor, call.lang)
    if call.as_json:
        say_json({"ok": healthy(findings), "findings": [asdict(finding) for finding in findings]})
    else:
        say(lines(findings, call.lang))
    return Exit.DONE if healthy(findings) else Exit.FAILED


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
