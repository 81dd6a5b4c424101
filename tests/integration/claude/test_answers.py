"""What the real CLI makes of every kind of answer from the API."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.tokens import TokenEnv
from fuyajo.planner.dialogue import answer
from fuyajo.planner.prompt import schema_json, system_prompt
from tests.support.claude import SECRET, survivors
from tests.support.claude_planner import CHAT, Planner, Script

pytestmark = pytest.mark.claude

WEB = {
    "structured": {
        "type": "config",
        "message": "One web server.",
        "config": {
            "vms": [
                {
                    "name": "web",
                    "template": "web-server",
                    "memory": "4GiB",
                    "disk": 20,
                    "vars": {"title": "Hi"},
                }
            ]
        },
    }
}


def test_a_config(planner: Planner, scripted: Script) -> None:
    answer = planner.ask(scripted(WEB))
    assert answer.reply.type == "config"
    assert answer.reply.config is not None
    (vm,) = answer.reply.config.vms
    assert (vm.name, vm.template, vm.memory, vm.disk) == ("web", "web-server", 4096, 20)
    assert vm.vars == {"title": "Hi"}
    assert answer.backend == "claude"
    assert str(answer.model).startswith("claude-sonnet")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (100, 20)
    assert answer.usage.cost_usd > 0
    assert planner.left_behind() == []


def test_in_japanese(planner: Planner, scripted: Script) -> None:
    reply = {"type": "chat", "message": "こんにちは。何を作りましょうか？"}
    api = scripted({"structured": reply})
    vm = VmBrief("web-1", "running", "web-server", 1, 1024, 10)
    request = planner.request("ウェブサーバーを止めて。😀", "ja", vm)
    got = asyncio.run(answer(planner.backend(api), request))
    assert got.reply.message == reply["message"]
    prompt = api.messages[0].json["messages"][0]["content"]
    sent = json.loads(prompt.splitlines()[2])
    assert sent["user_message"] == "ウェブサーバーを止めて。😀"
    assert sent["context"]["language"] == "ja"
    assert [item["name"] for item in sent["context"]["vms"]] == ["web-1"]


def test_the_request_is_small_and_offers_one_tool(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    planner.ask(api)
    (call,) = api.calls  # one connection's worth: no telemetry, no greeting of another endpoint
    assert call.headers["authorization"] == f"Bearer {SECRET}"
    assert "x-api-key" not in call.headers
    (tool,) = call.json["tools"]
    assert tool["name"] == "StructuredOutput"
    assert tool["input_schema"] == json.loads(schema_json())
    assert any(system_prompt() in block["text"] for block in call.json["system"])
    assert len(call.body) < 8000


def test_an_api_key_by_the_other_descriptor(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    planner.ask(api, token=TokenEnv({"ANTHROPIC_API_KEY": "sk-ant-api03-x"}, "api_key"))
    (call,) = api.calls
    assert call.headers["x-api-key"] == "sk-ant-api03-x"
    assert "authorization" not in call.headers
    assert call.json["model"].startswith("claude-sonnet")  # `--model` holds with a key, too


def test_a_bad_shape_is_mended_on_the_second_try(planner: Planner, scripted: Script) -> None:
    api = scripted({"structured": {"type": "maybe"}}, CHAT)
    assert planner.ask(api).reply.message == "hello there"
    assert len(api.messages) == 2


def test_one_overload_is_survived(planner: Planner, scripted: Script) -> None:
    api = scripted({"status": 529}, CHAT)
    assert planner.ask(api).reply.message == "hello there"
    assert len(api.messages) == 2


LIMIT = {
    "status": 429,
    "headers": {
        "retry-after": "3600",
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": "4102444800",
        "anthropic-ratelimit-unified-representative-claim": "five_hour",
    },
}
FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "words only": ({"text": "I would rather talk."}, "no_structure"),
    "schema retries exhausted": ({"structured": {"type": "maybe"}}, "no_structure"),
    "not valid for us": (
        {"structured": {"type": "config", "message": "", "config": None}},
        "invalid_reply",
    ),
    "401": ({"status": 401}, "auth"),
    "403": ({"status": 403}, "auth"),
    "429": ({"status": 429}, "quota"),
    "limit reached": (LIMIT, "quota"),
    "no credit": ({"status": 400, "message": "Your credit balance is too low"}, "quota"),
    "529": ({"status": 529}, "overloaded"),
    "500": ({"status": 500}, "api"),
    "refusal": ({"text": "I cannot.", "stop_reason": "refusal"}, "refused"),
    "truncated stream": ({**CHAT, "truncate": True}, "api"),
}


@pytest.mark.parametrize(("reply", "kind"), FAILURES.values(), ids=FAILURES.keys())
def test_failures(planner: Planner, scripted: Script, reply: dict[str, Any], kind: str) -> None:
    error = planner.fail(scripted(reply))
    assert error.kind == kind
    assert SECRET not in str(error)
    assert planner.left_behind() == []
    assert survivors(str(planner.home)) == []


def test_without_a_token_nothing_is_sent(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    assert planner.fail(api, token=None).kind == "auth"
    assert api.calls == []
