"""`fuyajo chat`: one conversation, line by line."""

from __future__ import annotations

import gc
import json
from contextlib import suppress

import click

from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, note, say
from fuyajo.cli.talking import Talking, in_language_of, talking
from fuyajo.cli.telling import failed_json, tell
from fuyajo.cli.typed import at_terminal, history, read_line
from fuyajo.domain.errors import Exit, FuyajoError, Unavailable, shown
from fuyajo.domain.texts import text
from fuyajo.service.planning import BACKENDS, checked_backend
from fuyajo.views.inert import inert
from fuyajo.views.planned import planned_json


@click.command(
    epilog="""\b
Examples:
  fuyajo chat
  fuyajo chat --backend rules
  fuyajo chat --new             (forget what this terminal said before)
  printf 'hello\\nmake a web server\\n' | fuyajo chat
"""
)
@talking
@common
def command(call: Call, backend: str | None, talking: Talking) -> int:
    """Talk: ask, see plans, carry them out with /apply. /help shows the commands."""
    gc.enable()  # switched off for short commands
    checked_backend(backend or call.local.settings.backend)
    return Chat(call, talking, backend).run()


class Chat:
    """The loop: a line is a command with a slash, or a wish."""

    def __init__(self, call: Call, talking: Talking, backend: str | None) -> None:
        self._call, self._talking, self._backend = call, talking, backend
        self._talk = talking.talk(call)
        self._plan: str | None = None  # the last one shown here
        self._interrupted = False

    def run(self) -> int:
        """Until the end of the input, /quit, or Ctrl-C twice. The exit code."""
        self._check()
        if at_terminal() and not self._call.as_json:
            note(text("chat.hello", self._call.lang))
        with history(self._call.local.home.chat_history(self._call.local.user)):
            while True:
                try:
                    if not self._line(read_line().strip()):
                        return Exit.DONE
                    self._interrupted = False
                except EOFError:
                    return self._end()
                except KeyboardInterrupt:
                    if self._interrupted or not at_terminal():
                        raise
                    self._interrupted = True
                    note(["", text("chat.canceled", self._call.lang)])

    def _check(self) -> None:
        """The known questions first, for a planner that serves without an admission. One that cannot be
        reached says so at the first wish."""
        if self._talking.tape is not None or self._call.server is not None:
            return  # a service looks after its planners itself
        from fuyajo.service.evaluating import canaries_due, canary

        lang = self._call.lang
        for name in canaries_due(
            self._call.actor, self._backend or self._call.actor.settings.backend
        ):
            note(text("chat.checking", lang, backend=name))
            with suppress(Unavailable):
                why = canary(self._call.actor, name)[1].why
                if why is not None:
                    note(inert(f"{why.message(lang)}\n{why.hint(lang)}"))

    def _end(self) -> int:
        if at_terminal():
            note("")
        return Exit.DONE

    def _line(self, line: str) -> bool:
        """Do what the line says; False when it was the last."""
        call = in_language_of(self._call, line)
        try:
            if line.startswith("/"):
                return self._command(call, *line[1:].split())
            if line:
                self._wish(call, line)
        except FuyajoError as error:
            if call.as_json:
                asked = self._backend or call.local.settings.backend
                say(json.dumps(failed_json(call, error, asked), ensure_ascii=False))
            else:
                fail(error.problems, error.exit, call.lang, as_json=False)
        return True

    def _wish(self, call: Call, words: str) -> None:
        planned, already = self._talking.wish(call, self._talk, words, self._backend)
        if planned.plan is not None:
            self._plan = planned.plan.id
        if call.as_json:
            say(json.dumps(planned_json(planned), ensure_ascii=False))
        else:
            tell(call, planned, shown=already, next_step=text("chat.apply_with", call.lang))

    def _command(self, call: Call, name: str = "", argument: str = "", *_rest: str) -> bool:
        if name in {"quit", "exit", "q"}:
            return False
        if name == "apply":
            self._apply(call)
        elif name == "plan":
            self._show(call)
        elif name == "new":
            self._talk.forget()
            self._plan = None
            note(text("chat.new", call.lang))
        elif name == "backend":
            self._backend = checked_backend(argument)
            note(text("chat.backend", call.lang, backend=argument))
        elif name in {"help", "?"}:
            note(text("chat.help", call.lang, backends=", ".join(BACKENDS)))
        else:
            note(text("chat.unknown", call.lang, value=shown(f"/{name}")))
        return True

    def _apply(self, call: Call) -> None:
        """With the same questions as `fuyajo apply`; the conversation finds what was made by itself."""
        if self._plan is None:
            note(text("chat.no_plan", call.lang))
            return
        from fuyajo.cli.carry_out import carry_out  # most of a conversation carries nothing out
        from fuyajo.cli.commands.apply import plan_of
        from fuyajo.cli.replanning import Replanned

        try:
            plan = plan_of(call, self._plan, None, text("chat.apply_with", call.lang))
        except Replanned as told:
            self._plan = told.plan.id if told.plan else self._plan
            return
        carry_out(call, plan, check=False, yes=False)

    def _show(self, call: Call) -> None:
        if self._plan is None:
            note(text("chat.no_plan", call.lang))
            return
        from fuyajo.service.approving import judged
        from fuyajo.service.policing import decision_on
        from fuyajo.views.plan import plan_lines

        plan = call.ask(judged, self._plan)
        say(plan_lines(plan, call.lang, call.ask(decision_on, plan)[0]))
