"""Another user's ids at every tool, resource and completion: they look exactly like unknown ones.

The tools are found, not listed: a new one has to be put into this table before anything passes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import ResourceTemplateReference

from fuyajo.domain.alerts import Rule
from fuyajo.domain.machine import Trashed
from fuyajo.domain.toolsets import TOOLSETS
from fuyajo.domain.trash import trash_name
from fuyajo.mcp.tools import offered
from fuyajo.service import alerting
from fuyajo.service.assisting import Wish, carry_out, draft
from tests.support.assistants import actor_of, application, with_client, words
from tests.support.command_line import World, machine

OTHER = "noriko"
EVERYTHING = frozenset(TOOLSETS)
LOOKS = ("suggest_changes", "look_for_drift")
FOREIGN_VM, FOREIGN_UUID = "sekret-box", "5e6a0000-0000-4000-8000-000000000001"
NO_VM, NO_UUID = "nothing-here", "ffffffff-ffff-4fff-8fff-ffffffffffff"
NO_PLAN, NO_RUN, NO_DIGEST = "p-ffffffff", "r-20261122-210000-ffff", "0" * 64
Ids = dict[str, str]
BY_VM: Any = ({"vm": "vm"}, {"vm": "uuid"})
#: Tool → arguments, each naming one of the ids; none: it names nothing, and must not tell of anything.
MATRIX: dict[str, tuple[Ids, ...]] = {
    "list_vms": (),
    "list_templates": (),
    "create_vm": (),
    "get_vm": BY_VM,
    "start_vm": BY_VM,
    "stop_vm": BY_VM,
    "delete_vm": BY_VM,
    "create_restore_point": BY_VM,
    "list_restore_points": BY_VM,
    "vm_logs": BY_VM,
    "vm_metrics": BY_VM,
    "plan_change": ({"request": "operation"},),
    "apply_plan": ({"plan": "plan", "digest": "digest"},),
    "get_run": ({"run": "run"},),
    "cancel_run": ({"run": "run"},),
    "restart_vm": BY_VM,
    "resize_vm": BY_VM,
    "snapshot_tree": ({"vms": "vm"}, {"vms": "uuid"}),
    "revert_snapshot": BY_VM,
    "delete_snapshot": BY_VM,
    "suggest_changes": BY_VM,
    "look_for_drift": BY_VM,
    "list_trash": (),
    "list_alerts": (),
    "add_alert": ({"vms": "vm"},),
    "remove_alert": ({"alert": "alert"},),
    "restore_vm": ({"vm": "vm"}, {"vm": "uuid"}, {"vm": "kept"}),
    "explain_policy": ({"plan": "plan"},),
}
#: They tell of everybody, and are only for who administers the house.
OF_ALL = {"list_users", "list_hosts", "list_audit"}
#: What a call of them needs besides whom it is about.
MORE: dict[str, dict[str, Any]] = {
    "resize_vm": {"cpus": 2},
    "add_alert": {"metric": "down"},
    "delete_snapshot": {"snapshot": "first"},
}
UNKNOWN = {"vm": NO_VM, "uuid": NO_UUID, "plan": NO_PLAN, "digest": NO_DIGEST, "run": NO_RUN}
UNKNOWN["alert"] = "a-ffffffff"
UNKNOWN["kept"] = "trash-ffffffffffff"


@pytest.fixture
def foreign(world: World) -> Ids:
    """Everything that somebody else may have."""
    world.have(replace(machine(FOREIGN_VM, owner=OTHER), uuid=FOREIGN_UUID))
    hers = actor_of(world, OTHER)
    request = {"operations": [{"op": "stop", "vm": FOREIGN_VM}]}
    plan = draft(hers, request, Wish()).plan
    job = carry_out(hers, plan.id, plan.digest).job
    assert job is not None
    ids = {"vm": FOREIGN_VM, "uuid": FOREIGN_UUID, "plan": plan.id, "digest": plan.digest}
    gone = Trashed("sekret-old", "2026-11-22T21:00:00Z", "2126-11-22T21:00:00Z")
    uuid = "5e6a0000-0000-4000-8000-000000000002"
    kept = trash_name(uuid)
    world.have(replace(machine(kept, owner=OTHER), uuid=uuid, trashed=gone, state="stopped"))
    alert = alerting.add(hers, Rule("cpu", 90), "sekret-title").id
    return {**ids, "run": job.run, "kept": kept, "alert": alert}


def test_the_table_has_every_tool() -> None:
    assert set(MATRIX) | OF_ALL == {tool.name for tool in offered(TOOLSETS)}


def said(arguments: Ids, ids: Ids) -> dict[str, Any]:
    operation = {"operations": [{"op": "stop", "vm": ids["vm"]}]}
    found: dict[str, Any] = {
        k: operation if v == "operation" else ids[v] for k, v in arguments.items()
    }
    return found | ({"vms": [found["vms"]]} if "vms" in found else {})


def without(text: str, ids: Ids) -> str:
    for key, value in ids.items():
        text = text.replace(value, f"<{key}>")
    return text


def test_foreign_ids_look_unknown(world: World, foreign: Ids) -> None:
    async def body(client: Client) -> None:
        for tool, rows in MATRIX.items():
            for row in rows:
                more = MORE.get(tool, {})
                one = await client.call_tool(tool, said(row, foreign) | more)
                other = await client.call_tool(tool, said(row, UNKNOWN) | more)
                assert one.is_error and other.is_error, (tool, row)
                assert without(words(one), foreign) == without(words(other), UNKNOWN), (tool, row)
        for tool in (
            "list_vms",
            "list_templates",
            "list_trash",
            "list_alerts",
            "snapshot_tree",
            *LOOKS,
        ):
            assert "sekret" not in (await client.call_tool(tool, {})).model_dump_json()

    with_client(application(world, "apply", "admin", toolsets=EVERYTHING), body)
    assert world.found[FOREIGN_VM].state == "running"


def test_a_name_that_is_taken_is_told_and_nothing_else(world: World, foreign: Ids) -> None:
    """A host has each name once: that much is told, as at every other door."""

    async def body(client: Client) -> None:
        taken = await client.call_tool("create_vm", {"name": FOREIGN_VM})
        assert taken.is_error
        assert OTHER not in words(taken)
        assert FOREIGN_UUID not in words(taken)

    with_client(application(world), body)


def test_resources_and_completions(world: World, foreign: Ids) -> None:
    paths = {"vms": ("uuid", NO_UUID), "plans": ("plan", NO_PLAN), "runs": ("run", NO_RUN)}

    async def body(client: Client) -> None:
        for kind, (key, unknown) in paths.items():
            told = []
            for value in (foreign[key], unknown):
                with pytest.raises(MCPError) as refused:
                    await client.read_resource(f"fuyajo://{kind}/{value}")
                told.append(str(refused.value).replace(value, "<id>"))
            assert told[0] == told[1]
        assert "sekret" not in (await client.list_resources()).model_dump_json()
        for tail in ("vms/{uuid}", "plans/{id}", "runs/{id}"):
            ref = ResourceTemplateReference(uri=f"fuyajo://{tail}")
            found = await client.complete(ref, {"name": "x", "value": ""})
            assert found.completion.values == []

    with_client(application(world), body)


def test_no_answer_has_a_way_in(world: World) -> None:
    """What is ours is told without definitions, URIs, keys and places of the host."""
    world.have(replace(machine("web"), uuid=FOREIGN_UUID))
    told: list[str] = []

    async def body(client: Client) -> None:
        for tool, arguments in (
            ("list_vms", {}),
            ("get_vm", {"vm": "web"}),
            ("stop_vm", {"vm": "web"}),
            ("vm_logs", {"vm": "web"}),
            ("delete_vm", {"vm": "web"}),
        ):
            told.append((await client.call_tool(tool, arguments)).model_dump_json())
        told.append((await client.read_resource(f"fuyajo://vms/{FOREIGN_UUID}")).model_dump_json())

    with_client(application(world), body)
    whole = json.dumps(told)
    assert str(world.home) not in whole
    for word in ("qemu://", "id_ed25519", "<domain", "BEGIN OPENSSH", "known_hosts"):
        assert word not in whole
