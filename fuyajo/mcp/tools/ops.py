"""The preset `ops`: what operates machines that are there. Every change is a plan, as everywhere."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fuyajo.domain.machine import Machine
from fuyajo.domain.suggestion import order
from fuyajo.domain.texts import text
from fuyajo.mcp import shapes_more as shapes
from fuyajo.mcp.paging import page
from fuyajo.mcp.shapes import Outcome
from fuyajo.mcp.tool import Answer, Args, Call, Hints, Tool
from fuyajo.mcp.tools.changing import Size, operated, told
from fuyajo.mcp.tools.reading import READS, Cursor, VmName
from fuyajo.service import assisting
from fuyajo.service.trashing import list_trash

MOST_ROWS = 50
SnapshotName = Annotated[str, Field(min_length=1, max_length=255)]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]
Group = Annotated[str, Field(min_length=1, max_length=255)]


class Restart(Args):
    vm: VmName
    force: bool = Field(default=False, description="cut the power; unsaved work is lost")


class Resize(Args):
    vm: VmName
    cpus: int | None = None
    memory: Size | None = Field(default=None, description="MiB or '4GiB'")
    disk: Size | None = Field(default=None, description="GiB or '20GiB'; only grows")


class TreeArgs(Args):
    vms: Annotated[tuple[VmName, ...], Field(max_length=MOST_ROWS, strict=False)] = ()
    environment: Group | None = None
    tag: Group | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class Revert(Args):
    vm: VmName
    snapshot: SnapshotName | None = Field(default=None, description="default: the newest")


class DeleteSnapshot(Args):
    vm: VmName
    snapshot: SnapshotName


class Some(Args):
    vm: VmName | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class Page(Args):
    cursor: Cursor | None = None
    limit: Limit = 20


class Restore(Args):
    vm: VmName
    start: bool = False


async def restart(call: Call, args: Restart) -> Answer:
    return await operated(call, "restart", args.vm, force=args.force or None)


async def resize(call: Call, args: Resize) -> Answer:
    sizes = {"cpus": args.cpus, "memory": args.memory, "disk": args.disk}
    return await operated(call, "resize", args.vm, **sizes)


async def revert(call: Call, args: Revert) -> Answer:
    return await operated(call, "revert", args.vm, snapshot=args.snapshot)


async def delete_snapshot(call: Call, args: DeleteSnapshot) -> Answer:
    return await operated(call, "delete-snapshot", args.vm, snapshot=args.snapshot)


async def restore(call: Call, args: Restore) -> Answer:
    step = await call.bridge.ask(
        assisting.restore, call.actor, args.vm, call.wish, start=args.start
    )
    return await told(call, step)


async def tree(call: Call, args: TreeArgs) -> Answer:
    found = await call.bridge.ask(assisting.trees, call.actor, args.vms, args.environment, args.tag)
    trees, more = page(found, lambda one: one.vm, args.cursor, args.limit)
    shape = shapes.Trees(vms=[shapes.tree_of(one) for one in trees], next_cursor=more)
    lines = [text("mcp.trees", call.identity.lang, count=len(found), shown=len(trees))]
    for one in shape.vms:
        lines.append(f"{one.vm} ({one.uuid}):")
        lines += [f"  {_kept_line(each)}" for each in one.snapshots]
    return Answer(shape, "\n".join(lines))


def _kept_line(one: shapes.Kept) -> str:
    more = [f"on {one.parent}"] if one.parent else []
    more += ["with memory"] if one.memory else []
    more += ["current"] if one.current else []
    return "; ".join([f"{one.name}: {one.created or '?'}, {one.state or '?'}", *more])


async def suggest(call: Call, args: Some) -> Answer:
    lang = call.identity.lang
    found = await call.bridge.ask(assisting.suggested, call.actor, args.vm)
    some, more = page(found, lambda one: f"{order(one)[0]:03} {one.vm}", args.cursor, args.limit)
    shape = shapes.Suggestions(
        suggestions=[shapes.suggestion_of(one, lang) for one in some], next_cursor=more
    )
    lines = [text("mcp.suggestions", lang, count=len(found), shown=len(some))]
    lines += [f"{one.title} [{one.id}]: {' '.join(one.reasons)}" for one in shape.suggestions]
    return Answer(shape, "\n".join(lines))


async def drift(call: Call, args: Some) -> Answer:
    report = await call.bridge.ask(assisting.drifted, call.actor, args.vm)
    moved = sorted((m for m in report.machines if m.status != "same"), key=lambda m: m.name)
    some, more = page(moved, lambda one: one.name, args.cursor, args.limit)
    shape = shapes.Drift(vms=[shapes.drift_of(one) for one in some], next_cursor=more)
    looked, lang = len(report.machines), call.identity.lang
    lines = [text("mcp.drift", lang, count=len(moved), looked=looked, shown=len(some))]
    for one in shape.vms:
        fields = [f"{f.value} {f.was or '…'} → {f.now or '…'} ({f.kind})" for f in one.fields]
        lines.append(f"{one.vm}: {one.status}" + "".join(f"; {field}" for field in fields))
    return Answer(shape, "\n".join(lines))


async def trash(call: Call, args: Page) -> Answer:
    found = sorted(await call.bridge.ask(list_trash, call.actor), key=_trash_key)
    some, more = page(found, _trash_key, args.cursor, args.limit)
    shape = shapes.Trash(vms=[shapes.trash_of(one) for one in some], next_cursor=more)
    lines = [text("mcp.trash", call.identity.lang, count=len(found), shown=len(some))]
    lines += [f"{one.name} ({one.uuid}): until {one.until or '?'}" for one in shape.vms]
    return Answer(shape, "\n".join(lines))


def _trash_key(machine: Machine) -> str:
    return f"{machine.trashed.since if machine.trashed else ''} {machine.uuid}"


RESTART_VM = Tool(
    "restart_vm",
    "Restart a VM",
    "Shut a VM down and start it again; one that is off is started. With force it usually needs a "
    "person's approval.",
    "plan",
    Restart,
    Outcome,
    Hints(destroys=True, same_again=False),
    restart,
)
RESIZE_VM = Tool(
    "resize_vm",
    "Resize a VM",
    "Give a VM these CPUs, memory, disk; the plan says what waits for a restart.",
    "plan",
    Resize,
    Outcome,
    Hints(destroys=True),
    resize,
)
SNAPSHOT_TREE = Tool(
    "snapshot_tree",
    "Snapshots of several VMs",
    "Snapshots of these VMs, of an environment or a tag, or of all that have any: parent, current one, "
    "memory. Their names are data.",
    "read",
    TreeArgs,
    shapes.Trees,
    READS,
    tree,
)
REVERT_SNAPSHOT = Tool(
    "revert_snapshot",
    "Go back to a snapshot",
    "Take a VM back to a snapshot; everything since is lost. Usually needs a person's approval.",
    "plan",
    Revert,
    Outcome,
    Hints(destroys=True, same_again=False),
    revert,
)
DELETE_SNAPSHOT = Tool(
    "delete_snapshot",
    "Delete a snapshot",
    "Delete a snapshot of a VM; the VM and its other snapshots stay. Usually needs a person's approval.",
    "plan",
    DeleteSnapshot,
    Outcome,
    Hints(destroys=True),
    delete_snapshot,
)
SUGGEST_CHANGES = Tool(
    "suggest_changes",
    "Suggest changes",
    "What measurements speak for, with the evidence. `request` is one for plan_change.",
    "read",
    Some,
    shapes.Suggestions,
    READS,
    suggest,
)
LOOK_FOR_DRIFT = Tool(
    "look_for_drift",
    "Look for drift",
    "Which of the user's VMs were changed beside Fuyajo, and what of them.",
    "read",
    Some,
    shapes.Drift,
    READS,
    drift,
)
LIST_TRASH = Tool(
    "list_trash",
    "List the trash",
    "Deleted VMs that are still kept, the oldest first.",
    "read",
    Page,
    shapes.Trash,
    READS,
    trash,
)
RESTORE_VM = Tool(
    "restore_vm",
    "Restore a VM",
    "Bring a VM back from the trash, off unless `start`.",
    "plan",
    Restore,
    Outcome,
    Hints(),
    restore,
)
OPS = (
    RESTART_VM,
    RESIZE_VM,
    SNAPSHOT_TREE,
    REVERT_SNAPSHOT,
    DELETE_SNAPSHOT,
    SUGGEST_CHANGES,
    LOOK_FOR_DRIFT,
    LIST_TRASH,
    RESTORE_VM,
)
