"""A mail by one SMTP server. Addresses are the administrator's; of users there is only text."""

from __future__ import annotations

import logging
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from fuyajo.channels.channel import SECONDS, NotTaken, secret
from fuyajo.domain.alerts import Alert, Message
from fuyajo.domain.channels import Mail
from fuyajo.domain.errors import shown
from fuyajo.domain.texts import text
from fuyajo.views.alert import rule_words
from fuyajo.views.inert import inert

_LOG = logging.getLogger("fuyajo.alerts")


@dataclass(frozen=True)
class MailChannel:
    settings: Mail

    def tell(self, message: Message, alert: Alert) -> None:
        mail = mail_of(self.settings, message, alert)
        try:
            refused = self._send(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(_why(error)) from error
        if refused:  # the others have it, and would have it twice after another try
            said = {"alert": alert.id, "refused": len(refused), "addresses": len(self.settings.to)}
            _LOG.warning("alert not taken by every address", extra={"fuyajo": said})

    def _send(self, mail: EmailMessage) -> dict[str, tuple[int, bytes]]:
        server = self._connected()
        try:
            if self.settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.settings.user is not None and self.settings.password_file is not None:
                server.login(self.settings.user, secret(self.settings.password_file))
            return server.send_message(mail)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        where = (self.settings.host, self.settings.port)
        if self.settings.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(*where, timeout=SECONDS, context=context)
        return smtplib.SMTP(*where, timeout=SECONDS)


def mail_of(settings: Mail, message: Message, alert: Alert) -> EmailMessage:
    """Its id is the message's own: told twice, a mailbox shows it once."""
    lang, event = settings.lang, message.event
    words = {
        "vm": _line(message.name),
        "rule": rule_words(alert.rule),
        "title": _line(alert.title) or "-",
        "value": f"{event.value:g}",
        "at": datetime.fromtimestamp(event.at, UTC).isoformat(sep=" "),
        "alert": alert.id,
        "owner": shown(alert.owner),
        "severity": alert.rule.severity,
        "uuid": message.uuid,
    }
    mail = EmailMessage()
    mail["Subject"] = text(f"ui.alert.mail_{event.kind}", lang, **words)
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(datetime.fromtimestamp(event.at, UTC))
    mail["Message-ID"] = f"<{message.id}@{settings.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text("ui.alert.mail_body", lang, **words))
    return mail


def _line(text: str) -> str:
    """Anybody's text as a part of one line."""
    return " ".join(inert(text).split())[:80]


def _why(error: Exception) -> str:
    """What the server answers may quote what it was sent; its code is enough."""
    code = getattr(error, "smtp_code", None)
    return f"SMTP {code}" if isinstance(code, int) and code > 0 else type(error).__name__
