"""Lines that a person types, with editing and a history on a terminal; lines of a pipe elsewhere."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HISTORY_LINES = 500
PROMPT = "> "


def at_terminal() -> bool:
    """Whether somebody sits there who can edit a line and be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def read_line() -> str:
    """The next line. Raises EOFError at the end, KeyboardInterrupt at Ctrl-C."""
    if at_terminal():
        return input(PROMPT)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


@contextmanager
def history(file: Path) -> Iterator[None]:
    """The arrow keys bring back earlier lines, those of earlier days too; the file is its owner's alone."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    if not at_terminal():
        yield
        return
    try:
        import readline
    except ImportError:  # a Python built without it: lines can be typed all the same
        yield
        return
    from fuyajo.store.files import private_directory

    private_directory(file.parent)
    with suppress(OSError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        file.chmod(0o600)
        readline.read_history_file(file)
    readline.set_history_length(HISTORY_LINES)
    try:
        yield
    finally:
        with suppress(OSError):
            readline.write_history_file(file)
            file.chmod(0o600)
