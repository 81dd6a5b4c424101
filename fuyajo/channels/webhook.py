"""A POST with JSON, signed as standardwebhooks.com has it: receivers check it by a library."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2

from fuyajo.channels.channel import SECONDS, NotTaken, secret
from fuyajo.domain.alerts import Alert, Message
from fuyajo.domain.channels import Webhook
from fuyajo.domain.elsewhere import loopback

_PREFIX = "whsec_"


@dataclass(frozen=True)
class WebhookChannel:
    """Follows no redirect and reads no body: what the receiver says beside its status is of no use here."""

    settings: Webhook
    clock: Callable[[], float] = time.time

    def tell(self, message: Message, alert: Alert) -> None:
        body = json.dumps(body_of(message, alert)).encode()
        headers = self._headers(message.id, body)
        try:
            client = httpx2.Client(
                timeout=SECONDS, follow_redirects=False, trust_env=not loopback(self.settings.url)
            )
            with (
                client,
                client.stream("POST", self.settings.url, content=body, headers=headers) as answer,
            ):
                status = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # Its name only: the text may hold the address, and with it a secret.
            raise NotTaken(type(error).__name__) from error
        if not 200 <= status < 300:
            raise NotTaken(f"HTTP {status}")

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        """The id is the message's own: a receiver that saw it before knows it again."""
        said = {"content-type": "application/json", "webhook-id": message_id}
        said["webhook-timestamp"] = moment = str(int(self.clock()))
        if self.settings.secret_file is not None:
            signed = b".".join((message_id.encode(), moment.encode(), body))
            digest = hmac.new(
                _key(secret(self.settings.secret_file)), signed, hashlib.sha256
            ).digest()
            said["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
        if self.settings.token_file is not None:
            token = secret(self.settings.token_file)
            if not (token.isascii() and token.isprintable()):
                raise NotTaken(f"{self.settings.token_file.name} holds no token")
            said["authorization"] = f"Bearer {token}"
        return said


def body_of(message: Message, alert: Alert) -> dict[str, Any]:
    """What a receiver gets. Names and titles are anybody's text, here as JSON data."""
    rule = alert.rule
    return {
        "type": f"alert.{message.event.kind}",
        "timestamp": datetime.fromtimestamp(message.event.at, UTC).isoformat(),
        "data": {
            "alert": alert.id,
            "title": alert.title,
            "owner": alert.owner,
            "vm": message.name,
            "uuid": message.uuid,
            "metric": rule.metric,
            "side": rule.side,
            "threshold": rule.threshold,
            "value": message.event.value,
            "severity": rule.severity,
        },
    }


def _key(said: str) -> bytes:
    """Base64 after `whsec_`, as receivers have it; otherwise the text itself."""
    if not said.startswith(_PREFIX):
        return said.encode()
    try:
        return base64.b64decode(said.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise NotTaken("the webhook's secret is not base64") from error
