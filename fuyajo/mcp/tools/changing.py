"""Tools that change something: every one of them makes a plan, and policy says what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from mcp_types import ElicitResult
from pydantic import Field

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.texts import Lang, text
from fuyajo.mcp import asking
from fuyajo.mcp import following as runs
from fuyajo.mcp.asking import Said
from fuyajo.mcp.shapes import Outcome, changes_of
from fuyajo.mcp.tool import Answer, Args, Call, Hints, Tool
from fuyajo.mcp.tools.reading import OneVm, VmName
from fuyajo.service import assisting
from fuyajo.service.assisting import Step
from fuyajo.store.assistants import Question
from fuyajo.views.plan import plan_lines

MOST_PLAN_LINES = 80
Size = int | Annotated[str, Field(max_length=32)]
Wait = Annotated[int, Field(ge=0, le=runs.LONGEST_WAIT)]


class Create(Args):
    name: str | None = None
    template: str = Field(default="basic-server", description="see list_templates")
    cpus: int | None = None
    memory: Size | None = Field(default=None, description="MiB or '4GiB'")
    disk: Size | None = Field(default=None, description="GiB or '20GiB'")
    count: int | None = Field(default=None)
    options: dict[str, str | int | bool] | None = Field(default=None, description="of the template")


class Keep(Args):
    vm: VmName
    kind: Literal["snapshot", "backup"] = "snapshot"
    name: str | None = None


class Change(Args):
    request: dict[str, Any] = Field(
        description="{vms: [{name, template, cpus, memory, disk, state: running|stopped|absent, vars}], "
        "networks: [{name, cidr, mode}], operations: [{op: start|stop|restart|delete|resize|snapshot|"
        "revert|delete-snapshot|backup|restore|delete-backup|test-backup, vm, cpus, memory, disk, "
        "snapshot, backup, to}]}"
    )


class Apply(Args):
    plan: Annotated[str, Field(max_length=64)]
    digest: Annotated[str, Field(max_length=64)]
    wait_seconds: Wait = int(runs.WAIT_SECONDS)


async def start(call: Call, args: OneVm) -> Answer:
    return await operated(call, "start", args.vm)


async def stop(call: Call, args: OneVm) -> Answer:
    return await operated(call, "stop", args.vm)


async def delete(call: Call, args: OneVm) -> Answer:
    return await operated(call, "delete", args.vm)


async def keep(call: Call, args: Keep) -> Answer:
    return await operated(call, args.kind, args.vm, **{args.kind: args.name})


async def create(call: Call, args: Create) -> Answer:
    said = args.model_dump(exclude_none=True, exclude={"options"})
    wanted = said | ({"vars": args.options} if args.options else {})
    try:
        step = await call.bridge.ask(assisting.create, call.actor, wanted, call.wish)
    except FuyajoError as error:
        _about(error, "vms[0]")
        raise
    return await told(call, step)


async def draft(call: Call, args: Change) -> Answer:
    step = await call.bridge.ask(assisting.draft, call.actor, args.request, call.wish)
    return await told(call, step)


async def apply(call: Call, args: Apply) -> Answer:
    step = await call.bridge.ask(assisting.carry_out, call.actor, args.plan, args.digest)
    return await told(call, step, args.wait_seconds)


async def operated(call: Call, op: str, said: str, **more: Any) -> Answer:
    try:
        step = await call.bridge.ask(assisting.operate, call.actor, op, said, call.wish, **more)
    except FuyajoError as error:
        _about(error, "operations[0]")
        raise
    return await told(call, step)


def _about(error: FuyajoError, inside: str) -> None:
    """It is about the arguments: nobody said a request."""
    error.problems = tuple(
        replace(p, path=p.path.removeprefix(inside).lstrip(".").replace("vars.", "options."))
        for p in error.problems
    )


async def told(call: Call, step: Step, seconds: float = runs.WAIT_SECONDS) -> Answer:
    """What became of it: after the run, where there is one and it ends in time."""
    said: Said | None = None
    if step.standing == "waits":
        step, said = await _asked(call, step)
    lang, plan = call.identity.lang, step.plan
    if step.job is None:
        words = _standing(call, step)
        words = f"{text(f'mcp.asked.{said}', lang)} {words}" if said else words
        outcome = {"nothing": "nothing_to_do", "waits": "needs_approval"}.get(
            step.standing, "planned"
        )
        return _answer(step, outcome, words, None, lang)
    call.wake()
    seen, _ = await runs.follow(call, step.job.run, seconds)
    outcome = "running" if seen.status == "starting" else seen.status
    words = runs.next_of(call, seen)
    if seen.job is not None and seen.job.plan != plan.id:
        words = f"{words} ({seen.job.plan})"
    return _answer(step, outcome, words, seen.id, lang)


async def _asked(call: Call, step: Step) -> tuple[Step, Said | None]:
    """What a person says at their client, where that can ask and policy takes the answer. Raises `Asks`."""
    asker, actor, lang = call.asker, call.actor, call.identity.lang
    if asker is None or not call.identity.may("apply") or not asker.able:
        return step, None
    words = await call.bridge.ask(asking.question_of, actor, asker.name, step, lang)
    if words is None:
        return step, None
    if asker.returned:
        found = await call.bridge.ask(asking.kept, call.identity, asker, step.plan, words)
        raise asking.Asks(found)
    result = await asker.now(words, asking.form_of(step.plan, lang))
    said = asking.said_in(step.plan, result)
    if said == "yes":
        plan = step.plan
        step = await call.bridge.ask(assisting.agreed, actor, plan.id, plan.digest, asker.name)
    return step, said


async def after(call: Call, question: Question, result: ElicitResult) -> Answer:
    """The rest of a call that was a question: a person answered."""
    assert call.asker is not None
    call.identity.require("apply")
    plan = await call.bridge.ask(call.actor.plans.load, call.actor.user, question.plan)
    said = asking.said_in(plan, result)
    if said == "yes":
        name, digest = call.asker.name, question.digest
        step = await call.bridge.ask(assisting.agreed, call.actor, plan.id, digest, name)
        return await told(replace(call, asker=None), step)
    step = await call.bridge.ask(assisting.waiting, call.actor, plan.id)
    words = f"{text(f'mcp.asked.{said}', call.identity.lang)} {_standing(call, step)}"
    return _answer(step, "needs_approval", words, None, call.identity.lang)


def _answer(step: Step, outcome: str, words: str, run: str | None, lang: Lang) -> Answer:
    plan = step.plan
    shape = Outcome.model_validate(
        {
            "outcome": outcome,
            "plan": plan.id,
            "digest": plan.digest,
            "risk": plan.risk,
            "changes": changes_of(plan),
            "run": run,
            "next": words,
        }
    )
    lines = plan_lines(plan, lang, step.decision if run is None else None)
    if len(lines) > MOST_PLAN_LINES:
        rest = len(lines) - MOST_PLAN_LINES
        lines = [*lines[:MOST_PLAN_LINES], text("mcp.cut", lang, count=rest)]
    head = f"{outcome}: {words}" + (f" [run {run}]" if run else "")
    return Answer(shape, "\n".join([head, f"digest {plan.digest}", *lines]))


def _standing(call: Call, step: Step) -> str:
    """Why there is no run, and what would make one."""
    lang, plan = call.identity.lang, step.plan.id
    if step.standing == "nothing":
        return text("mcp.next.nothing", lang)
    if step.standing == "waits":
        words = text("mcp.next.approve", lang, plan=plan)
        page = call.identity.page
        return words + (text("mcp.next.page", lang, url=f"{page}/plans/{plan}") if page else "")
    key = "mcp.next.apply" if call.identity.may("apply") else "mcp.next.apply_elsewhere"
    return text(key, lang, plan=plan)


CREATE_VM = Tool(
    "create_vm",
    "Create a VM",
    "A new VM, running. One of that name that is as wanted already is left as it is; another one is an "
    "error.",
    "plan",
    Create,
    Outcome,
    Hints(same_again=False),  # without a name there is a new one each time
    create,
)
START_VM = Tool(
    "start_vm",
    "Start a VM",
    "Make sure that a VM runs.",
    "plan",
    OneVm,
    Outcome,
    Hints(),
    start,
)
STOP_VM = Tool(
    "stop_vm",
    "Stop a VM",
    "Make sure that a VM is shut down.",
    "plan",
    OneVm,
    Outcome,
    Hints(destroys=True),
    stop,
)
DELETE_VM = Tool(
    "delete_vm",
    "Delete a VM",
    "Put a VM into the trash. Usually needs a person's approval, which no tool gives.",
    "plan",
    OneVm,
    Outcome,
    Hints(destroys=True),
    delete,
)
CREATE_RESTORE_POINT = Tool(
    "create_restore_point",
    "Keep a VM as it is",
    "A snapshot of a VM, or a backup of it. One of that name that is there is left as it is.",
    "plan",
    Keep,
    Outcome,
    Hints(same_again=False),
    keep,
)
PLAN_CHANGE = Tool(
    "plan_change",
    "Plan a change",
    "A plan of anything else; nothing happens. Show it to the user, then apply_plan.",
    "plan",
    Change,
    Outcome,
    Hints(same_again=False),
    draft,
)
APPLY_PLAN = Tool(
    "apply_plan",
    "Apply a plan",
    "Carry out a plan that the user saw. The same plan again is the same run.",
    "apply",
    Apply,
    Outcome,
    Hints(destroys=True),
    apply,
)
