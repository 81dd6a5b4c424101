"""Which addresses of servers are taken, which are this machine, and that no password is shown."""

from __future__ import annotations

import pytest

from fuyajo.planner.backends.address import address_problem, loopback
from fuyajo.planner.backends.openai_compatible.present import api_url


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://localhost:11434/v1/",
        "https://models.example/openai/v1",
        "http://[::1]:8000",
        "https://gpu-box",
    ],
)
def test_addresses(url: str) -> None:
    assert address_problem("openai_base_url", url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8080",
        "ftp://host",
        "file:///etc/passwd",
        "http://",
        "http://host:0",
        "http://host:99999",
        "http://host:x",
        "http://me:hunter22@host/",
        "http://host/?key=hunter22",
        "http://host/#x",
        "http://host\\@evil",
        "http://ho st",
        "http://host/\nX-Header: 1",
        "http://[::1",
    ],
)
def test_what_is_none(url: str) -> None:
    problem = address_problem("openai_base_url", url)
    assert problem is not None
    assert problem.code == "base_url"
    if "@" in url:
        assert "hunter22" not in problem.message()
    assert problem.message("ja") and problem.hint("ja")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("nonsense", False),
    ],
)
def test_this_machine(url: str, here: bool) -> None:
    assert loopback(url) is here


def test_a_key_is_only_sent_encrypted_or_to_this_machine() -> None:
    assert address_problem("s", "https://host", secret=True) is None
    assert address_problem("s", "http://127.0.0.1", secret=True) is None
    problem = address_problem("s", "http://host", secret=True)
    assert problem is not None
    assert problem.code == "base_url_plain"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("http://h:1", "http://h:1/v1"),
        ("http://h:1/", "http://h:1/v1"),
        ("http://h:1/v1", "http://h:1/v1"),
        ("http://h:1/v1/", "http://h:1/v1"),
        ("https://h/openai/v1", "https://h/openai/v1"),
    ],
)
def test_where_the_api_is(said: str, meant: str) -> None:
    assert api_url(said) == meant
