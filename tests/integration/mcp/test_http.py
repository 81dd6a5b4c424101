"""`/mcp` of the real service, with the SDK's client: tokens, scopes, hosts, and two users at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from fuyajo.domain.toolsets import TOOLSETS
from fuyajo.mcp.tools import PRESETS, offered
from tests.support.assistants import Hands, Mode, words
from tests.support.command_line import World, machine
from tests.support.service import Service

SECONDS = 60.0
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "raw", "version": "1"},
    },
}
ACCEPTS = {"Accept": "application/json, text/event-stream"}


def session(
    api: Service, headers: dict[str, str], body: Any, mode: Mode = "auto", query: str = ""
) -> None:
    async def run() -> None:
        with anyio.fail_after(SECONDS):
            async with httpx2.AsyncClient(headers=headers, timeout=SECONDS) as http:
                url = f"http://127.0.0.1:{api.port}/mcp{query}"
                async with Client(streamable_http_client(url, http_client=http), mode=mode) as made:
                    await body(made)

    anyio.run(run)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_from_a_wish_to_a_machine(api: Service, world: World, mode: Mode) -> None:
    token = api.token(api.user("mika"), "apply")
    hands = Hands(api.actor("mika"))
    api.app.state.wake = hands

    async def body(client: Client) -> None:
        assert len((await client.list_tools()).tools) == 15
        made = await client.call_tool("create_vm", {"name": "shop", "template": "web-server"})
        assert not made.is_error, words(made)
        assert made.structured_content["outcome"] == "successful"
        gone = await client.call_tool("delete_vm", {"vm": "shop"})
        assert f":{api.port}/plans/p-" in gone.structured_content["next"]

    session(api, token, body, mode)
    hands.rest()
    assert "shop" in world.found


def named(api: Service, headers: dict[str, str], query: str) -> set[str]:
    """What is offered at that address."""
    found: set[str] = set()

    async def body(client: Client) -> None:
        found.update(tool.name for tool in (await client.list_tools()).tools)

    session(api, headers, body, query=query)
    return found


def test_more_tools_where_the_service_offers_them(api: Service) -> None:
    mika, office = api.user("mika"), api.user("noriko", admin=True)
    plain, admin = api.token(mika, "apply"), api.token(office, "apply", "admin")
    for query, code in (("?toolset=ops", 403), ("?toolset=everything", 422)):
        refused = api.client.post(f"/mcp{query}", json=HELLO, headers=ACCEPTS | plain)
        assert refused.status_code == code, query
    api.app.state.settings = replace(api.app.state.settings, mcp_toolsets=frozenset(TOOLSETS))
    default = named(api, plain, "")
    ops = named(api, plain, "?toolset=ops")
    assert len(default) == 15 and ops - default == {tool.name for tool in PRESETS["ops"]}
    assert named(api, plain, "?toolset=admin") == default, "the token has no such scope"
    both = named(api, admin, "?toolset=ops,admin&toolset=alerts")
    assert both == {tool.name for tool in offered(TOOLSETS)}
    known = api.client.get("/.well-known/oauth-protected-resource/mcp").json()
    assert known["scopes_supported"] == ["read", "plan", "apply", "admin"]


def test_an_office_that_was_taken_back_opens_nothing(api: Service) -> None:
    api.app.state.settings = replace(api.app.state.settings, mcp_toolsets=frozenset(TOOLSETS))
    office = api.token(api.user("noriko", admin=True), "apply", "admin")
    assert "list_users" in named(api, office, "?toolset=admin")
    api.actor("noriko").people.change("noriko", admin=0)
    assert "list_users" not in named(api, office, "?toolset=admin")


def test_two_users_see_their_own(api: Service, world: World) -> None:
    world.have(machine("hers", owner="noriko"), machine("his", owner="jun"))
    for name, own in (("noriko", "hers"), ("jun", "his")):
        token = api.token(api.user(name), "read")

        async def body(client: Client, own: str = own) -> None:
            found = await client.call_tool("list_vms", {})
            assert [vm["name"] for vm in found.structured_content["vms"]] == [own]
            names = {tool.name for tool in (await client.list_tools()).tools}
            assert "start_vm" not in names

        session(api, token, body)


def test_who_may_not_come_in(api: Service) -> None:
    api.user("mika")
    bare = api.client.post("/mcp", json=HELLO, headers=ACCEPTS)
    assert bare.status_code == 401
    assert bare.headers["www-authenticate"] == (
        f'Bearer resource_metadata="http://127.0.0.1:{api.port}'
        '/.well-known/oauth-protected-resource/mcp"'
    )
    wrong = {"Authorization": "Bearer fuyajo_nonsense", **ACCEPTS}
    assert api.client.post("/mcp", json=HELLO, headers=wrong).status_code == 401
    told = api.client.get("/.well-known/oauth-protected-resource/mcp").json()
    assert told["resource"] == f"http://127.0.0.1:{api.port}/mcp"
    assert told["scopes_supported"] == ["read", "plan", "apply"]


def test_hosts_pages_and_methods(api: Service) -> None:
    token = {**api.token(api.user("mika"), "read"), **ACCEPTS}
    evil = api.client.post("/mcp", json=HELLO, headers={**token, "Host": "evil.example"})
    assert evil.status_code == 421
    page = api.client.post("/mcp", json=HELLO, headers={**token, "Origin": "https://evil.example"})
    assert page.status_code == 403
    listening = api.client.get("/mcp", headers=token)
    assert (listening.status_code, listening.headers["allow"]) == (405, "POST")
    large = api.client.post("/mcp", content=b"[" * 2_000_000, headers=token)
    assert large.status_code == 413
    good = api.client.post("/mcp", json=HELLO, headers=token)
    assert good.status_code == 200
    assert "mcp-session-id" not in good.headers


def test_a_token_that_is_taken_back_ends_it(api: Service) -> None:
    token = api.token(api.user("mika"), "read")

    async def body(client: Client) -> None:
        assert not (await client.call_tool("list_vms", {})).is_error
        (made,) = api.actor("mika").people.tokens("mika")
        api.actor("mika").people.take_back("mika", made.id)
        with pytest.raises(Exception, match="error response"):
            await client.call_tool("list_templates", {})

    session(api, token, body)
    assert api.client.post("/mcp", json=HELLO, headers={**token, **ACCEPTS}).status_code == 401
