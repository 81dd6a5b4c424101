"""The real Claude Code CLI with a scripted model: it finds our tools, and their answers reach the model."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from fuyajo.domain.people import scopes_of
from fuyajo.mcp.tools import TOOLS
from fuyajo.service.authenticating import add_user, new_token
from scripts.fetch_claude import FetchError, fetch
from tests.support import service_host
from tests.support.claims import home_with_database
from tests.support.claude_planner import missing
from tests.support.claude_tools import (
    PREFIX,
    Script,
    Step,
    Told,
    ask,
    http_server,
    offered,
    stdio_server,
)
from tests.support.command_line import machine
from tests.support.file_host import FileHost, actor_of
from tests.support.installation import install, remove
from tests.support.messages_api import MessagesApi
from tests.support.standing import stand

pytestmark = [pytest.mark.claude, pytest.mark.timeout(300)]
QUESTION = "現在稼働しているVMって何がある？"
NAMES = [tool.name for tool in TOOLS]


@pytest.fixture(scope="module")
def binary() -> Path:
    try:
        return fetch()
    except FetchError as error:
        missing(error, os.environ)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return home_with_database(tmp_path / "home")


def test_claude_looks_at_what_runs(binary: Path, tmp_path: Path, home: Path) -> None:
    with FileHost(home.parent / "host.pickle").changed() as content:
        for name, state in (("hello", "running"), ("asleep", "stopped")):
            content.machines[name] = machine(name, owner="root", state=state)

    def check(said: Any) -> bool:
        return [vm["name"] for vm in said["vms"]] == ["hello"]

    model = Script([Step("list_vms", {"state": "running"}, check)])
    with MessagesApi(model) as api:
        server = stdio_server(home, "--no-worker")
        assert ask(binary, tmp_path, api, server, QUESTION, ["list_vms"]) == "done"


def one_plan(before: Told) -> dict[str, Any]:
    return {"plan": before[-1]["plan"], "digest": before[-1]["digest"]}


def last_run(before: Told) -> dict[str, Any]:
    return {"run": before[-1]["run"]}


def resize(memory: str) -> dict[str, Any]:
    return {"request": {"operations": [{"op": "resize", "vm": "shop", "memory": memory}]}}


def outcome(wanted: str) -> Any:
    return lambda said: said["outcome"] == wanted


def every_tool(hold: Path) -> list[Step]:
    """Each tool once or more, from a machine that is made to one that a person has to let go.

    While the file `hold` is there, runs wait in their middle.
    """

    def held(before: Told) -> dict[str, Any]:
        hold.touch()
        return {**one_plan(before), "wait_seconds": 0}

    def in_its_middle(before: Told) -> dict[str, Any]:
        """One that is canceled while it begins counts as interrupted."""
        run, pause, began = before[-1]["run"], Event(), monotonic()
        while not (hold.parent / f"holding-{run}").exists():
            assert monotonic() - began < 30
            pause.wait(0.05)
        return {"run": run}

    def released(before: Told) -> dict[str, Any]:
        hold.unlink(missing_ok=True)
        return {"run": before[-1]["run"], "wait_seconds": 20}

    return [*beginning(), *changing(held, in_its_middle, released)]


def beginning() -> list[Step]:
    return [
        Step("list_templates", {}, lambda s: "basic-server" in [t["name"] for t in s["templates"]]),
        Step("create_vm", {"name": "shop", "template": "basic-server"}, outcome("successful")),
        Step("list_vms", {}, lambda s: [(v["name"], v["state"]) for v in s["vms"]] == [RUNNING]),
        Step("get_vm", {"vm": "shop"}, lambda s: s["name"] == "shop" and s["state"] == "running"),
        Step("create_restore_point", {"vm": "shop", "name": "before"}, outcome("successful")),
        Step(
            "list_restore_points", {"vm": "shop"}, lambda s: s["snapshots"][0]["name"] == "before"
        ),
        Step("stop_vm", {"vm": "shop"}, outcome("successful")),
        Step("start_vm", {"vm": "shop"}, outcome("successful")),
    ]


def changing(held: Any, in_its_middle: Any, released: Any) -> list[Step]:
    return [
        Step("plan_change", resize("3GiB"), outcome("planned")),
        Step("apply_plan", one_plan, outcome("successful")),
        Step("get_run", last_run, lambda s: s["status"] == "successful" and s["vms"] == ["shop"]),
        Step("plan_change", resize("4GiB"), outcome("planned")),
        Step("apply_plan", held, lambda s: s["outcome"] in ("queued", "starting", "running")),
        Step("cancel_run", in_its_middle, lambda s: s["status"] in ("canceled", "running")),
        Step("get_run", released, lambda s: s["status"] == "canceled"),
        Step("vm_metrics", {"vm": "shop"}, lambda s: s["vm"] == "shop"),
        Step("vm_logs", {"vm": "shop"}, lambda s: s["run"].startswith("r-")),
        Step("delete_vm", {"vm": "shop"}, outcome("needs_approval")),
    ]


RUNNING = ("shop", "running")


def every_call(binary: Path, room: Path, home: Path, server: Any, hold: Path) -> None:
    model = Script(every_tool(hold))
    assert {step.tool for step in model.steps} == set(NAMES)
    with MessagesApi(model) as api:
        assert ask(binary, room, api, server, "Do all of it.", NAMES) == "done"
    assert len(model.calls) == len(model.steps) + 1
    assert {PREFIX + name for name in NAMES} <= offered(model.calls[0])
    shop = FileHost(home.parent / "host.pickle").content().machines["shop"]
    assert (shop.state, shop.memory_mib) == ("running", 3072)  # neither canceled nor deleted


def test_every_tool_over_standard_input_and_output(
    binary: Path, tmp_path: Path, home: Path
) -> None:
    hold = tmp_path / "hold"
    with service_host.worker(home, **{service_host.HOLD: str(hold)}):
        every_call(binary, tmp_path, home, stdio_server(home, "--no-worker"), hold)


@contextmanager
def served(home: Path) -> Iterator[Any]:
    """`fuyajo serve` in a process of its own, and how an assistant of a user reaches it."""
    actor = actor_of(home, "noriko")
    add_user(actor, "noriko", None)
    secret, _ = new_token(actor, "assistant", scopes_of(["apply"]), None)
    process = subprocess.Popen(
        [*service_host.ME, "serve", "--no-worker", "--port", "0"],
        env={**os.environ, "FUYAJO_HOME": str(home), "FUYAJO_URI": "qemu:///system"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        logs = map(json.loads, process.stderr)
        yield http_server(
            next(line["url"] for line in logs if line["event"] == "listening"), secret
        )
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_every_tool_at_a_service(binary: Path, tmp_path: Path, home: Path) -> None:
    hold = tmp_path / "hold"
    with service_host.worker(home, **{service_host.HOLD: str(hold)}), served(home) as server:
        every_call(binary, tmp_path, home, server, hold)


@pytest.mark.libvirt
def test_what_libvirt_really_runs(binary: Path, tmp_path: Path) -> None:
    """Two machines of ours on the real libvirtd, one of them off: the answer is the one that runs."""
    place = install(tmp_path, None)
    tiny = {"memory": "64M", "cpus": 1, "nics": [], "metadata": {"template": "basic-server"}}
    states = {"on": "started", "off": "stopped"}

    def check(said: Any) -> bool:
        (found,) = [vm for vm in said["vms"] if vm["name"].startswith(place.name)]
        return (found["name"], found["state"]) == (f"{place.name}-on", "running")

    model = Script([Step("list_vms", {"state": "running"}, check)])
    try:
        stand(place, tmp_path, ({**tiny, "name": n, "state": s} for n, s in states.items()))
        server = stdio_server(place.home, "--read-only", real=True, **place.environment)
        with MessagesApi(model) as api:
            assert ask(binary, tmp_path, api, server, QUESTION, ["list_vms"]) == "done"
        assert PREFIX + "stop_vm" not in offered(model.calls[0])
    finally:
        remove(place)
