"""Child processes that never outlive their caller.

Every child leads its own process group, so that an interrupt or a deadline ends the whole tree
and not only its first process. The kernel ends the first one when its caller is killed.
"""

from __future__ import annotations

import collections
import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fuyajo.engine.images.errors import ImageError

_GRACE_SECONDS = 20.0
_TAIL_LINES = 30
# The tools of file systems and boot loaders live outside a normal user's search path.
_SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def find_tool(command: str, package: str) -> str:
    """The absolute path of `command`.

    Raises:
        ImageError: it is not installed; the hint names the Debian `package` that has it.
    """
    found = shutil.which(command, path=_SEARCH_PATH)
    if found is None:
        raise ImageError(
            f"The command {command} is needed and was not found on this machine.",
            f"Install it with: apt-get install {package}",
        )
    return found


def child_environment() -> dict[str, str]:
    """A short environment: nothing secret, no proxy lost, messages in English."""
    kept = ("HOME", "TMPDIR", "http_proxy", "https_proxy", "no_proxy")
    environment = {key: os.environ[key] for key in kept if key in os.environ}
    return environment | {"PATH": _SEARCH_PATH, "LC_ALL": "C.UTF-8"}


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child's whole group: politely first, so that it can unmount and tidy up."""
    if process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
    # The leader may be gone and have left others in its group.
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    # Nobody is left, or only processes that changed their user and end by themselves.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _start(
    argv: Sequence[str | Path], errors: int, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    # Of util-linux, which is essential: every Debian has it.
    watched = [find_tool("setpriv", "util-linux"), "--pdeathsig", "TERM"]
    return subprocess.Popen(
        [*watched, *(str(word) for word in argv)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
        pass_fds=tuple(pass_fds),
        env=child_environment(),
    )


def stream(
    argv: Sequence[str | Path],
    on_line: Callable[[str], None],
    *,
    deadline_seconds: float,
    pass_fds: Sequence[int] = (),
) -> None:
    """Run `argv`, handing over each line of its merged output as it comes.

    Lines may end with a carriage return, as progress displays write them.

    Raises:
        ImageError: it failed or ran longer than `deadline_seconds`.
        KeyboardInterrupt: passed on, after the child's group is gone.
    """
    tail = collections.deque[str](maxlen=_TAIL_LINES)
    process = _start(argv, subprocess.STDOUT, pass_fds)
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        stop(process)

    timer = threading.Timer(deadline_seconds, expire)
    timer.start()
    try:
        for line in _lines(process):
            tail.append(line)
            on_line(line)
        process.wait()
    finally:
        timer.cancel()
        stop(process)
        if process.stdout is not None:
            process.stdout.close()
    if expired.is_set():
        raise late(argv, deadline_seconds)
    if process.returncode != 0:
        raise failure(argv, process.returncode, "\n".join(tail))


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """The output's lines, split at newlines and carriage returns, without waiting for more."""
    rest = b""
    assert process.stdout is not None
    while chunk := os.read(process.stdout.fileno(), 65536):
        *whole, rest = re.split(rb"[\r\n]+", rest + chunk)
        yield from (text.decode(errors="replace") for text in whole if text)
    if rest:
        yield rest.decode(errors="replace")


@dataclass(frozen=True)
class Outcome:
    """How a child ended: exit code (negative: the signal that ended it) and what it wrote."""

    code: int
    output: bytes
    errors: str


def finish(argv: Sequence[str | Path], *, timeout_seconds: float) -> Outcome:
    """Run `argv` to its end, whatever its exit code.

    Raises:
        ImageError: it ran longer than `timeout_seconds`.
    """
    process = _start(argv, subprocess.PIPE)
    try:
        output, errors = process.communicate(timeout=timeout_seconds)
    except subprocess.TimeoutExpired as error:
        raise late(argv, timeout_seconds) from error
    finally:
        stop(process)
    return Outcome(process.returncode, output, errors.decode(errors="replace"))


def capture(argv: Sequence[str | Path], *, timeout_seconds: float) -> bytes:
    """Run `argv` and return its standard output.

    Raises:
        ImageError: it failed or ran longer than `timeout_seconds`.
    """
    outcome = finish(argv, timeout_seconds=timeout_seconds)
    if outcome.code != 0:
        raise failure(argv, outcome.code, outcome.errors)
    return outcome.output


def late(argv: Sequence[str | Path], seconds: float) -> ImageError:
    """The error for a child that was stopped because it took longer than `seconds`."""
    return ImageError(
        f"{Path(argv[0]).name} did not finish within {seconds:.0f} s and was stopped.",
        "Check the network and the load of this machine, then run the same command again.",
    )


def failure(argv: Sequence[str | Path], code: int, text: str) -> ImageError:
    """The error for a child that ended with `code`, with the end of what it said."""
    said = [line.strip() for line in text.splitlines() if line.strip()][-8:]
    how = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
    return ImageError(
        f"{Path(argv[0]).name} {how}: " + (" | ".join(said) or "it said nothing."),
        "Fix what it names and run the same command again; finished steps are kept.",
    )
