"""Alerts: rules of their owners, looked at after every round of measuring, told by the channels there are.

Whoever measures a host looks at its machines; so nobody looks at one twice. Machines come from libvirt only
while there is a rule, and not in every round.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fuyajo.domain.alerting import Watched, judge
from fuyajo.domain.alerts import LOG, Alert, Event, Message, Rule, Standing, faults
from fuyajo.domain.errors import (
    Conflict,
    FuyajoError,
    InvalidInput,
    NotFound,
    Problem,
    Unavailable,
    shown,
)
from fuyajo.domain.history import Sample
from fuyajo.domain.machine import HostView
from fuyajo.domain.ours import ours
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.domain.texts import text
from fuyajo.service import auditing, planning
from fuyajo.service.context import Actor
from fuyajo.store.alerts import AlertStore

MOST, TITLE_CHARS, MOST_NAMES = 50, 80, 50  # of one user; of one rule
#: Seconds for which names, tags and owners are believed.
AGE_SECONDS = 60.0
_BAD = ("critical", "warning", "info")
_LOG = logging.getLogger("fuyajo.alerts")


def add(
    actor: Actor,
    rule: Rule,
    title: str = "",
    vms: Iterable[str] = (),
    tags: Iterable[str] = (),
    channels: Iterable[str] = (LOG,),
) -> Alert:
    """A new one. Raises `InvalidInput` with everything wrong, `Conflict` when there are too many."""
    made = Alert(
        f"a-{secrets.token_hex(4)}",
        actor.user,
        title,
        rule,
        tuple(dict.fromkeys(vms)),
        tuple(dict.fromkeys(tags)),
        tuple(dict.fromkeys(channels)),
        created=int(time.time()),
    )
    if problems := [*faults(rule), *_faults(actor, made)]:
        raise InvalidInput(problems)
    if not AlertStore(actor.database).add(made, MOST):
        raise Conflict(Problem("", "too_many_alerts", {"limit": MOST}))
    auditing.note(actor, "alert.added", alert=made.id, metric=rule.metric)
    return made


def _faults(actor: Actor, alert: Alert) -> list[Problem]:
    found = []
    if len(alert.title) > TITLE_CHARS:
        found.append(Problem("title", "too_long", {"limit": TITLE_CHARS}))
    elif unsafe_reason(alert.title) == "control":
        found.append(Problem("title", "control"))
    for path, said in (("vms", alert.vms), ("tags", alert.tags)):
        if len(said) > MOST_NAMES:
            found.append(Problem(path, "too_long", {"limit": MOST_NAMES}))
    if not alert.channels:
        found.append(Problem("channels", "missing", {"key": "channels"}))
    known = sorted(channels_of(actor))
    for place, name in enumerate(alert.channels):
        if name not in known:
            params = {"value": shown(name), "known": ", ".join(known)}
            found.append(Problem(f"channels[{place}]", "unknown_channel", dict(params)))
    return found + _unknown_machines(actor, alert)


def _unknown_machines(actor: Actor, alert: Alert) -> list[Problem]:
    """A rule about a name that is mistyped would never say a word."""
    if not alert.vms:
        return []
    there = planning.look(actor).visible(actor.user)
    known = shown(", ".join(sorted(there)) or "-", 200)
    return [
        Problem(f"vms[{place}]", "unknown_vm", {"value": shown(name), "known": known})
        for place, name in enumerate(alert.vms)
        if name not in there
    ]


def channels_of(actor: Actor) -> frozenset[str]:
    """The names of those that the administrator gave, and the service's log."""
    return frozenset({LOG, *actor.settings.channels})


def test(actor: Actor, name: str) -> None:
    """Say something to this channel, now. Raises `NotFound`, and `Unavailable` where it was not taken."""
    from fuyajo.channels.channel import NotTaken  # only here and in the service's postman
    from fuyajo.channels.making import channels

    found = channels(actor.settings.channels).get(name)
    if found is None:
        known = ", ".join(sorted(channels_of(actor)))
        params = {"value": shown(name), "known": known}
        raise NotFound(Problem("channel", "unknown_channel", dict(params)))
    now, nowhere = int(time.time()), "00000000-0000-0000-0000-000000000000"
    alert = Alert("a-00000000", actor.user, text("ui.alert.mail_test"), Rule("down", 0.5))
    event = Event("test", now, 0.0)
    said = Message(_message_id(), alert.id, actor.user, name, nowhere, "-", event, now, now)
    auditing.note(actor, "alert.tested", channel=name)
    try:
        found.tell(said, alert)
    except NotTaken as error:
        silent = {"value": name, "detail": shown(error.why, 200)}
        raise Unavailable(Problem("channel", "channel_silent", dict(silent))) from error


def of(actor: Actor) -> list[Alert]:
    """This actor's."""
    return AlertStore(actor.database).of(actor.user)


def standing(actor: Actor) -> list[tuple[Alert, list[Standing]]]:
    """The same, each with how it stands with machines, by their names."""
    return [(one, standings_of(actor, one)) for one in of(actor)]


def standings_of(actor: Actor, alert: Alert) -> list[Standing]:
    """Of machines that its owner may still see."""
    there = {one.uuid for one in planning.look(actor).visible(actor.user).values()}
    found = AlertStore(actor.database).standings([alert.id]).values()
    return sorted((one for one in found if one.uuid in there), key=lambda one: one.name)


def firing(actor: Actor) -> list[tuple[Alert, Standing]]:
    """What this actor's alerts fire for, the most severe first; nothing is asked of a host."""
    if not actor.database.exists:
        return []
    store = AlertStore(actor.database)
    mine = {one.id: one for one in store.of(actor.user) if one.enabled}
    found = store.standings(mine).values() if mine else ()
    fires = [(mine[one.alert], one) for one in found if one.state.phase in ("firing", "clearing")]
    return sorted(fires, key=lambda one: (_BAD.index(one[0].rule.severity), one[1].name))


def get(actor: Actor, alert_id: str) -> Alert:
    """Raises `NotFound`."""
    return ours(actor.user, "alert", alert_id, AlertStore(actor.database).get(alert_id))


def remove(actor: Actor, alert_id: str) -> None:
    """What it did not tell yet is not told any more."""
    found = get(actor, alert_id)
    AlertStore(actor.database).remove(actor.user, found.id)
    auditing.note(actor, "alert.removed", alert=found.id)


def set_enabled(actor: Actor, alert_id: str, enabled: bool) -> Alert:
    """One that was off begins anew, as if it had seen nothing."""
    found = get(actor, alert_id)
    AlertStore(actor.database).set_enabled(actor.user, found.id, enabled)
    auditing.note(actor, "alert.enabled" if enabled else "alert.disabled", alert=found.id)
    return get(actor, alert_id)


# --- after every round ---------------------------------------------------------------------------------


@dataclass
class Lookout:
    """Of one host, in the thread that measures it. `actor` is the service's, at that host."""

    actor: Actor
    interval: int
    _view: HostView | None = None
    _looked: float = field(default=float("-inf"))

    def round(self, now: int, measured: Mapping[str, Sample]) -> None:
        """All alerts see this round. A fault of theirs is noted: measuring goes on."""
        try:
            self._round(now, measured)
        except FuyajoError as error:
            _LOG.warning("alerts not looked at", extra={"fuyajo": {"detail": str(error)}})

    def _round(self, now: int, measured: Mapping[str, Sample]) -> None:
        store = AlertStore(self.actor.database)
        alerts = store.enabled() if self.actor.database.exists else []
        if not alerts:
            return
        view = self._machines()
        seen = {owner: _seen(view, owner) for owner in {alert.owner for alert in alerts}}
        before = store.standings(alert.id for alert in alerts)
        found = judge(alerts, seen, measured, before, now, self.interval, _message_id)
        if found.moved or found.said:
            store.keep(found.moved, found.said)

    def _machines(self) -> HostView:
        """As they were at most a minute ago."""
        view, age = self._view, time.monotonic() - self._looked
        if view is not None and age <= AGE_SECONDS:
            return view
        self._view, self._looked = planning.look(self.actor), time.monotonic()
        return self._view


def _seen(view: HostView, owner: str) -> tuple[Watched, ...]:
    found = view.visible(owner).values()
    return tuple(Watched(one.uuid, one.name, one.tags) for one in found if one.trashed is None)


def _message_id() -> str:
    return f"m-{secrets.token_hex(8)}"
