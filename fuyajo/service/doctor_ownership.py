"""Whether metadata and database agree about a user's machines: without that, nothing of them is destroyed."""

from __future__ import annotations

from datetime import UTC, datetime

from fuyajo.domain.errors import Unavailable
from fuyajo.engine.doctor.result import Result
from fuyajo.service import observing, owning, planning
from fuyajo.service.context import Actor


def ownership(actor: Actor) -> list[Result]:
    at = datetime.now(UTC)
    try:
        host = planning.look(actor)
    except Unavailable:
        return []  # said already, where it is asked whether libvirt answers
    if actor.database.exists:
        observing.observe(actor, host, at)
    gaps = owning.gaps(actor, host)
    unknown = sorted(gap.machine.name for gap in gaps if gap.known is None)
    results = [
        Result(
            "warn",
            "disagrees",
            {"name": gap.machine.name, "known": gap.known},
            f"fuyajo doctor --believe-metadata {gap.machine.name}",
        )
        for gap in gaps
        if gap.known is not None
    ]
    if unknown:
        fix = "fuyajo doctor --repair-ownership"
        results.append(Result("warn", "unknown", {"names": ", ".join(unknown)}, fix))
    count = len(host.owned(actor.user))
    return results or [Result("ok", "known", {"count": count})]
