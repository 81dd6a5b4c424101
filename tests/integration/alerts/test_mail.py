"""Mail and a real SMTP server on loopback: what arrives, and that no text of a user becomes a header."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from fuyajo.channels.channel import NotTaken
from fuyajo.channels.mail import MailChannel
from fuyajo.domain.alerts import Alert, Event, Message, Rule
from fuyajo.domain.channels import Mail, Security

STRANGE = "web\r\nBcc: evil@example.org\x1b[2J"
ALERT = Alert("a-1", "mika", "データベース\r\nX-Evil: 1", Rule("memory", 95))


def message(name: str = STRANGE) -> Message:
    return Message("m-1", "a-1", "mika", "ops", "u-1", name, Event("fired", 0, 97.25), 0, 0)


class Box:
    """Takes mail for everybody but those it refuses."""

    def __init__(self, *refused: str) -> None:
        self.refused, self.found = refused, list[tuple[list[str], EmailMessage]]()

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 s3cret nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.found.append((list(envelope.rcpt_tos), parsed))
        return "250 OK"


@contextmanager
def server(box: Box, **more: Any) -> Iterator[int]:
    with socket.socket() as free:  # the library asks its own port whether it listens
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def channel(port: int, security: Security = "none", **more: Any) -> MailChannel:
    to = ("ops@example.org", "night@example.org")
    return MailChannel(Mail("127.0.0.1", port, security, "fuyajo@example.org", to, **more))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_it_arrives_whole_and_inert(lang: str) -> None:
    box = Box()
    with server(box) as port:
        channel(port, lang=lang).tell(message(), ALERT)
    ((to, mail),) = box.found
    assert to == ["ops@example.org", "night@example.org"]
    assert mail["Bcc"] is None and mail["X-Evil"] is None and mail["Auto-Submitted"]
    assert mail["Message-ID"] == "<m-1@example.org>"
    assert str(mail["Subject"]).startswith("[Fuyajo] web")
    text = mail.get_content()
    assert "97.25" in text and "データベース" in text and "memory > 95 %" in text
    assert "\x1b" not in text and "\nX-Evil" not in text and "\nBcc" not in text


def test_one_address_refused_is_no_reason_to_tell_the_others_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    box = Box("night@example.org")
    with server(box) as port:
        channel(port).tell(message(), ALERT)
    assert len(box.found) == 1 and "not taken by every address" in caplog.text


def test_nobody_takes_it() -> None:
    box = Box("ops@example.org", "night@example.org")
    with server(box) as port, pytest.raises(NotTaken) as error:
        channel(port).tell(message(), ALERT)
    assert "s3cret" not in error.value.why


def test_nobody_is_there() -> None:
    with pytest.raises(NotTaken, match="ConnectionRefusedError"):
        channel(1).tell(message(), ALERT)


def test_its_password(tmp_path: Path) -> None:
    """Sent only where somebody asked for it; a wrong one is a code and nothing else."""
    file, box = tmp_path / "password", Box()
    file.write_text("s3cret\n")

    def judge(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"s3cret")

    more = {"authenticator": judge, "auth_require_tls": False, "auth_required": True}
    with server(box, **more) as port:
        one = channel(port, user="fuyajo", password_file=file)
        one.tell(message(), ALERT)
        file.write_text("wrong")
        with pytest.raises(NotTaken, match="SMTP"):
            one.tell(message(), ALERT)
        file.unlink()
        with pytest.raises(NotTaken, match="cannot read password"):
            one.tell(message(), ALERT)
    assert len(box.found) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Of nobody that anybody trusts."""
    where = tmp_path_factory.mktemp("tls")
    call = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout k -out c"
    subprocess.run(call.split(), cwd=where, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where / "c", where / "k")
    return context


def test_a_stranger_in_between_gets_nothing(certificate: ssl.SSLContext) -> None:
    box = Box()
    with server(box, tls_context=certificate) as port, pytest.raises(NotTaken, match="SSL"):
        channel(port, "starttls").tell(message(), ALERT)
    assert box.found == []


def test_a_server_without_tls_gets_nothing() -> None:
    box = Box()
    with server(box) as port, pytest.raises(NotTaken, match="SMTPNotSupportedError"):
        channel(port, "starttls").tell(message(), ALERT)
    assert box.found == []
