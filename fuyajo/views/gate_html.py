"""A report of the gate as one HTML page that needs nothing else: no script, no address, light and dark.

Words and replies are untrusted: they are escaped by the template engine, stripped of what is invisible, and a
policy in the page lets nothing but its own style sheet take effect.
"""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from pathlib import Path
from typing import Any

from fuyajo.domain.texts import Lang, text
from fuyajo.planner.gate.report import Report
from fuyajo.views import gate
from fuyajo.views.inert import inert

HERE = Path(__file__).parent
WIDTH, LEFT, RIGHT, ROW = 720, 150, 20, 24
SLIPS = 10


def page(report: Report, lang: Lang) -> str:
    """The whole page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    loader = FileSystemLoader(HERE)
    engine = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    engine.filters |= {"inert": inert, "quoted": partial(gate.quoted, limit=80)}
    style = (HERE / "gate.css").read_text(encoding="utf-8")
    slips = () if report.dataset.unseen else report.slips
    return engine.get_template(
        "gate.html.j2"
    ).render(
        lang=lang,
        # Our own file, and its digest in the policy: the only thing here that is not escaped.
        style=Markup(style),  # noqa: S704
        policy=policy(style),
        title=text("ui.gate.title", lang, backend=report.backend),
        t=lambda key, **params: text(f"ui.gate.{key}", lang, **params),
        report=report,
        slips=slips[:SLIPS],
        more_slips=max(0, len(slips) - SLIPS),
        verdict=gate.verdict_lines(report, lang),
        chart=chart(report),
        rows=gate.score_rows(report, lang),
        facts=gate.fact_rows(report, lang),
        failing=gate.failing(report),
    )


def policy(style: str) -> str:
    """What the page may load and do: its own style sheet, by its digest, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def chart(report: Report) -> dict[str, Any]:
    """Places of a bar, its interval and the mark of its bar for every class, in units of the drawing."""
    rows = []
    for index, (kind, score) in enumerate(report.classes.items()):
        share = score.pass_at_1 if score.pass_k is None else score.pass_k
        bar, (low, high) = gate.bar_of(kind), score.wilson
        rows.append(
            {
                "name": kind,
                "title": f"{kind}: {100 * share:.1f} % ({100 * low:.1f}–{100 * high:.1f} %)",
                "y": index * ROW + 4,
                "width": round(_x(share) - LEFT, 1),
                "low": _x(low),
                "high": _x(high),
                "bar": None if bar is None else _x(bar),
                "short": bar is not None and share < bar,
            }
        )
    grid = [{"at": _x(part / 4), "label": f"{25 * part} %"} for part in range(5)]
    height = len(rows) * ROW + 28
    return {"width": WIDTH, "height": height, "left": LEFT, "grid": grid, "rows": rows}


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)
