"""Shell completion of names that exist. Silent when anything is missing."""

from __future__ import annotations

import os
from collections.abc import Callable

import click

from fuyajo.domain.errors import FuyajoError
from fuyajo.service.context import Actor, local_actor

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def _completer(names: Callable[[Actor], list[str]]) -> Completer:
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
        try:
            actor = local_actor(os.environ)
            said: str | None = ctx.find_root().params.get("server")
            if (actor.settings.server if said is None else said) and names not in EVERYWHERE:
                return []  # what is here is not what is there, and nobody waits for a network at Tab
            found = names(actor)
        except (FuyajoError, OSError):
            return []
        return [name for name in found if name.startswith(incomplete)]

    return complete


def _vms(actor: Actor) -> list[str]:
    from fuyajo.service.machines import list_vms

    return [machine.name for machine in list_vms(actor)]


def _own_vms(actor: Actor) -> list[str]:
    from fuyajo.service.machines import list_vms

    return [machine.name for machine in list_vms(actor) if machine.owner == actor.user]


def _trash(actor: Actor) -> list[str]:
    from fuyajo.domain.trash import old_name
    from fuyajo.service.trashing import list_trash

    return sorted({old_name(machine) for machine in list_trash(actor)})


def _users(actor: Actor) -> list[str]:
    return [user.name for user in actor.people.users()] if actor.database.exists else []


def _tokens(actor: Actor) -> list[str]:
    return [one.id for one in actor.people.tokens(actor.user)] if actor.database.exists else []


def _schedules(actor: Actor) -> list[str]:
    return [one.id for one in actor.schedules.of(actor.user)] if actor.database.exists else []


def _alerts(actor: Actor) -> list[str]:
    from fuyajo.service.alerting import of

    return [one.id for one in of(actor)] if actor.database.exists else []


def _channels(actor: Actor) -> list[str]:
    from fuyajo.service.alerting import channels_of

    return sorted(channels_of(actor))


def _zones(_actor: Actor) -> list[str]:
    from zoneinfo import available_timezones

    return sorted(available_timezones())


def _images(actor: Actor) -> list[str]:
    from fuyajo.service.images import image_names

    return sorted(image_names(actor))


def _templates(_actor: Actor) -> list[str]:
    from fuyajo.domain.catalogue import TEMPLATES

    return sorted(TEMPLATES)


def _hosts(actor: Actor) -> list[str]:
    from fuyajo.service.hosting import hypervisors

    return sorted(hypervisors(actor))


hosts = _completer(_hosts)
EVERYWHERE = (_templates, _zones)

images = _completer(_images)
templates = _completer(_templates)
plans = _completer(lambda actor: actor.plans.ids(actor.user))
runs = _completer(lambda actor: [run.id for run in actor.runs.list(actor.user)])
trash = _completer(_trash)
vms = _completer(_vms)
own_vms = _completer(_own_vms)
users = _completer(_users)
tokens = _completer(_tokens)
schedules = _completer(_schedules)
alerts = _completer(_alerts)
channels = _completer(_channels)
zones = _completer(_zones)
