"""The service's own log: a line of JSON, which is always taken."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from fuyajo.domain.alerts import Alert, Message
from fuyajo.domain.errors import shown

_LOG = logging.getLogger("fuyajo.alerts")
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "critical": logging.ERROR}


class LogChannel:
    def tell(self, message: Message, alert: Alert) -> None:
        """Names and titles are anybody's text; they stand in values, bounded and without control signs."""
        level = logging.INFO if message.event.kind != "fired" else _LEVELS[alert.rule.severity]
        said = {
            "alert": message.alert,
            "owner": message.owner,
            "vm": shown(message.name),
            "uuid": message.uuid,
            "title": shown(alert.title, 80),
            "value": message.event.value,
            "at": datetime.fromtimestamp(message.event.at, UTC).isoformat(),
            "severity": alert.rule.severity,
        }
        _LOG.log(level, f"alert {message.event.kind}", extra={"fuyajo": said})
