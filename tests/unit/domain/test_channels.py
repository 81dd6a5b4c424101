"""Channels as `config.toml` names them: what is taken, and every problem at once, each with its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.channels import Mail, Webhook, read
from fuyajo.domain.errors import InvalidInput
from fuyajo.service.context import load_settings

MAIL = {
    "kind": "mail",
    "host": "mail.example.org",
    "from": "f@example.org",
    "to": "ops@example.org",
}
HOOK = {"kind": "webhook", "url": "https://hooks.example.org/x"}


def wrong(said: Any) -> list[tuple[str, str]]:
    found, problems = read(said, "log")
    assert not found or not problems
    return [(one.path, one.code) for one in problems]


def one(**said: Any) -> list[tuple[str, str]]:
    return wrong({"channels": {"ops": said}})


def test_what_is_taken() -> None:
    said = {"channels": {"ops": HOOK, "night-shift": {**MAIL, "to": "a@b.org, c@d.org"}}}
    found, problems = read(said, "log")
    assert not problems
    assert found == {
        "ops": Webhook("https://hooks.example.org/x"),
        "night-shift": Mail(
            "mail.example.org", 587, "starttls", "f@example.org", ("a@b.org", "c@d.org")
        ),
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/x",
        "https://user:pw@hooks.example.org/",
        "ftp://x",
        "https://",
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "https://[::1",
    ],
)
def test_an_address_that_would_not_keep_it_secret(url: str) -> None:
    assert one(kind="webhook", url=url) == [("alerts.channels.ops.url", "channel_url")]


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"to": "ops@example.org\r\nBcc: x@y.z"}, "to", "channel_text"),
        ({"to": "ops"}, "to", "channel_address"),
        ({"to": "<ops@example.org>"}, "to", "channel_address"),
        ({"to": "Ops <ops@example.org>"}, "to", "channel_address"),
        ({"from": "ö@example.org"}, "from", "channel_address"),
        ({"port": 25}, "port", "channel_text"),
        ({"port": "0"}, "port", "channel_port"),
        ({"port": "70000"}, "port", "channel_port"),
        ({"port": "٢٥"}, "port", "channel_port"),
        ({"security": "maybe"}, "security", "choice"),
        ({"security": "none"}, "security", "channel_open"),
        ({"lang": "fr"}, "lang", "choice"),
        ({"user": "x"}, "password_file", "missing"),
        ({"password_file": "/x"}, "user", "missing"),
        ({"to": ",".join(f"a{n}@b.org" for n in range(21))}, "to", "too_long"),
    ],
)
def test_a_mail_that_cannot_be(more: dict[str, Any], path: str, code: str) -> None:
    assert (f"alerts.channels.ops.{path}", code) in one(**{**MAIL, **more})


def test_open_only_to_this_machine() -> None:
    assert one(**{**MAIL, "host": "localhost", "security": "none"}) == []


@pytest.mark.parametrize("name", ["log", "Ops", "1st", "a b", "", "x" * 32, "o\n"])
def test_names_of_channels(name: str) -> None:
    ((_, code),) = wrong({"channels": {name: HOOK}})
    assert code == "channel_name"


@pytest.mark.parametrize("said", [3, [], {"channels": []}, {"channels": {"ops": "x"}}])
def test_what_is_no_table(said: Any) -> None:
    assert {code for _, code in wrong(said)} == {"channel_table"}


def test_all_that_is_wrong_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        'colour = "red"\n[alerts]\nx = 1\n[alerts.channels.ops]\nkind = "pigeon"\n'
        '[alerts.channels.web]\nkind = "webhook"\nurl = "http://x.org"\nsecret = "a"\n'
    )
    with pytest.raises(InvalidInput) as error:
        load_settings({"FUYAJO_HOME": str(home)})
    found = [(one.path.removeprefix(str(home)), one.code) for one in error.value.problems]
    assert found == [
        ("alerts", "config_key"),
        ("alerts.channels.ops.kind", "choice"),
        ("alerts.channels.web", "config_key"),
        ("/config.toml", "config_key"),
    ]


def test_settings_have_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        'pool = "other"\n[alerts.channels.ops]\nkind = "webhook"\nurl = "https://x.org/"\n'
        'secret_file = "/etc/fuyajo/hook"\n'
    )
    settings = load_settings({"FUYAJO_HOME": str(home)})
    assert settings.pool == "other"
    assert settings.channels == {"ops": Webhook("https://x.org/", Path("/etc/fuyajo/hook"))}
