"""The process of one job: `python -m fuyajo.service.job OWNER RUN FENCE`, started by a worker alone."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import cast

from fuyajo.domain.consent import Consent, Kind
from fuyajo.domain.errors import FuyajoError
from fuyajo.service.applying import apply, resolve
from fuyajo.service.context import Actor, load_settings
from fuyajo.store.jobs import Job


def main(owner: str, run: str, fence: int) -> int:
    """Exit code 0 when the run began, however it ended then."""
    actor = Actor(owner, load_settings(os.environ), door="worker")
    job = actor.jobs.get(run)
    if job is None or job.owner != owner or job.fence != fence or job.plan is None:
        return 3
    try:
        consent = Consent(owner, cast("Kind", job.consent), "http") if job.consent else None
        plan = resolve(actor, job.plan)
        apply(actor, plan, lambda _event: None, consent=consent, run_id=run)
    except FuyajoError as error:
        _tell(actor, job, str(error))
        return 1
    return 0


def _tell(actor: Actor, job: Job, failure: str) -> None:
    actor.jobs.move(job, "failed", datetime.now(UTC), failure[:500])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
