"""One wish from a terminal: its language, its conversation, its message while it arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import click

from fuyajo.cli.options import Call
from fuyajo.cli.output import is_japanese
from fuyajo.cli.streaming import streaming
from fuyajo.service.conversing import Talk
from fuyajo.service.planning import BACKENDS, Planned, from_words


def complete_backend(_context: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """What may follow `--backend` in a shell."""
    return [name for name in BACKENDS if name.startswith(begun)]


def talking(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that asks a planner."""

    @click.option(
        "--backend",
        default=None,
        shell_complete=complete_backend,
        help=f"Who answers: {', '.join(BACKENDS)}.",
    )
    @click.option("--new", "fresh", is_flag=True, help="Forget what was said before.")
    @click.option(
        "--conversation", default=None, metavar="NAME", help="Instead of this terminal's own."
    )
    @click.option("--record", default=None, metavar="FILE", help="Keep what the planner says.")
    @click.option("--replay", default=None, metavar="FILE", help="Play a recording back.")
    @wraps(function)
    def wrapper(
        *args: Any,
        fresh: bool,
        conversation: str | None,
        record: str | None,
        replay: str | None,
        **kwargs: Any,
    ) -> Any:
        if replay is not None and kwargs.get("backend") is not None:
            raise click.UsageError("--replay stands in for the backend; leave --backend out")
        made = Talking(fresh, conversation, record, replay)
        return function(*args, talking=made, **kwargs)

    return wrapper


class Talking:
    """The options about a conversation, and the wishes in it."""

    def __init__(
        self, fresh: bool, conversation: str | None, record: str | None, replay: str | None
    ) -> None:
        self._fresh, self._name = fresh, conversation
        self.tape = None
        if record is not None or replay is not None:
            from fuyajo.service.taping import tape_for

            self.tape = tape_for(record, replay)

    def talk(self, call: Call) -> Talk:
        """The conversation that is meant. Raises `InvalidInput` for a name that is none."""
        from fuyajo.cli import session

        kind = Talk
        if call.server is not None:
            from fuyajo.cli.remote.planning import Elsewhere as kind  # noqa: N813
        return kind(call.local, session.conversation_id(self._name), fresh=self._fresh)

    def wish(
        self, call: Call, talk: Talk, words: str, backend: str | None = None
    ) -> tuple[Planned, bool]:
        """What came of it, and whether its message stands on the terminal already."""
        with streaming(call) as stream:
            planned = call.ask(
                from_words,
                words,
                call.lang,
                backend,
                talk=talk,
                on_event=stream,
                tape=self.tape,
            )
            return planned, stream.finish(planned.reply.message)


def in_language_of(call: Call, words: str | None) -> Call:
    """The language of the wish, where nobody asked for another one."""
    asked = click.get_current_context().params.get("lang")
    return replace(call, lang="ja") if words and not asked and is_japanese(words) else call
