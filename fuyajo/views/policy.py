"""What policy says, as lines for a terminal and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fuyajo.domain.hours import clock
from fuyajo.domain.policy import Decision, Role
from fuyajo.domain.ruling import Finding
from fuyajo.domain.texts import Lang, known, text
from fuyajo.domain.usage import hours
from fuyajo.views.inert import inert
from fuyajo.views.machine import columns

if TYPE_CHECKING:
    from fuyajo.service.observing import Spent
    from fuyajo.service.policing import PolicyFile

_MARKS = {"nothing": "✓", "approval": "!", "refused": "✗"}
#: (rule, place, finding), as `service.explaining.Explained` has them.
Explained = tuple[str, str, Finding]


def decision_lines(decision: Decision | None, lang: Lang) -> list[str]:
    """What has to happen before the plan runs; nothing where its owner's own apply is enough."""
    if decision is None or decision.need == "nothing":
        return []
    why = text("ui.and", lang).join(_because(code, lang) for code in decision.because)
    return [text(f"ui.needs.{decision.need}", lang, why=why or "-")]


def _because(code: str, lang: Lang) -> str:
    key = f"because.{code}"
    return text(key, lang) if known(key) else inert(code)


def explanation_lines(
    role: str, rules: Iterable[Explained], decision: Decision, lang: Lang
) -> list[str]:
    """A row for each rule: its outcome, where it stands, what it was held against."""
    rows = [_row(rule, place, finding, lang) for rule, place, finding in rules]
    lines = [text("ui.policy.role", lang, role=inert(role))]
    lines += [f"  {line}" for line in columns(rows)] if rows else []
    end = decision_lines(decision, lang) or [text("ui.needs.nothing", lang)]
    return [*lines, *end]


def _row(rule: str, place: str, finding: Finding, lang: Lang) -> list[str]:
    told = place or text("ui.policy.default" if rule else "ui.policy.built_in", lang)
    value = f"{finding.where}: {finding.value}" if finding.where else finding.value
    why = _because(finding.because, lang) if finding.because else ""
    if finding.problem is not None:
        why = finding.problem.message(lang)
    return [_MARKS[finding.outcome], rule or finding.because, told, value, why]


def explanation_json(
    role: str, rules: Iterable[Explained], decision: Decision, lang: Lang
) -> dict[str, Any]:
    return {
        "role": role,
        "rules": [
            {
                "rule": rule or finding.because,
                "place": place or None,
                "where": finding.where,
                "value": finding.value,
                "outcome": finding.outcome,
                "because": finding.because or None,
                "problem": finding.problem.as_json(lang) if finding.problem else None,
            }
            for rule, place, finding in rules
        ],
        "decision": decision.model_dump(mode="json"),
    }


def policy_json(file: PolicyFile, name: str, role: Role, usage: Spent) -> dict[str, Any]:
    """The whole policy, and what it says of one role; `file` is null where there is none."""
    return {
        "file": str(file.path) if file.lines is not None else None,
        "digest": file.digest,
        "role": name,
        "rules": [
            {"rule": rule, "value": value, "place": file.place(rule) or None}
            for rule, value in role_rows(name, role)
        ],
        "usage": usage._asdict(),
        "policy": file.policy.model_dump(mode="json"),
    }


def counts(file: PolicyFile) -> dict[str, int]:
    return {"roles": len(file.policy.roles), "users": len(file.policy.users)}


def good_policy_json(file: PolicyFile, lang: Lang) -> dict[str, Any]:
    """Of one without a problem: the others are told as problems."""
    told = {"problems": [], "warnings": policy_warnings(file, lang)}
    return {"file": str(file.path), "digest": file.digest, **counts(file), **told}


def policy_warnings(file: PolicyFile, lang: Lang) -> list[str]:
    """What a good policy says to no effect, with what to write instead."""
    found: list[str] = []
    for name, role in file.policy.roles.items():
        approvals = role.approvals
        if "elicitation" in approvals.accept and not approvals.elicitation_clients:
            rule = f"roles.{name}.approvals"
            place = file.place(f"{rule}.accept") or file.path.name
            found.append(text("ui.policy.no_clients", lang, place=inert(place), rule=inert(rule)))
    return found


def usage_line(month: str, seconds: int, limit: int | None, lang: Lang) -> str:
    """Running hours of this month, and of how many."""
    key = "ui.policy.usage_free" if limit is None else "ui.policy.usage"
    return text(key, lang, month=month, used=hours(seconds), limit=limit)


def role_rows(name: str, role: Role) -> list[tuple[str, str]]:
    """(dotted rule, value) of everything that the role says, defaults included."""
    return list(_flat(role.model_dump(mode="json"), f"roles.{name}"))


def _flat(values: dict[str, Any], path: str) -> Iterable[tuple[str, str]]:
    for key, value in values.items():
        where = f"{path}.{_WRITTEN.get(key, key)}"
        if isinstance(value, dict):
            yield from _flat(value, where)
        elif isinstance(value, list):
            yield where, ", ".join(map(str, value)) or "-"
        elif key in {"begin", "end"}:
            yield where, clock(value)
        else:
            yield where, "-" if value is None else str(value).lower()


#: As the file writes them.
_WRITTEN = {"memory_mib": "memory", "disk_gib": "disk", "begin": "from", "end": "to"}
