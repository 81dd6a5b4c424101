"""Plans that were made: a list of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from fuyajo.domain.errors import NotFound
from fuyajo.domain.plan import Plan
from fuyajo.service.context import Actor


def some_plans(actor: Actor, most: int) -> list[Plan]:
    """The newest of this actor's, as many as are wanted; a damaged one is left out."""
    return list(islice(_plans(actor), most))


def newest(actor: Actor) -> str | None:
    """Id of the plan made last."""
    return actor.plans.newest(actor.user)


def _plans(actor: Actor) -> Iterator[Plan]:
    for plan_id in actor.plans.ids(actor.user):
        with suppress(NotFound):
            yield actor.plans.load(actor.user, plan_id)
