"""Measure the rules and write the admission that is shipped: python -m fuyajo.planner.gate.admit_rules

To be run after every change of the rules. Exits 1, with the figures written all the same, when they are below
the bar: then a test fails, and the rules are not fit to be shipped.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from fuyajo.domain.admission import Admission, ClassScore, plain
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.gate.admission import (
    ADMIT_K,
    SHIPPED_RULES,
    fingerprint,
    rules_sources,
    shortfalls,
)
from fuyajo.planner.gate.cases import SHIPPED, DataSet, shipped
from fuyajo.planner.gate.report import Report, report, rounded
from fuyajo.planner.gate.run import Measured, Wanted, measure

# Beside a clone only; what is installed has no documentation.
PAGE = Path(__file__).resolve().parents[3] / "docs" / "gate.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def measured_rules(dataset: DataSet, k: int = ADMIT_K) -> Report:
    """The rules through the gate."""
    backend, measured = RulesBackend(), Measured(k)
    begun = datetime.now(UTC).replace(microsecond=0)

    async def all_of_it() -> dict[str, str]:
        wanted = Wanted(Path("/nonexistent"), k)
        await measure(backend, dataset.cases, wanted, measured, lambda _run, _measured: None)
        return await backend.identity()

    identity = asyncio.run(all_of_it())
    bound = fingerprint(backend.name, identity)
    return report(backend.name, dataset, measured, identity, bound, begun)


def documented(k: int = ADMIT_K) -> str:
    """The table of docs/gate.md as it has to be."""
    return figures(*(measured_rules(shipped(name), k) for name in SHIPPED))


def record_of(found: Report) -> Admission:
    """It never expires: it is bound to what is shipped with it."""
    return Admission(
        backend=found.backend,
        fingerprint=found.fingerprint,
        identity=dict(found.identity),
        dataset=found.dataset.digest,
        k=found.k,
        created=found.begun,
        expires=None,
        classes={kind: rounded(score) for kind, score in found.classes.items()},
        sources=rules_sources(),
    )


def figures(seen: Report, unseen: Report, unusual: Report, free: Report) -> str:
    """The measurements as a table for docs/gate.md; `unusual` and `free` are wishes alone."""
    k = seen.k
    head = ["class", "cases", "pass@1", f"pass^{k}", "held_out", "pass@1", f"pass^{k}"]
    rows = [head, ["---"] * len(head)]
    for kind, score in seen.classes.items():
        rows.append([kind, *_cells(score), *_cells(unseen.classes.get(kind))])
    rows.append(["explicit wishes", *_cells(seen.wishes), *_cells(unseen.wishes)])
    rows.append(["explicit wishes, unusual words", "", "", "", *_cells(unusual.wishes)])
    rows.append(["explicit wishes, very free speech", "", "", "", *_cells(free.wishes)])
    rows.append(["overall", *_cells(seen.overall), *_cells(unseen.overall)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(score: ClassScore | None) -> list[str]:
    if score is None:
        return ["", "", ""]
    whole = "" if score.pass_k is None else f"{100 * score.pass_k:.1f} %"
    return [str(score.n), f"{100 * score.pass_at_1:.1f} %", whole]


def main() -> int:
    found, table = measured_rules(shipped()), documented()
    content = json.dumps(plain(record_of(found)), indent=1, ensure_ascii=False)
    SHIPPED_RULES.write_text(content + "\n", encoding="utf-8")
    sys.stdout.write(f"{SHIPPED_RULES}\n")
    if PAGE.exists():
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        page = f"{before}{BEGIN}{table}{END}{after}"
        PAGE.write_text(page, encoding="utf-8")
        sys.stdout.write(f"{PAGE}\n")
    short = shortfalls(found.classes, found.wishes)
    for one in short:
        sys.stderr.write(f"{one.kind}: {one.measure} {one.value}, and {one.bar} is needed\n")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
