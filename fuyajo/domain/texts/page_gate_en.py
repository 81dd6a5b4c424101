"""Reports of the gate, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "page.gate.reports": "Reports",
    "page.gate.planner": "Planner",
    "page.gate.verdict": "Verdict",
    "page.gate.failing": "Failing cases",
    "page.gate.admitted": "admitted",
    "page.gate.refused": "refused",
    "page.gate.no_reports": "No report yet: `fuyajo eval admit` keeps one each time.",
    "page.gate.title": "Report of {name}",
    "page.gate.took": "{n} min",
    "page.gate.compare": "Compare with",
    "page.gate.compare_now": "Compare",
    "page.gate.figures": "Figures of each class",
    "page.gate.moved": "Points since then",
    "page.gate.below": "{value}, below the bar",
    "page.gate.passes": "{n} of {of} passed",
}
