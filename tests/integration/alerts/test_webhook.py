"""A webhook and a real receiver on loopback, which checks the signature by the standard's own library."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from fuyajo.channels import webhook
from fuyajo.channels.channel import NotTaken
from fuyajo.channels.webhook import WebhookChannel
from fuyajo.domain.alerts import Alert, Event, Message, Rule
from fuyajo.domain.channels import Webhook
from tests.support.receiver import Seen, receiver

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
STRANGE = 'web</script>\r\nX-Evil: 1\x1b[2J"}'
ALERT = Alert("a-1", "mika", STRANGE, Rule("cpu", 80, severity="critical"))
MESSAGE = Message("m-1", "a-1", "mika", "ops", "u-1", STRANGE, Event("fired", 0, 91.5), 0, 0)


@pytest.fixture
def seen() -> Iterator[Seen]:
    with receiver() as one:
        yield one


def channel(seen: Seen, tmp_path: Path, secret: str = SECRET, token: str = "") -> WebhookChannel:
    (tmp_path / "secret").write_text(secret + "\n")
    (tmp_path / "token").write_text(token + "\n")
    bearer = tmp_path / "token" if token else None
    return WebhookChannel(Webhook(seen.url, tmp_path / "secret", bearer))


def test_its_signature_holds_for_exactly_this(seen: Seen, tmp_path: Path) -> None:
    channel(seen, tmp_path, token="t0ken").tell(MESSAGE, ALERT)
    ((headers, body),) = seen.calls
    said = Receiver(SECRET).verify(body, headers)
    assert said["type"] == "alert.fired" and said["data"]["vm"] == STRANGE
    assert said["data"]["value"] == 91.5 and said["timestamp"] == "1970-01-01T00:00:00+00:00"
    assert headers["authorization"] == "Bearer t0ken" and headers["webhook-id"] == "m-1"
    assert "x-evil" not in headers
    with pytest.raises(WebhookVerificationError):
        Receiver(SECRET).verify(body.replace(b"91.5", b"1.5"), headers)
    with pytest.raises(WebhookVerificationError):
        Receiver(SECRET).verify(body, headers | {"webhook-id": "m-2"})


def test_without_a_secret_nothing_is_signed(seen: Seen) -> None:
    WebhookChannel(Webhook(seen.url)).tell(MESSAGE, ALERT)
    assert "webhook-signature" not in seen.calls[0][0]


@pytest.mark.parametrize("status", [199 + 101, 400, 404, 410, 500, 503])
def test_another_status_is_not_taken(seen: Seen, tmp_path: Path, status: int) -> None:
    seen.status = status
    with pytest.raises(NotTaken) as error:
        channel(seen, tmp_path).tell(MESSAGE, ALERT)
    assert error.value.why == f"HTTP {status}"


def test_no_redirect_is_followed(seen: Seen, tmp_path: Path) -> None:
    with receiver() as inner:
        seen.status, seen.location = 307, inner.url
        with pytest.raises(NotTaken, match="HTTP 307"):
            channel(seen, tmp_path).tell(MESSAGE, ALERT)
        assert inner.calls == []


def test_one_that_says_nothing_is_not_waited_for(
    seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.3)
    seen.drip = True
    with pytest.raises(NotTaken, match="ReadTimeout"):
        channel(seen, tmp_path).tell(MESSAGE, ALERT)


def test_nothing_secret_is_in_what_is_said_of_a_failure(seen: Seen, tmp_path: Path) -> None:
    away = Webhook(seen.url.replace("127.0.0.1:", "127.0.0.1:1"), tmp_path / "gone")
    for settings, why in (
        (away, "the service cannot read gone"),
        (Webhook("http://127.0.0.1:1/hook?key=s3cret"), "ConnectError"),
    ):
        with pytest.raises(NotTaken) as error:
            WebhookChannel(settings).tell(MESSAGE, ALERT)
        assert error.value.why == why


@pytest.mark.parametrize(
    ("secret", "token"), [("whsec_!!", ""), ("", ""), (SECRET, "a\nb"), (SECRET, "tök")]
)
def test_a_secret_that_is_none(seen: Seen, tmp_path: Path, secret: str, token: str) -> None:
    with pytest.raises(NotTaken):
        channel(seen, tmp_path, secret, token).tell(MESSAGE, ALERT)
    assert seen.calls == []


def test_a_secret_may_be_changed_while_it_runs(seen: Seen, tmp_path: Path) -> None:
    one = channel(seen, tmp_path)
    one.tell(MESSAGE, ALERT)
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    (tmp_path / "secret").write_text(other)
    one.tell(MESSAGE, ALERT)
    headers, body = seen.calls[1]
    assert Receiver(other).verify(body, headers)
