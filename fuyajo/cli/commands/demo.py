"""`fuyajo demo`: sentence → plan → machine → page, once, with the times; `--clean` takes it away."""

from __future__ import annotations

import time

import click

from fuyajo.cli.carry_out import carry_out
from fuyajo.cli.commands.image import build_progress
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, note, say, say_json
from fuyajo.domain.errors import Exit, Failed, Problem
from fuyajo.domain.parse import parse_config
from fuyajo.domain.texts import text
from fuyajo.service import demo
from fuyajo.service.images import build_image, image_names
from fuyajo.service.machines import get_vm
from fuyajo.service.planning import from_config, from_words
from fuyajo.views.machine import url
from fuyajo.views.plan import plan_lines


@click.command(
    epilog="""\b
Examples:
  fuyajo demo
  fuyajo demo --clean
"""
)
@click.option("--clean", is_flag=True, help="Remove exactly what the demo made.")
@common
def command(call: Call, clean: bool) -> int:
    """The whole way once, on the embedded defaults."""
    return _clean(call) if clean else _demo(call)


def _demo(call: Call) -> int:
    started = time.monotonic()
    _image(call)
    words = demo.WORDS[call.lang]
    if not call.as_json:
        note(f'$ fuyajo plan "{words}"')
    planned = from_words(call.actor, words, call.lang, "rules")
    if planned.plan is None:
        # The machine is there already: the same wish as a document means the same machine.
        planned = from_config(call.actor, parse_config(demo.DOCUMENT), "demo")
    if planned.plan is None:
        raise Failed(Problem("", "invalid", {"detail": planned.reply.message}))
    if not call.as_json:
        note([*plan_lines(planned.plan, call.lang), "", f"$ fuyajo apply {planned.plan.id}"])
    demo.before(call.actor, planned.plan)
    code = carry_out(call, planned.plan, check=False, yes=False)
    demo.after(call.actor)
    if code == Exit.DONE and not call.as_json:
        page = url(get_vm(call.actor, planned.plan.changes[0].name))
        seconds = f"{time.monotonic() - started:.0f}"
        say(["", text("ui.demo_done", call.lang, url=page, seconds=seconds)])
    return code


def _image(call: Call) -> None:
    if demo.IMAGE in image_names(call.actor):
        return
    if not call.as_json:
        note(f"$ fuyajo image build {demo.IMAGE}")
    demo.remember(call.actor, demo.Made(images=(demo.IMAGE,)))
    with build_progress(call) as on_step:
        build_image(call.actor, demo.IMAGE, on_step)


def _clean(call: Call) -> int:
    plan = demo.removal(call.actor)
    if plan is not None:
        code = carry_out(call, plan, check=False, yes=True)
        if code != Exit.DONE:
            return code
    left = demo.clean_up(call.actor)
    if left:
        return fail([left], Exit.FAILED, call.lang, call.as_json)
    if call.as_json:
        say_json({"problems": []})
    else:
        say(text("ui.demo_clean", call.lang))
    return Exit.DONE
