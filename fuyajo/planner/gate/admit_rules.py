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

from fuyajo.domain.admission import Admission, plain
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.gate.admission import (
    ADMIT_K,
    SHIPPED_RULES,
    fingerprint,
    rules_sources,
    shortfalls,
)
from fuyajo.planner.gate.cases import DataSet, shipped
from fuyajo.planner.gate.report import Report, report, rounded
from fuyajo.planner.gate.run import Measured, Wanted, measure


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


def main() -> int:
    found = measured_rules(shipped())
    content = json.dumps(plain(record_of(found)), indent=1, ensure_ascii=False)
    SHIPPED_RULES.write_text(content + "\n", encoding="utf-8")
    short = shortfalls(found.classes, found.wishes)
    for one in short:
        sys.stderr.write(f"{one.kind}: {one.measure} {one.value}, and {one.bar} is needed\n")
    sys.stdout.write(f"{SHIPPED_RULES}\n")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
