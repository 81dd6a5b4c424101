"""When the hypervisors are full, from what was measured of all machines on them."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.domain.forecast import DAYS, Forecast, Resource, daily, forecast, total
from fuyajo.domain.history import Series
from fuyajo.domain.hosts import Hypervisor
from fuyajo.domain.trends import DAY
from fuyajo.engine.reader import connection
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.hosting import reason, together
from fuyajo.service.hosts import usable
from fuyajo.service.images import image_names
from fuyajo.service.suggesting import TIER
from fuyajo.store.history import HistoryStore

MIB, GIB = 1 << 20, 1 << 30


@dataclass(frozen=True)
class Outlook:
    """One hypervisor; `detail` says why it does not answer, and then nothing is forecast."""

    host: str
    forecasts: tuple[Forecast, ...] = ()
    detail: str | None = None


def outlooks(actor: Actor, names: Collection[str] = ()) -> list[Outlook]:
    """Of those hypervisors, or of all that policy lets this user use. Raises `NotFound`."""
    anywhere = replace(actor, settings=replace(actor.settings, host=None))
    known = usable(actor)
    if unknown := sorted(set(names) - {one.name for one in known}):
        params = {"value": shown(unknown[0]), "known": ", ".join(one.name for one in known) or "-"}
        raise NotFound(Problem("", "host_unknown", dict(params)))
    wanted = [one for one in known if not names or one.name in names]
    now = int(time.time())
    measured = HistoryStore(actor.database).recent(now - DAYS * DAY, TIER)
    found = together(
        {one.name: partial(_outlook, anywhere.on(one), one, measured, now) for one in wanted}
    )
    return [_answer(one.name, found.get(one.name)) for one in wanted]


def _answer(name: str, found: object) -> Outlook:
    return found if isinstance(found, Outlook) else Outlook(name, detail=reason(found))


def _outlook(actor: Actor, host: Hypervisor, measured: Mapping[str, Series], now: int) -> Outlook:
    """Of one that answers. Raises `Unavailable`."""
    view = planning.look_at(actor, frozenset(), frozenset(), False, image_names(actor))
    with connection(actor.settings.reached_by) as reads:
        pool = reads.pool(actor.settings.pool)
    series = [measured[one.uuid] for one in view.machines.values() if one.uuid in measured]

    def totals(resource: Resource) -> dict[int, float]:
        return total(daily(one, resource, now) for one in series)

    memory = totals("memory")
    left = view.facts.memory_mib * MIB - round(memory[min(memory)] if memory else 0)
    found = [forecast("memory", memory, max(0, left))]
    if pool is not None and pool["active"]:
        found.insert(0, forecast("disk", totals("disk"), int(pool["free_gib"] * GIB)))
    return Outlook(host.name, tuple(found))
