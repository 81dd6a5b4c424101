"""Approvals, the audit and the database, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.database": "the database does not answer: {detail}",
    "hint.database": "see that the disk is not full and that no other program holds the file",
    "problem.database_newer": "the database is of a newer Fuyajo (schema {found}, this one knows {known})",
    "hint.database_newer": "update Fuyajo, or take another FUYAJO_HOME",
    "problem.needs_approval": "the plan {plan} needs an approval before it runs",
    "hint.needs_approval": "look at it, then `fuyajo approve {plan}`",
    "problem.approval_used": "the approval of the plan {plan} was used already",
    "hint.approval_used": "make a new plan, or approve it again: `fuyajo approve {plan}`",
    "problem.plan_rejected": "{by} rejected the plan {plan}: {note}",
    "hint.plan_rejected": "make a new plan",
    "problem.consent_kind": "consent of the kind “{kind}” does not count for the plan {plan}",
    "hint.consent_kind": "a person approves it at a terminal: `fuyajo approve {plan}`",
}
