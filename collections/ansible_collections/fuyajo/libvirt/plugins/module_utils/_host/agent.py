# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to the agent inside a guest. Every one has a deadline, and what it brings back is data."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Iterator, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import Calls, until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import agent as _agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.agent import AgentError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    UNAVAILABLE,
    FuyajoError,
)

# How long the agent may take for one answer, in seconds, when nobody said.
ANSWER_SECONDS = 30
# Runs the rest of its arguments with the output in two files that nobody else can read. A little of it comes
# back at once; more stays in the files, and their sizes come back instead. Without this a program that writes
# 10 MB would break libvirt's line to the agent. $1 names the files, $2 is how much is a little, $3 is "in"
# when stdin is a file as well. The texts are arguments: none of them is read by a shell as code.
_CAPTURE = """b=$1 n=$2 i=$3; shift 3
(umask 077; set -C; : >"$b.out"; : >"$b.err") || exit 125
if [ "$i" = in ]; then exec <"$b.in"; command -p rm -f "$b.in"; fi
"$@" >>"$b.out" 2>>"$b.err"
r=$?
if [ ! -s "$b.out" ] && [ ! -s "$b.err" ]; then command -p rm -f "$b.out" "$b.err"; exit $r; fi
set -- $(command -p wc -c "$b.out" "$b.err")
if [ $(($1 + $3)) -gt "$n" ]; then echo "$b $1 $3"; exit $r; fi
[ "$1" -eq 0 ] || command -p cat "$b.out"
[ "$3" -eq 0 ] || command -p cat "$b.err" >&2
command -p rm -f "$b.out" "$b.err"
exit $r
"""
_SHELL = "/bin/sh"
_NO_PROGRAM = "Failed to execute child process"
# Creates a file for its owner alone; the agent itself would make it writable for everybody.
_CREATE = 'umask 077; : >"$1"'
_SAVE = 'umask 077; exec cat >"$1"'
_INLINE = 512 * 1024
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Program:
    """What is to run in a guest. ``env`` (NAME=value) is all of its environment; None: the agent's own.

    ``seconds`` is how long it may take, None as long as it likes; ``most`` how many bytes of each output
    are brought back.
    """

    argv: Sequence[str]
    stdin: bytes = b""
    env: Sequence[str] | None = None
    seconds: float | None = None
    most: int = 64 * 1024 * 1024


@dataclass
class Ran:
    """How it went. ``code`` is 128 plus the signal's number when one ended it."""

    code: int
    out: bytes = b""
    err: bytes = b""
    truncated: bool = False


@dataclass
class _Silence:
    """How long an agent has not answered; a loaded guest may miss an answer or two."""

    patience: float
    since: float = field(default_factory=time.monotonic)


class AgentCalls(Calls):
    """Requests to the agent of one machine. ``lib_qemu`` is the module libvirt_qemu."""

    lib_qemu: Any

    def ask_agent(
        self, machine: Any, command: str, seconds: float = ANSWER_SECONDS, **arguments: Any
    ) -> Any:
        """Return the agent's answer to one request; raises AgentError, after ``seconds`` at the latest.

        libvirt first makes sure that the agent listens, which may take 5 s more.
        """
        text = _agent.request(command, **arguments)
        if self.lib_qemu is None:
            raise FuyajoError(
                "the Python module libvirt_qemu is missing; it belongs to python3-libvirt",
                UNAVAILABLE,
            )
        try:
            said = self.lib_qemu.qemuAgentCommand(machine, text, max(1, round(seconds)), 0)
        except self.lib.libvirtError as error:
            raise self._refusal(command, error) from None
        return _agent.answer(command, said)

    def _refusal(self, command: str, error: Any) -> AgentError:
        code, said = error.get_error_code(), str(error)
        if error.get_error_domain() == self.lib.VIR_FROM_RPC and "encode" not in said:
            return AgentError(_agent.BROKEN, f"lost the connection to libvirt: {said}", UNAVAILABLE)
        return _agent.refusal(command, said, code == self.lib.VIR_ERR_AGENT_UNRESPONSIVE)

    def run_in_guest(self, handle: Any, program: Program, answer: float = ANSWER_SECONDS) -> Ran:
        """Run a program and return how it went; raises FuyajoError when it could not be run to its end.

        ``answer`` is how long the agent may be silent. When the time is up nothing in the guest is ended.
        """
        base = f"/tmp/.fuyajo-{secrets.token_hex(16)}"  # noqa: S108 - nobody can guess this name
        try:
            pid = self._start_captured(handle, program, base, answer)
        except AgentError as error:
            if _NO_PROGRAM not in str(error):
                raise
            # No shell in there (Windows, a guest without a distribution): the agent itself collects.
            return self._run_plainly(handle, program, answer)
        status = self._end_of(handle, pid, program.seconds, answer)
        kept = _sizes(status.out, base)
        if kept is None:
            out, err = status.out[: program.most], status.err[: program.most]
            cut = status.truncated or len(out) < len(status.out) or len(err) < len(status.err)
            return Ran(status.code, out, err, cut)
        return self._collect(handle, program, status.code, base, kept, answer)

    def _start_captured(self, handle: Any, program: Program, base: str, answer: float) -> int:
        start: dict[str, Any] = {"path": _SHELL, "capture-output": True}
        words = ["-c", _CAPTURE, "fuyajo", base, str(_INLINE)]
        if program.env is not None:
            start["env"] = _with_path(program.env)
        start["arg"] = [*words, "", *program.argv]
        if program.stdin:
            start["input-data"] = _agent.encoded(program.stdin)
            if not _agent.fits("guest-exec", **start):
                del start["input-data"]
                start["arg"] = [*words, "in", *program.argv]
                self.write_guest_file(handle, f"{base}.in", [program.stdin], answer)
        return self._start(handle, start, answer)

    def _start(self, handle: Any, start: dict[str, Any], answer: float) -> int:
        value = self.ask_agent(handle, "guest-exec", answer, **start)
        return _agent.number("guest-exec", _agent.member("guest-exec", value, "pid"))

    def _run_plainly(self, handle: Any, program: Program, answer: float) -> Ran:
        argv = list(program.argv)
        start: dict[str, Any] = {"path": argv[0], "arg": argv[1:], "capture-output": True}
        if program.env is not None:
            start["env"] = list(program.env)
        if program.stdin:
            start["input-data"] = _agent.encoded(program.stdin)
        pid = self._start(handle, start, answer)
        status = self._end_of(handle, pid, program.seconds, answer)
        out, err = status.out[: program.most], status.err[: program.most]
        cut = status.truncated or len(out) < len(status.out) or len(err) < len(status.err)
        return Ran(status.code, out, err, cut)

    def _end_of(self, handle: Any, pid: int, seconds: float | None, answer: float) -> _agent.Status:
        """Return the status of a program that has ended; raises when that takes too long."""
        seen = [_agent.Status(False)]
        silence = _Silence(answer)

        def ended() -> bool:
            status = self._status_or_silence(handle, pid, silence)
            if status is not None:
                seen[0] = status
            return seen[0].exited

        # Nobody tells when a program ends, so it is asked; a year stands for "no limit".
        if not until(ended, 365 * 86400.0 if seconds is None else seconds):
            raise AgentError(
                _agent.SILENT,
                f"the program did not end within {seconds:g} s; it goes on in the guest (pid {pid})",
                FAILED,
            )
        return seen[0]

    def _status_or_silence(self, handle: Any, pid: int, silence: _Silence) -> _agent.Status | None:
        try:
            value = self.ask_agent(handle, "guest-exec-status", silence.patience, pid=pid)
        except AgentError as error:
            quiet = time.monotonic() - silence.since
            if error.reason not in (_agent.SILENT, _agent.BUSY) or quiet > silence.patience:
                raise
            return None
        silence.since = time.monotonic()
        return _agent.status(value)

    def _collect(
        self,
        handle: Any,
        program: Program,
        code: int,
        base: str,
        sizes: tuple[int, int],
        answer: float,
    ) -> Ran:
        """Bring back output that stayed in the guest's files, and remove them."""
        names = (f"{base}.out", f"{base}.err")
        try:
            out, err = (
                b"".join(self.read_guest_file(handle, name, program.most, answer)) for name in names
            )
        finally:
            self._quietly(handle, ["rm", "-f", *names], answer)
        cut = len(out) < sizes[0] or len(err) < sizes[1]
        return Ran(code, out, err, cut)

    def _quietly(self, handle: Any, argv: list[str], answer: float, stdin: bytes = b"") -> None:
        """Run a helper of ours to its end; raises AgentError when it fails."""
        ran = self._run_plainly(handle, Program(argv, stdin, seconds=answer), answer)
        if ran.code != 0:
            said = _agent.plain(ran.err.decode("utf-8", "replace")) or f"exit {ran.code}"
            raise AgentError(_agent.REFUSED, f"in the guest, {argv[0]}: {said}")

    def read_guest_file(
        self, handle: Any, path: str, most: int, answer: float = ANSWER_SECONDS
    ) -> Iterator[bytes]:
        """Yield the pieces of a guest's file, ``most`` bytes together; more is left unread."""
        command, left, ended = "guest-file-read", most, False
        with self._opened(handle, path, "r", answer) as opened:
            while left > 0 and not ended:
                count = min(left, _agent.READ_CHUNK)
                value = self.ask_agent(handle, command, answer, handle=opened, count=count)
                raw, ended = _agent.piece(value, count)
                left -= len(raw)
                yield raw

    def write_guest_file(
        self, handle: Any, path: str, pieces: Iterator[bytes] | list[bytes], answer: float
    ) -> None:
        """Write a file that only its owner can read, anew or over what was there."""
        source = _chunks(pieces)
        first, second = next(source, b""), next(source, None)
        if second is None:
            self._quietly(handle, [_SHELL, "-c", _SAVE, "fuyajo", path], answer, first)
            return
        self._quietly(handle, [_SHELL, "-c", _CREATE, "fuyajo", path], answer)
        with self._opened(handle, path, "r+", answer) as opened:
            for raw in itertools.chain((first, second), source):
                self._write(handle, opened, raw, answer)

    @contextlib.contextmanager
    def _opened(self, handle: Any, path: str, mode: str, answer: float) -> Iterator[int]:
        command = "guest-file-open"
        opened = _agent.number(
            command, self.ask_agent(handle, command, answer, path=path, mode=mode)
        )
        gone = False
        try:
            yield opened
        except AgentError as error:
            # An agent that is gone took its open files along; asking it would only wait once more.
            gone = error.reason in _agent.GONE
            raise
        finally:
            if not gone:
                self.ask_agent(handle, "guest-file-close", answer, handle=opened)

    def _write(self, handle: Any, opened: int, raw: bytes, answer: float) -> None:
        command = "guest-file-write"
        value = self.ask_agent(
            handle, command, answer, handle=opened, **{"buf-b64": _agent.encoded(raw)}
        )
        if _agent.number(command, _agent.member(command, value, "count")) != len(raw):
            raise AgentError(_agent.REFUSED, "the guest takes no more data: is its disk full?")


def _with_path(env: Sequence[str]) -> list[str]:
    """Return an environment in which our own helpers are found."""
    return list(env) if any(each.startswith("PATH=") for each in env) else [_PATH, *env]


def _sizes(out: bytes, base: str) -> tuple[int, int] | None:
    """Return the sizes of the two files when the output stayed in the guest."""
    words = out[:200].split()
    if len(words) != 3 or words[0] != base.encode():
        return None
    if not all(word.isdigit() and len(word) < 19 for word in words[1:]):
        return None
    return int(words[1]), int(words[2])


def _chunks(pieces: Iterator[bytes] | list[bytes]) -> Iterator[bytes]:
    """Cut pieces of any size into what one request carries."""
    for raw in pieces:
        for start in range(0, len(raw), _agent.WRITE_CHUNK):
            yield raw[start : start + _agent.WRITE_CHUNK]
