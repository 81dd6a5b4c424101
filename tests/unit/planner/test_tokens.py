"""Where the credential may come from, what is refused, and that it shows itself nowhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fuyajo.planner.backends import tokens
from fuyajo.planner.backends.tokens import (
    MAX_TOKEN_BYTES,
    TokenEnv,
    TokenFd,
    TokenFile,
    TokenProblem,
    TokenSource,
    find_token,
    token_pipe,
)
from tests.support.claude import SECRET


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def _code(source: TokenSource) -> str:
    with pytest.raises(TokenProblem) as caught:
        source.read()
    assert caught.value.kind == "auth"
    assert SECRET not in str(caught.value)
    assert caught.value.problems[0].hint("ja")
    return caught.value.problems[0].code


def test_a_private_file(file: Path) -> None:
    assert TokenFile(file).present()
    assert TokenFile(file).read() == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_open_to_others_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert _code(TokenFile(file)) == "token_mode"


def test_a_symlink_is_refused(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    assert TokenFile(link).present()
    assert _code(TokenFile(link)) == "token_symlink"


def test_a_foreign_file_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    assert _code(TokenFile(file)) == "token_owner"


def test_what_is_no_file(tmp_path: Path) -> None:
    assert _code(TokenFile(tmp_path)) == "token_unreadable"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert _code(TokenFile(pipe)) == "token_unreadable"
    missing = TokenFile(tmp_path / "missing")
    assert not missing.present()
    assert _code(missing) == "token_unreadable"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "token_empty"),
        (b" \n", "token_empty"),
        (b"two words", "token_malformed"),
        (b"line\r\nX-Header: 1", "token_malformed"),
        ("日本語".encode(), "token_malformed"),
        (b"\x00abc", "token_malformed"),
        (b"x" * (MAX_TOKEN_BYTES + 1), "token_malformed"),
    ],
)
def test_content_that_is_no_token(file: Path, content: bytes, code: str) -> None:
    file.write_bytes(content)
    assert _code(TokenFile(file)) == code


def test_a_descriptor_is_read_once_and_remembered() -> None:
    with token_pipe(SECRET) as fd:
        source = TokenFd(fd)
        assert source.present()
        assert (source.read(), source.read()) == (SECRET, SECRET)
        assert not os.get_inheritable(fd)
        assert SECRET not in repr(source)
    assert source.present()


def test_a_descriptor_whose_writer_stays_open() -> None:
    read_end, write_end = os.pipe()
    try:
        os.write(write_end, f"{SECRET}\n".encode())
        assert TokenFd(read_end).read() == SECRET
    finally:
        os.close(read_end)
        os.close(write_end)


def test_a_descriptor_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "FD_WAIT_S", 0.01)
    read_end, write_end = os.pipe()
    try:
        assert _code(TokenFd(read_end)) == "token_unreadable"
    finally:
        os.close(read_end)
        os.close(write_end)


def test_a_descriptor_that_is_not_open() -> None:
    assert not TokenFd(-1).present()
    assert _code(TokenFd(-1)) == "token_unreadable"


def test_the_environment() -> None:
    environ = {"CLAUDE_CODE_OAUTH_TOKEN": SECRET, "ANTHROPIC_API_KEY": "sk-ant-api"}
    assert TokenEnv(environ).read() == SECRET
    assert TokenEnv(environ, "api_key").read() == "sk-ant-api"
    assert SECRET not in repr(TokenEnv(environ))
    assert not TokenEnv({}).present()
    assert _code(TokenEnv({})) == "token_empty"


def test_which_source_is_taken(file: Path) -> None:
    environ = {"CLAUDE_CODE_OAUTH_TOKEN": SECRET}
    assert find_token("oauth", None, {}) is None
    assert isinstance(find_token("oauth", None, environ), TokenEnv)
    assert find_token("api_key", None, environ) is None
    with token_pipe(SECRET) as fd:
        both = {**environ, "FUYAJO_CLAUDE_TOKEN_FD": str(fd)}
        source = find_token("oauth", None, both)
        assert isinstance(source, TokenFd)
        assert find_token("oauth", None, both) is source
        assert find_token("oauth", file, both) == TokenFile(file)


@pytest.mark.parametrize("number", ["", "abc", "-1", "1e3", "9" * 30])
def test_a_descriptor_number_that_is_none(number: str) -> None:
    environ = {"FUYAJO_CLAUDE_TOKEN_FD": number, "CLAUDE_CODE_OAUTH_TOKEN": SECRET}
    source = find_token("oauth", None, environ)
    assert source is not None
    assert not source.present()
