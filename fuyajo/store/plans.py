"""Saved plans: one file each, readable by their owner alone, usable once.

Where several machines share them they are rows (`shared_plans.py`) that keep the same promises.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.domain.plan import Plan, sha256
from fuyajo.store.files import claim, newest_first, outdated, write_whole
from fuyajo.store.home import Home

PLAN_ID = re.compile(r"p-[0-9a-f]{8}")


class Plans(Protocol):
    """What both kinds promise."""

    def save(self, plan: Plan) -> None:
        """Keep the plan; what is old by then goes."""

    def load(self, owner: str, plan_id: str) -> Plan:
        """The plan of that owner. Foreign, unknown, damaged and tampered look the same: not found."""

    def newest(self, owner: str) -> str | None:
        """Id of the plan made last, for `apply` without an argument and for completion."""

    def ids(self, owner: str) -> list[str]:
        """Ids of all plans of that owner, newest first."""

    def take(self, plan: Plan, run_id: str) -> bool:
        """Bind the plan to a run; False when another run already has it."""

    def free(self, plan: Plan) -> None:
        """The run that took it never began."""

    def taken_by(self, plan: Plan) -> str | None:
        """Id of the run that took this plan."""

    def knows(self, owner: str) -> bool:
        """Whether there is anything of that user."""

    def forget(self, owner: str) -> int:
        """All plans of that owner are gone. How many."""


@dataclass(frozen=True)
class PlanStore:
    home: Home

    def save(self, plan: Plan) -> None:
        for path in outdated(self._files(plan.owner)):
            path.unlink(missing_ok=True)
            path.with_suffix(".run").unlink(missing_ok=True)
        write_whole(self._path(plan.owner, plan.id), plan.model_dump_json(indent=1).encode())

    def load(self, owner: str, plan_id: str) -> Plan:
        if not PLAN_ID.fullmatch(plan_id):
            raise not_found(plan_id)
        try:
            content = self._path(owner, plan_id).read_bytes()
        except OSError as error:
            raise not_found(plan_id) from error
        return verified(content, owner, plan_id)

    def newest(self, owner: str) -> str | None:
        ids = self.ids(owner)
        return ids[0] if ids else None

    def ids(self, owner: str) -> list[str]:
        return [path.stem for path, _ in newest_first(self._files(owner))]

    def forget(self, owner: str) -> int:
        found = self._files(owner)
        for path in found:
            path.unlink(missing_ok=True)
            path.with_suffix(".run").unlink(missing_ok=True)
        return len(found)

    def _files(self, owner: str) -> list[Path]:
        return [p for p in self.home.plans(owner).glob("p-*.json") if PLAN_ID.fullmatch(p.stem)]

    def take(self, plan: Plan, run_id: str) -> bool:
        return claim(self._taken(plan), run_id.encode())

    def free(self, plan: Plan) -> None:
        self._taken(plan).unlink(missing_ok=True)

    def taken_by(self, plan: Plan) -> str | None:
        try:
            return self._taken(plan).read_text()
        except FileNotFoundError:
            return None

    def knows(self, owner: str) -> bool:
        return self.home.knows(owner)

    def _path(self, owner: str, plan_id: str) -> Path:
        return self.home.plans(owner) / f"{plan_id}.json"

    def _taken(self, plan: Plan) -> Path:
        return self.home.plans(plan.owner) / f"{plan.id}.run"


def verified(content: str | bytes, owner: str, plan_id: str) -> Plan:
    """What was written, if it is that plan of that owner and nobody changed it. Raises `NotFound`."""
    try:
        plan = Plan.model_validate_json(content)
        # Of what was written: a plan of a version that knew less has less to digest.
        written = {k: v for k, v in json.loads(content).items() if k != "digest"}
    except ValueError as error:
        raise not_found(plan_id) from error
    if plan.owner != owner or plan.id != plan_id or sha256(written) != plan.digest:
        raise not_found(plan_id)
    return plan


def not_found(plan_id: str) -> NotFound:
    return NotFound(Problem("", "plan_not_found", {"value": shown(plan_id)}))
