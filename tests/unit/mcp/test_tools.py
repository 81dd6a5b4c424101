"""Every tool, on a host that is a value: what it says, and what became of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp_types import ListToolsResult

from fuyajo.domain.machine import Snapshot
from fuyajo.domain.toolsets import TOOLSETS
from fuyajo.mcp.application import described
from fuyajo.mcp.tools import TOOLS, offered
from fuyajo.service import looking
from tests.support.assistants import Mode, application, call, with_client, words
from tests.support.command_line import World, machine

MOST_TOOLS, MOST_BYTES = 15, 12_000
UUID = "0e3a4f52-7c1d-4a4b-9d3e-2f6a1b0c9d8e"


def data(result: Any) -> Any:
    assert not result.is_error, words(result)
    return result.structured_content


def test_the_list_is_short() -> None:
    listed = ListToolsResult(tools=[described(tool) for tool in TOOLS])
    told = listed.model_dump_json(by_alias=True, exclude_none=True)
    assert len(TOOLS) <= MOST_TOOLS
    assert len(told.encode()) <= MOST_BYTES
    assert [tool.name for tool in TOOLS][:6] == [
        "list_vms",
        "create_vm",
        "start_vm",
        "stop_vm",
        "delete_vm",
        "list_templates",
    ]


@pytest.mark.parametrize("tool", offered(TOOLSETS), ids=lambda tool: tool.name)
def test_every_tool_says_all_of_it(tool: Any) -> None:
    found = described(tool)
    hints = found.annotations
    assert found.title and found.description and hints is not None
    said = (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint)
    assert all(isinstance(one, bool) for one in (*said, hints.open_world_hint))
    assert not (hints.read_only_hint and hints.destructive_hint)
    assert hints.read_only_hint == (tool.scope in ("read", "admin"))
    for schema in (found.input_schema, found.output_schema):
        assert schema is not None and schema["type"] == "object"
        assert not {"anyOf", "oneOf", "allOf", "$ref", "$defs"} & set(schema)
        assert "$ref" not in json.dumps(schema)
    assert found.input_schema["additionalProperties"] is False


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_both_revisions_have_the_same_tools(world: World, mode: Mode) -> None:
    world.have(machine("web"))

    async def body(made: Client) -> None:
        names = [tool.name for tool in (await made.list_tools()).tools]
        assert names == [tool.name for tool in TOOLS]
        assert data(await made.call_tool("list_vms", {}))["total"] == 1

    with_client(application(world), body, mode)


@pytest.mark.parametrize(
    ("scope", "missing"),
    [
        ("read", {"create_vm", "start_vm", "stop_vm", "delete_vm", "create_restore_point"}),
        ("plan", {"apply_plan", "cancel_run"}),
    ],
)
def test_what_a_token_may_not_do_is_not_offered(
    world: World, scope: str, missing: set[str]
) -> None:
    async def body(made: Client) -> None:
        names = {tool.name for tool in (await made.list_tools()).tools}
        assert not names & missing
        for name in missing:
            refused = await made.call_tool(name, {"vm": "web"})
            assert refused.is_error
            assert "scope_missing" in words(refused)

    with_client(application(world, scope), body)


def test_a_list_in_pages(world: World) -> None:
    world.have(*(machine(f"m-{n:03}", state="stopped" if n % 2 else "running") for n in range(120)))
    app, seen, cursor = application(world), [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = data(call(app, "list_vms", limit=50, **more))
        seen += [vm["name"] for vm in page["vms"]]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    assert seen == sorted(world.found)
    assert data(call(app, "list_vms", state="running"))["total"] == 60
    assert "mcp_cursor" in words(call(app, "list_vms", cursor="ä"))


def test_a_vm_by_name_and_by_uuid(world: World) -> None:
    world.have(replace(machine("web"), uuid=UUID))
    app = application(world)
    by_name, by_uuid = (data(call(app, "get_vm", vm=said)) for said in ("web", UUID.upper()))
    assert by_name == by_uuid
    assert by_name["uuid"] == UUID
    assert by_name["ports"][1] == {"guest": 80, "host": 20080, "address": "127.0.0.1"}
    assert words(call(app, "get_vm", vm="web")).startswith(f"web ({UUID}): running")


def test_start_stop_and_what_is_so_already(world: World) -> None:
    world.have(machine("web"))
    app = application(world)
    there = data(call(app, "start_vm", vm="web"))
    assert (there["outcome"], "run" in there) == ("nothing_to_do", False)
    stopped = data(call(app, "stop_vm", vm="web"))
    assert stopped["outcome"] == "successful"
    assert world.found["web"].state == "stopped"
    assert data(call(app, "get_run", run=stopped["run"]))["status"] == "successful"
    assert data(call(app, "stop_vm", vm="web"))["outcome"] == "nothing_to_do"
    assert data(call(app, "start_vm", vm="web"))["outcome"] == "successful"
    assert world.found["web"].state == "running"


def test_a_new_vm(world: World) -> None:
    app = application(world)
    made = data(call(app, "create_vm", name="shop", template="web-server", memory="2GiB"))
    assert made["outcome"] == "successful"
    assert made["changes"] == [{"name": "shop", "action": "create"}]
    assert "shop" in world.found
    world.have(machine("old", template="basic-server"))
    before = len(world.runs)
    other = call(app, "create_vm", name="old", template="basic-server", memory="8GiB")
    assert other.is_error
    assert "assistant_there" in words(other)
    assert len(world.runs) == before


def test_wrong_arguments_say_where_and_what(world: World) -> None:
    app = application(world)
    odd = words(call(app, "list_vms", x=1))
    assert "unknown_key" in odd and "state, cursor, limit" in odd
    assert "memory" in words(call(app, "create_vm", name="a", memory="lots"))
    assert "vms[0]" not in words(call(app, "create_vm", name="A_b"))
    assert "missing" in words(call(app, "get_vm"))
    unsafe = words(call(app, "create_vm", name="a", options={"title": "{{ lookup('env') }}"}))
    assert "→" in unsafe


def test_deleting_needs_a_person(world: World) -> None:
    world.have(machine("web"))
    app = application(world)
    asked = data(call(app, "delete_vm", vm="web"))
    assert asked["outcome"] == "needs_approval"
    assert asked["risk"] == "destroy"
    assert f"fuyajo approve {asked['plan']}" in asked["next"]
    again = data(call(app, "apply_plan", plan=asked["plan"], digest=asked["digest"]))
    assert again["outcome"] == "needs_approval"
    assert not world.runs
    code, out, err = world.call("approve", asked["plan"], "--yes")
    assert code == 0, out + err
    done = data(call(app, "apply_plan", plan=asked["plan"], digest=asked["digest"]))
    assert done["outcome"] == "successful"
    assert "web" not in world.found
    same = data(call(app, "apply_plan", plan=asked["plan"], digest=asked["digest"]))
    assert same["run"] == done["run"]
    assert len(world.runs) == 1


def test_an_assistants_word_counts_where_policy_says_so(world: World) -> None:
    world.have(machine("web"))
    policy = world.home / "policy.toml"
    policy.write_text('[roles.default.approvals]\naccept = ["terminal", "assistant"]\n')
    policy.chmod(0o600)
    app = application(world)
    asked = data(call(app, "delete_vm", vm="web"))
    assert asked["outcome"] == "needs_approval"  # it was not shown the plan yet
    wrong = call(app, "apply_plan", plan=asked["plan"], digest="0" * 64)
    assert "assistant_digest" in words(wrong)
    done = data(call(app, "apply_plan", plan=asked["plan"], digest=asked["digest"]))
    assert done["outcome"] == "successful"


def test_a_plan_first(world: World) -> None:
    world.have(machine("web"))
    app = application(world)
    request = {"operations": [{"op": "resize", "vm": "web", "memory": "2GiB"}]}
    planned = data(call(app, "plan_change", request=request))
    assert planned["outcome"] == "planned"
    assert not world.runs
    done = data(call(app, "apply_plan", plan=planned["plan"], digest=planned["digest"]))
    assert done["outcome"] == "successful"
    assert world.found["web"].memory_mib == 2048
    bad = words(call(app, "plan_change", request={"machines": []}))
    assert "unknown_key" in bad


def test_snapshots(world: World) -> None:
    world.have(
        machine("web", snapshots=(Snapshot("odd\x1b[31m", "2026-11-01T00:00:00Z", "running"),))
    )
    app = application(world)
    assert (
        data(call(app, "create_restore_point", vm="web", name="before"))["outcome"] == "successful"
    )
    found = data(call(app, "list_restore_points", vm="web"))
    assert [one["name"] for one in found["snapshots"]] == ["odd\ufffd[31m", "before"]


def test_metrics_of_what_nobody_measured(world: World) -> None:
    world.have(machine("web"))
    found = call(application(world), "vm_metrics", vm="web", hours=24)
    assert data(found)["vm"] == "web"
    assert "nothing was measured" in words(found)


def test_templates(world: World) -> None:
    found = data(call(application(world), "list_templates"))["templates"]
    assert {"basic-server", "web-server"} <= {one["name"] for one in found}


def test_a_run_that_waits_is_canceled(world: World) -> None:
    world.have(machine("web"))
    app = application(world, work=False)
    planned = data(call(app, "plan_change", request={"operations": [{"op": "stop", "vm": "web"}]}))
    queued = data(
        call(app, "apply_plan", plan=planned["plan"], digest=planned["digest"], wait_seconds=0)
    )
    assert queued["outcome"] == "queued"
    assert "get_run" in queued["next"]
    ended = data(call(app, "cancel_run", run=queued["run"]))
    assert ended["status"] == "canceled"
    assert data(call(app, "cancel_run", run=queued["run"]))["status"] == "canceled"


def test_a_question_is_given_the_default_tools_that_look() -> None:
    assert set(looking.TOOLS) == {tool.name for tool in TOOLS if tool.hints.reads}
    assert set(looking.TOOLS) >= looking.GUEST_TEXT


def test_our_row_of_the_comparison_is_true() -> None:
    """The others are as they were on the day that is named there."""
    text = Path("docs/mcp.md").read_text(encoding="utf-8")
    table = text.split("<!-- peers: written by bench/mcp_peers.py -->")[1].split("<!-- end")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n") if line
    ]
    head, _, ours, *others = rows
    assert len(others) == 4 and {len(row) for row in rows} == {len(head)}
    said = dict(zip(head, ours, strict=True))
    plain = [described(tool) for tool in TOOLS]
    assert int(said["tools"]) == len(TOOLS)
    assert int(said["with hints"]) == sum(tool.annotations is not None for tool in plain)
    assert int(said["with an output schema"]) == sum(t.output_schema is not None for t in plain)
    size = sum(len(tool.model_dump_json(by_alias=True, exclude_none=True)) for tool in plain)
    assert float(said["schema"].split()[0]) == pytest.approx(size / 1000, abs=0.2)
