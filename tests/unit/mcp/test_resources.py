"""Resources, prompts, completions."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference, ResourceTemplateReference, TextContent

from tests.support.assistants import Mode, application, with_client
from tests.support.command_line import World, machine

UUID = "0e3a4f52-7c1d-4a4b-9d3e-2f6a1b0c9d8e"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_resources(world: World, mode: Mode) -> None:
    world.have(replace(machine("web"), uuid=UUID))

    async def body(client: Client) -> None:
        listed = [one.uri for one in (await client.list_resources()).resources]
        assert f"fuyajo://vms/{UUID}" in listed
        patterns = (await client.list_resource_templates()).resource_templates
        assert len(patterns) == 4
        for uri in listed:
            (content,) = (await client.read_resource(uri)).contents
            assert json.loads(content.text)["name"]  # type: ignore[union-attr]
        planned = await client.call_tool(
            "plan_change", {"request": {"operations": [{"op": "stop", "vm": "web"}]}}
        )
        data = planned.structured_content
        (plan,) = (await client.read_resource(f"fuyajo://plans/{data['plan']}")).contents
        assert json.loads(plan.text)["digest"] == data["digest"]  # type: ignore[union-attr]
        applied = await client.call_tool(
            "apply_plan", {"plan": data["plan"], "digest": data["digest"]}
        )
        run = applied.structured_content["run"]
        (told,) = (await client.read_resource(f"fuyajo://runs/{run}")).contents
        assert json.loads(told.text)["status"] == "successful"  # type: ignore[union-attr]
        for odd in ("fuyajo://vms/../plans", "file:///etc/passwd", "fuyajo://secrets/x", "x"):
            with pytest.raises(MCPError):
                await client.read_resource(odd)

    with_client(application(world), body, mode)


def test_prompts(world: World) -> None:
    async def body(client: Client) -> None:
        names = [one.name for one in (await client.list_prompts()).prompts]
        assert names == ["provision", "diagnose", "delete_safely", "fleet_audit"]
        made = await client.get_prompt("diagnose", {"vm": "web\x1b[2J"})
        content = made.messages[0].content
        assert isinstance(content, TextContent)
        assert "web\ufffd[2J" in content.text
        for name, arguments in (
            ("diagnose", {}),
            ("diagnose", {"vm": "a", "x": "b"}),
            ("diagnose", {"vm": "a" * 3000}),
            ("nonsense", {}),
        ):
            with pytest.raises(MCPError):
                await client.get_prompt(name, arguments)

    with_client(application(world), body)


def test_prompts_in_japanese(world: World) -> None:
    async def body(client: Client) -> None:
        assert (await client.list_prompts()).prompts[0].title == "マシンを用意する"

    with_client(application(world, lang="ja"), body)


def test_completions(world: World) -> None:
    world.have(machine("web-1"), machine("web-2"), machine("db"))

    async def body(client: Client) -> None:
        ref = PromptReference(name="diagnose")
        found = await client.complete(ref, {"name": "vm", "value": "web"})
        assert found.completion.values == ["web-1", "web-2"]
        kinds = ResourceTemplateReference(uri="fuyajo://templates/{name}")
        found = await client.complete(kinds, {"name": "name", "value": "web"})
        assert found.completion.values == ["web-server"]

    with_client(application(world), body)
