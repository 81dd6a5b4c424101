"""The channels of a service, from its settings."""

from __future__ import annotations

from fuyajo.channels.channel import Channel
from fuyajo.channels.log import LogChannel
from fuyajo.domain.alerts import LOG
from fuyajo.domain.channels import Channels, Mail, Webhook


def channels(settings: Channels) -> dict[str, Channel]:
    """By name; the log is always there."""
    return {LOG: LogChannel(), **{name: _one(one) for name, one in settings.items()}}


def _one(settings: Webhook | Mail) -> Channel:
    """Loaded where one is wanted: the client of the one and the other take their time."""
    if isinstance(settings, Webhook):
        from fuyajo.channels.webhook import WebhookChannel

        return WebhookChannel(settings)
    from fuyajo.channels.mail import MailChannel

    return MailChannel(settings)
