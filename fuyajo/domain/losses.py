"""What of a plan takes copies away, or a machine back to one: said by name before anybody agrees. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fuyajo.domain.backups import backup_of, gone_of
from fuyajo.domain.plan import Plan
from fuyajo.domain.snapshots import retired_of, snapshot_of


class Loss(NamedTuple):
    """`code` is that of a text: `problem.CODE`, `ui.CODE`; `copy` names one or more of them."""

    code: str
    machine: str
    copy: str


def losses(plan: Plan) -> Iterator[Loss]:
    """In the plan's order. A machine that a backup makes out of nothing loses nothing."""
    for change in plan.changes:
        if outlived := [*retired_of(change), *gone_of(change)]:
            yield Loss("confirm_outlived", change.name, ", ".join(outlived))
        if change.action in ("revert", "delete-snapshot"):
            copy = snapshot_of(change)
        elif change.action == "delete-backup" or (change.action == "restore" and change.uuid):
            copy = backup_of(change)
        else:
            continue
        yield Loss(f"confirm_{change.action.replace('-', '_')}", change.name, copy or "-")
