"""A run that somebody waits for: its stages as progress, its end where it comes in time."""

from __future__ import annotations

import json

import anyio

from fuyajo.domain.texts import text
from fuyajo.mcp.shapes import Run, cut
from fuyajo.mcp.tool import Call
from fuyajo.service import following
from fuyajo.service.following import Seen
from fuyajo.views.run import stage_label

LOOK_SECONDS = 0.25  # between two looks; nobody tells us
WAIT_SECONDS = 20.0  # a client gives a tool a minute or less
LONGEST_WAIT = 50


async def follow(call: Call, run: str, seconds: float = WAIT_SECONDS) -> tuple[Seen, str | None]:
    """The run when it is over, or as it is when the time is up; and its stage."""
    tail = await call.bridge.ask(following.story, call.actor, run)
    found = await call.bridge.ask(following.seen, call.actor, run)
    stage, told = None, 0
    with anyio.move_on_after(seconds):
        while True:
            for _, line in await call.bridge.ask(tail.more):
                event = json.loads(line)
                if event.get("kind") == "stage":
                    stage, told = str(event.get("stage")), told + 1
                    await call.report(told, stage_label(stage, call.identity.lang))
            if found.over:
                break
            await anyio.sleep(LOOK_SECONDS)
            found = await call.bridge.ask(following.seen, call.actor, run)
    return found, stage


def run_of(call: Call, seen: Seen, stage: str | None = None) -> Run:
    """What a guest said is not in it: `vm_logs` has that."""
    record, job = seen.record, seen.job
    task = record.failure.partition(" (")[0] if record and record.failure else None
    vms = record.vms if record else job.locks if job else ()
    return Run(
        run=seen.id,
        status=seen.status,
        plan=record.plan if record else job.plan if job else None,
        vms=[cut(name) for name in vms],
        stage=None if seen.over else stage,
        seconds=record.seconds if record else None,
        failed_task=cut(task) if task else None,
        next=next_of(call, seen),
    )


def next_of(call: Call, seen: Seen) -> str:
    """What to do now, in a sentence."""
    lang = call.identity.lang
    if not seen.over:
        return text("mcp.next.wait", lang, run=seen.id)
    if seen.status == "successful":
        return text("mcp.next.done", lang)
    why = " ".join(
        one.message(lang)
        for one in (seen.job.problems if seen.job else ())
        if one.code not in ("run_failed", "run_failed_alone")  # a guest's words are in these
    )
    return f"{why} {text('mcp.next.failed', lang, run=seen.id)}".strip()
