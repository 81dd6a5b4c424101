"""`fuyajo`: the commands, loaded only when they are called, and the one place where errors end."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from fuyajo import __version__
from fuyajo.cli.group import Group
from fuyajo.cli.output import fail, guess_language
from fuyajo.domain.errors import Exit, FuyajoError, Problem, shown

COMMANDS = {
    "plan": "what a wish would create, change and destroy",
    "chat": "a conversation, line by line",
    "apply": "carry a plan out",
    "approve": "agree to a plan ahead of its run",
    "reject": "refuse a plan for good",
    "vm": "your machines: list, show, start, stop, restart, delete, snapshot",
    "top": "what all machines do now, and what the hypervisors have left",
    "backup": "copies of machines, and the way back: create, list, verify, restore, delete",
    "suggest": "plans that what was measured speaks for",
    "drift": "what was changed beside Fuyajo: look, watch, adopt, revert",
    "import": "write existing machines down as a request",
    "run": "what was carried out: list, show, logs, cancel",
    "undo": "a plan that takes back what a run did",
    "trash": "what was deleted and is still kept: list, restore, empty",
    "policy": "what you may do here: show, check, explain",
    "audit": "who did what: list, verify, export",
    "share": "let others see or operate a machine of yours",
    "unshare": "take that back",
    "schedule": "runs that begin by themselves: add, list, remove, enable, disable",
    "alert": "be told when a machine is too busy, too full or down: add, list, remove",
    "user": "who may sign in to the service: add, list, disable, enable, password",
    "token": "what opens the service for a program: new, list, revoke",
    "login": "a token for a service elsewhere, kept here",
    "logout": "take that token back",
    "whoami": "who you are, and where",
    "worker": "carry out what the service was asked for",
    "template": "what a machine can be",
    "serve": "the same for many users, over HTTP",
    "mcp": "tools for assistants: serve, install",
    "host": "the hypervisors: what each has, and what is left",
    "image": "base images: build, import, list",
    "eval": "measure a planner, and let it plan only if it passes",
    "backup-state": "everything that cannot be made again, as one file",
    "restore-state": "that file becomes the state again",
    "schema": "the JSON Schema of a request",
    "doctor": "find what is missing here and how to mend it",
    "demo": "the whole way once: sentence, plan, machine, page",
}
# Commands whose name cannot be a module's.
MODULES = {
    "import": "importing",
    "backup-state": "backup_state",
    "restore-state": "restore_state",
}
INTERRUPTED = 130


class LazyGroup(Group):
    """Imports a command's module when it is called: `fuyajo plan` must not wait for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"fuyajo.cli.commands.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


EPILOG = """\b
Examples:
  fuyajo plan "a web server called hello with 1 GB of memory"
  fuyajo apply
  fuyajo chat
  fuyajo vm list
  fuyajo vm delete hello

\b
Shell completion:  eval "$(_FUYAJO_COMPLETE=bash_source fuyajo)"   (or zsh_source, fish_source)
"""


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--server",
    default=None,
    metavar="URL",
    help='Ask this service (default: FUYAJO_SERVER, `server` in config.toml); "" for this machine.',
)
@click.option(
    "--ca",
    default=None,
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Who vouches for that service, instead of the system's authorities (PEM).",
)
@click.option(
    "--insecure-http", is_flag=True, help="Send the token unencrypted, to another machine too."
)
@click.version_option(__version__, prog_name="fuyajo")
def cli(server: str | None, ca: str | None, insecure_http: bool) -> None:
    """From a sentence to running infrastructure: you see the plan before anything happens."""


def main(argv: Sequence[str] | None = None) -> None:
    _streams()
    # A command lives for a moment: looking for garbage among modules that only just came costs a tenth of it.
    gc.disable()
    _leave(run(sys.argv[1:] if argv is None else list(argv)))


def _leave(code: int) -> NoReturn:
    """End at once. Everything that must last is on the disk by now (written whole, renamed), and taking some
    three hundred modules apart would take longer than the plan did."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or Exit.FAILED
    os._exit(code)


def _streams() -> None:
    """Closed ones become harmless, and no locale is too narrow for what has to be said."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(argv: Sequence[str]) -> int:
    """The exit code. Every failure becomes a message with a next step; none becomes a traceback."""
    words = list(argv)
    as_json = "--json" in words[: words.index("--") if "--" in words else None]
    lang = guess_language(argv)
    try:
        result = cli.main(args=words, prog_name="fuyajo", standalone_mode=False)
        return result if isinstance(result, int) else Exit.DONE
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        return fail([Problem("", "interrupted")], INTERRUPTED, lang, as_json)
    except click.ClickException as error:
        return _usage(error, lang, as_json)
    except FuyajoError as error:
        return fail(error.problems, error.exit, lang, as_json)
    except KeyboardInterrupt:
        return fail([Problem("", "interrupted")], INTERRUPTED, lang, as_json)
    except BrokenPipeError:
        # The reader went away (`| head`); nothing is left to tell it.
        _drop_stdout()
        return Exit.FAILED
    except OSError as error:
        return _refused_by_system(error, lang, as_json)
    except Exception as error:  # noqa: BLE001 - the last resort; details go to a file
        return _internal(error, lang, as_json)


def _usage(error: click.ClickException, lang: str, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "fuyajo"
    problem = Problem("", "usage", {"detail": error.format_message(), "command": command})
    return fail([problem], Exit.INVALID, lang, as_json)


def _refused_by_system(error: OSError, lang: str, as_json: bool) -> int:
    """A full disk, a file where a directory should be, a home that cannot be read."""
    path = str(error.filename or "")
    detail = shown(error.strerror or str(error), 200)
    problem = Problem(shown(path, 200), "os_error", {"detail": detail})
    try:
        return fail([problem], Exit.FAILED, lang, as_json)
    except OSError:  # it was stdout itself
        _drop_stdout()
        return fail([problem], Exit.FAILED, lang, as_json=False)


def _drop_stdout() -> None:
    """What is still buffered for it goes nowhere, or Python would complain while it ends."""
    with suppress(io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _internal(error: Exception, lang: str, as_json: bool) -> int:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="fuyajo-error-", suffix=".log", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    detail = shown(f"{type(error).__name__}: {error}", 200)
    problem = Problem("", "internal", {"detail": detail, "file": str(Path(file.name))})
    return fail([problem], Exit.FAILED, lang, as_json)


if __name__ == "__main__":
    main()
