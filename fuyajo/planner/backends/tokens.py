"""Where a planner's credential comes from, and the pipe that carries it to a child process."""

from __future__ import annotations

import os
import re
import select
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from fuyajo.domain.errors import FuyajoError, Param, Problem
from fuyajo.planner.backend import BackendError

Kind = Literal["oauth", "api_key"]

FD_ENV = "FUYAJO_CLAUDE_TOKEN_FD"
# What Claude Code itself (and Anthropic's SDK) would read from its environment, by kind.
TOKEN_ENV: dict[Kind, str] = {
    "oauth": "CLAUDE_CODE_OAUTH_TOKEN",
    "api_key": "ANTHROPIC_API_KEY",
}
# Well below a pipe's capacity (64 KiB on Linux, 4 KiB at worst): one write never blocks.
MAX_TOKEN_BYTES = 4096
FD_WAIT_S = 5.0


class TokenProblem(BackendError):
    """The credential is there but must not or cannot be used; a more precise text than `auth`."""

    def __init__(self, backend: str, code: str, **params: Param) -> None:
        super().__init__(backend, "auth", code)
        FuyajoError.__init__(self, Problem("", code, dict(params)))


class TokenSource(Protocol):
    """One place that may hold a credential. Never shows it in its own representation."""

    @property
    def kind(self) -> Kind: ...

    def present(self) -> bool:
        """Whether there is something to read (no reading, no waiting)."""
        ...

    def read(self) -> str:
        """The credential. May block up to `FD_WAIT_S`; raises `TokenProblem`."""
        ...


@dataclass(frozen=True)
class TokenFile:
    """A file of the calling user's own that nobody else can read."""

    path: Path
    kind: Kind = "oauth"
    backend: str = "claude"

    def present(self) -> bool:
        return self.path.is_symlink() or self.path.exists()

    def read(self) -> str:
        try:
            # O_NONBLOCK: a named pipe in its place must not hang us.
            fd = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            if self.path.is_symlink():
                raise self._problem("symlink") from None
            raise self._problem("unreadable", detail=os.strerror(error.errno or 0)) from None
        try:
            self._check(os.fstat(fd))
            return _clean(os.read(fd, MAX_TOKEN_BYTES + 1), self.backend, str(self.path))
        finally:
            os.close(fd)

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise self._problem("unreadable", detail="not a regular file")
        if found.st_uid != os.geteuid():
            raise self._problem("owner")
        if found.st_mode & 0o077:
            raise self._problem("mode", mode=f"{stat.S_IMODE(found.st_mode):04o}")

    def _problem(self, what: str, **params: Param) -> TokenProblem:
        return TokenProblem(self.backend, f"token_{what}", path=str(self.path), **params)


@dataclass
class TokenFd:
    """An open descriptor that a parent process left for us; a pipe gives its content only once."""

    fd: int
    kind: Kind = "oauth"
    backend: str = "claude"
    _value: str | None = field(default=None, repr=False)

    def present(self) -> bool:
        if self._value is not None:
            return True
        try:
            os.fstat(self.fd)
        except OSError:
            return False
        return True

    def read(self) -> str:
        if self._value is None:
            self._value = _clean(self._drain(), self.backend, f"fd {self.fd}")
        return self._value

    def _drain(self) -> bytes:
        data = b""
        try:
            os.set_inheritable(self.fd, False)
            poll = select.poll()
            poll.register(self.fd, select.POLLIN)
            while len(data) <= MAX_TOKEN_BYTES and b"\n" not in data:
                if not poll.poll(FD_WAIT_S * 1000):
                    raise self._unreadable("nothing came")
                chunk = os.read(self.fd, MAX_TOKEN_BYTES)
                if not chunk:
                    break
                data += chunk
        except OSError as error:
            raise self._unreadable(os.strerror(error.errno or 0)) from None
        return data

    def _unreadable(self, detail: str) -> TokenProblem:
        return TokenProblem(self.backend, "token_unreadable", path=f"fd {self.fd}", detail=detail)


@dataclass(frozen=True)
class TokenEnv:
    """A variable of our own environment; it is never copied to a child's environment.

    `variable` None: the one that Claude Code itself would read.
    """

    environ: Mapping[str, str] = field(repr=False)
    kind: Kind = "oauth"
    backend: str = "claude"
    variable: str | None = None

    @property
    def name(self) -> str:
        return self.variable or TOKEN_ENV[self.kind]

    def present(self) -> bool:
        return bool(self.environ.get(self.name))

    def read(self) -> str:
        value = self.environ.get(self.name, "").encode("utf-8", "surrogateescape")
        return _clean(value, self.backend, self.name)


def find_key(
    backend: str, variable: str, file: Path | None, environ: Mapping[str, str]
) -> TokenSource | None:
    """An API key: the configured file alone when there is one, else that variable, else None."""
    if file is not None:
        return TokenFile(file, "api_key", backend)
    source = TokenEnv(environ, "api_key", backend, variable)
    return source if source.present() else None


def find_token(kind: Kind, file: Path | None, environ: Mapping[str, str]) -> TokenSource | None:
    """Claude's credential, from the first source that is there: configured file, descriptor, environment.

    A configured file is the only candidate, even when it is missing: falling back to another account's
    credential in silence would be worse than an error.
    """
    if file is not None:
        return TokenFile(file, kind)
    if FD_ENV in environ:
        return _descriptor(environ[FD_ENV], kind)
    source = TokenEnv(environ, kind)
    return source if source.present() else None


@cache
def _descriptor(number: str, kind: Kind) -> TokenFd:
    """One source per descriptor and process: what was read from a pipe must serve later calls too."""
    return TokenFd(int(number) if re.fullmatch("[0-9]{1,6}", number) else -1, kind)


def _clean(data: bytes, backend: str, where: str) -> str:
    """The credential without surrounding white space; one printable ASCII word or a `TokenProblem`."""
    token = data.strip()
    if not token:
        raise TokenProblem(backend, "token_empty", path=where)
    if len(token) > MAX_TOKEN_BYTES or any(not 0x21 <= byte <= 0x7E for byte in token):
        raise TokenProblem(backend, "token_malformed", path=where)
    return token.decode("ascii")


@contextmanager
def token_pipe(token: str) -> Iterator[int]:
    """The read end of a pipe that holds the token; pass it on with `pass_fds`."""
    read_end, write_end = os.pipe()
    try:
        try:
            os.write(write_end, token.encode("ascii"))
        finally:
            os.close(write_end)
        yield read_end
    finally:
        os.close(read_end)
