"""A person is asked through the client, in both revisions: when, with which words, what a yes is."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp_types import CallToolResult, ElicitResult, Implementation, InputRequiredResult

from tests.support.assistants import Hands, Mode, actor_of, application, words
from tests.support.command_line import USER, World, machine

NAME = "trusty"
MODES = ("auto", "legacy")


def policy(
    world: World, accept: str = '"terminal", "elicitation"', clients: str = '"trust*"'
) -> None:
    path = world.home / "policy.toml"
    path.write_text(
        f"[roles.default.approvals]\naccept = [{accept}]\nelicitation_clients = [{clients}]\n"
        '[roles.default.needs]\nstart = "approval"\n'
    )
    path.chmod(0o600)


class Person:
    """Says the same to every question, and keeps them."""

    def __init__(self, action: Any, **content: Any) -> None:
        self.answer = ElicitResult(action=action, content=content or None)
        self.asked: list[Any] = []

    async def __call__(self, _context: Any, params: Any) -> ElicitResult:
        self.asked.append(params)
        return self.answer


def ask(
    world: World, person: Person | None, mode: Mode, tool: str, name: str = NAME, **arguments: Any
) -> CallToolResult:
    app = application(world)
    found: list[CallToolResult] = []

    async def run() -> None:
        info = Implementation(name=name, version="1")
        server = app.server()
        client = Client(server, mode=mode, elicitation_callback=person, client_info=info)
        async with client as made:
            found.append(await made.call_tool(tool, arguments))
        if isinstance(app.wake, Hands):
            await anyio.to_thread.run_sync(app.wake.rest)

    anyio.run(run)
    return found[0]


def outcome(result: CallToolResult) -> str:
    assert not result.is_error, words(result)
    assert result.structured_content is not None
    return str(result.structured_content["outcome"])


@pytest.mark.parametrize("mode", MODES)
def test_what_destroys_wants_the_name_typed(world: World, mode: Mode) -> None:
    world.have(machine("web"))
    policy(world)
    for person in (Person("accept", names="wep"), Person("accept"), Person("decline")):
        result = ask(world, person, mode, "delete_vm", vm="web")
        assert outcome(result) == "needs_approval"
        assert "fuyajo approve" in words(result)
        assert "web" in world.found
        (asked,) = person.asked
        data: Any = result.structured_content
        for said in (data["digest"], "p-", "web", NAME):
            assert said in asked.message
        assert set(asked.requested_schema["properties"]) == {"names"}
    done = ask(world, Person("accept", names="web"), mode, "delete_vm", vm="web")
    assert outcome(done) == "successful"
    assert "web" not in world.found
    actor, data = actor_of(world), done.structured_content
    (approval,) = actor.approvals.of(actor.plans.load(USER, data["plan"]))
    assert (approval.kind, approval.door, approval.by) == ("elicitation", "mcp", USER)
    assert NAME in approval.note


@pytest.mark.parametrize("mode", MODES)
def test_anything_else_wants_a_yes_in_the_form(world: World, mode: Mode) -> None:
    world.have(machine("web", state="stopped"))
    policy(world)
    assert outcome(ask(world, Person("accept", agree=False), mode, "start_vm", vm="web")) == (
        "needs_approval"
    )
    assert outcome(ask(world, Person("accept", agree=True), mode, "start_vm", vm="web")) == (
        "successful"
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("accept", "clients", "name"),
    [
        ('"terminal", "elicitation"', "", NAME),
        ('"terminal"', '"*"', NAME),
        ('"terminal", "elicitation"', '"trust*"', "other"),
    ],
)
def test_nobody_is_asked_where_policy_does_not_take_it(
    world: World, mode: Mode, accept: str, clients: str, name: str
) -> None:
    world.have(machine("web"))
    policy(world, accept, clients)
    person = Person("accept", names="web")
    assert outcome(ask(world, person, mode, "delete_vm", name, vm="web")) == "needs_approval"
    assert not person.asked
    assert "web" in world.found


def test_a_client_that_cannot_ask_gets_the_plan(world: World) -> None:
    world.have(machine("web"))
    policy(world)
    for mode in MODES:
        assert outcome(ask(world, None, mode, "delete_vm", vm="web")) == "needs_approval"  # type: ignore[arg-type]


def test_an_answer_counts_once_for_its_call_and_its_caller(world: World) -> None:
    """An answer that nobody was asked for, of another call or of another caller opens nothing."""
    world.have(machine("web"), machine("db"))
    policy(world)
    yes = {"consent": ElicitResult(action="accept", content={"names": "web"})}
    info = Implementation(name=NAME, version="1")
    person = Person("cancel")

    async def one(user_key: str, vm: str, state: str | None) -> Any:
        app = application(world, key=user_key, work=False)
        made = Client(app.server(), elicitation_callback=person, client_info=info)
        async with made as client:
            return await client.session.call_tool(
                "delete_vm",
                {"vm": vm},
                input_responses=yes if state else None,
                request_state=state,
                allow_input_required=True,
            )

    async def run() -> None:
        assert isinstance(await one("a", "web", "made-up"), InputRequiredResult)
        first = await one("a", "web", None)
        assert isinstance(first, InputRequiredResult)
        state = first.request_state
        assert isinstance(await one("b", "web", state), InputRequiredResult)
        assert isinstance(await one("a", "db", state), InputRequiredResult)
        assert not actor_of(world).jobs.of(USER)
        queued = await one("a", "web", state)
        assert queued.structured_content["outcome"] == "queued"
        assert len(actor_of(world).jobs.of(USER)) == 1
        assert isinstance(await one("a", "db", state), InputRequiredResult)

    anyio.run(run)
    assert len(actor_of(world).jobs.of(USER)) == 1
