"""The real `fuyajo mcp` as a process, with the SDK's client at its pipes; its host is a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import ElicitResult, Implementation

from fuyajo.domain.consent import ASSISTANTS
from fuyajo.domain.people import scopes_of
from fuyajo.service.authenticating import add_user, new_token
from tests.support import service_host
from tests.support.assistants import Mode, words
from tests.support.claims import home_with_database
from tests.support.file_host import FileHost, actor_of

ME = service_host.ME
SECONDS = 30.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_with_database(tmp_path_factory.mktemp("mcp") / "home")


@pytest.fixture(scope="module")
def worker(home: Path) -> Iterator[None]:
    with service_host.worker(home):
        yield


def parameters(home: Path, *options: str, **environ: str) -> StdioServerParameters:
    mine = {k: v for k, v in os.environ.items() if k not in ASSISTANTS}
    mine |= {"FUYAJO_HOME": str(home), "FUYAJO_URI": "qemu:///system", "LANG": "C.UTF-8", **environ}
    return StdioServerParameters(
        command=sys.executable, args=["-m", ME[-1], "mcp", *options], env=mine
    )


def session(made: StdioServerParameters, body: Any, mode: Mode = "auto") -> None:
    async def run() -> None:
        with anyio.fail_after(SECONDS * 2):
            async with Client(stdio_client(made), mode=mode) as found:
                await body(found)

    anyio.run(run)


@pytest.mark.libvirt
@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_from_a_wish_to_a_machine(home: Path, mode: Mode) -> None:
    name = f"box-{mode}"

    async def body(client: Client) -> None:
        assert len((await client.list_tools()).tools) == 15
        made = await client.call_tool("create_vm", {"name": name, "template": "basic-server"})
        assert not made.is_error, words(made)
        assert made.structured_content["outcome"] == "successful", words(made)
        listed = await client.call_tool("list_vms", {})
        assert name in [vm["name"] for vm in listed.structured_content["vms"]]
        gone = await client.call_tool("delete_vm", {"vm": name})
        assert gone.structured_content["outcome"] == "needs_approval"

    session(parameters(home, "--no-worker"), body, mode)
    assert name in FileHost(home.parent / "host.pickle").content().machines


def may_be_asked(home: Path) -> Path:
    policy = home / "policy.toml"
    policy.write_text(
        '[roles.default.approvals]\naccept = ["terminal", "elicitation"]\n'
        'elicitation_clients = ["trusty"]\n'
    )
    policy.chmod(0o600)
    return home


@pytest.mark.libvirt
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_person_is_asked_through_the_pipes(tmp_path: Path, mode: Mode) -> None:
    """Another client than policy names asks nobody; a no and a wrong name change nothing."""
    home = may_be_asked(home_with_database(tmp_path / "home"))
    answers = [("decline", None), ("accept", {"names": "bax"}), ("accept", {"names": "box"})]
    asked: list[str] = []

    async def person(_context: Any, params: Any) -> ElicitResult:
        asked.append(params.message)
        action, content = answers[len(asked) - 1]
        return ElicitResult(action=action, content=content)  # type: ignore[arg-type]

    def outcome(client: str, tool: str, **arguments: str) -> str:
        said: list[str] = []

        async def run() -> None:
            made = stdio_client(parameters(home, "--no-worker"))
            info = Implementation(name=client, version="1")
            with anyio.fail_after(SECONDS * 2):
                async with Client(
                    made, mode=mode, elicitation_callback=person, client_info=info
                ) as open_:
                    result = await open_.call_tool(tool, arguments)
            assert not result.is_error, words(result)
            said.append(str(result.structured_content["outcome"]))

        anyio.run(run)
        return said[0]

    with service_host.worker(home):
        assert outcome("trusty", "create_vm", name="box", template="basic-server") == "successful"
        assert outcome("other", "delete_vm", vm="box") == "needs_approval"
        assert not asked
        for _ in range(2):
            assert outcome("trusty", "delete_vm", vm="box") == "needs_approval"
        assert "box" in FileHost(home.parent / "host.pickle").content().machines
        assert outcome("trusty", "delete_vm", vm="box") == "successful"
    assert len(asked) == 3 and all("box" in message for message in asked)
    assert "box" not in FileHost(home.parent / "host.pickle").content().machines


def test_with_a_token_that_is_taken_back(home: Path) -> None:
    actor = actor_of(home, "noriko")
    add_user(actor, "noriko", None)
    secret, token = new_token(actor, "assistant", scopes_of(["read"]), None)

    async def body(client: Client) -> None:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "list_vms" in names and "start_vm" not in names
        listed = await client.call_tool("list_vms", {})
        assert listed.structured_content["vms"] == []  # the other one's are not hers
        assert actor.people.take_back("noriko", token.id)
        with pytest.raises(Exception, match="mcp_token"):
            await client.call_tool("list_vms", {})

    session(parameters(home, FUYAJO_MCP_TOKEN=secret), body)


def test_nothing_but_the_protocol_is_on_stdout(home: Path) -> None:
    made = parameters(home, "--read-only")
    hello = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "raw", "version": "1"},
    }
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "start_vm", "arguments": {"vm": "x"}},
        },
    ]
    said = "".join(json.dumps(line) + "\n" for line in lines)
    with subprocess.Popen(
        [made.command, *made.args],
        env=made.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(said + "this is no JSON\n")
        process.stdin.flush()
        found = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=SECONDS)
    found += [json.loads(line) for line in rest.splitlines()]
    assert all(one["jsonrpc"] == "2.0" for one in found)
    assert found[0]["result"]["serverInfo"]["name"] == "fuyajo"
    (refused,) = [one for one in found if one.get("id") == 2]
    assert refused["result"]["isError"] is True
    assert process.returncode == 128 + signal.SIGTERM


def test_a_wrong_token_is_told_at_once(home: Path) -> None:
    made = parameters(home, FUYAJO_MCP_TOKEN="fuyajo_nonsense")
    done = subprocess.run(
        [made.command, *made.args],
        env=made.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "token new" in done.stderr


@pytest.mark.libvirt
def test_it_carries_runs_out_itself(home: Path) -> None:
    """Nobody else works on this home; when the client goes, so does the worker."""
    (home.parent / "alone").mkdir()
    alone = home_with_database(home.parent / "alone" / "home")

    async def body(client: Client) -> None:
        made = await client.call_tool("create_vm", {"name": "own", "template": "basic-server"})
        assert made.structured_content["outcome"] == "successful", words(made)

    session(parameters(alone), body)
    assert "own" in FileHost(alone.parent / "host.pickle").content().machines
