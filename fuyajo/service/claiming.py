"""Quota while runs go on: what a plan adds is claimed before it runs and given back when it is over."""

from __future__ import annotations

from fuyajo.domain.plan import Plan
from fuyajo.service.context import Actor


def claim(actor: Actor, plan: Plan, run: str) -> None:
    """Raises `Refused` when host, open claims and this plan together are more than the limit."""
    # filled in by the room of its own: see docs/design/0006-trust.md


def give_back(actor: Actor, run: str) -> None:
    """The run is over; what it made is on the host now and counted there."""
    actor.claims.give_back([run])
