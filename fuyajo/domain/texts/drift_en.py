"""Drift and import, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.plan_stale_added": "{key} was not there when this plan was shown and is {after} now",
    "hint.plan_stale_added": "make the plan again and look at it",
    "problem.plan_stale_removed": "{key} was {before} when this plan was shown and is gone now",
    "hint.plan_stale_removed": "make the plan again and look at it",
}
