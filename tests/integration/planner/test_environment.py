"""What the environment of this process may not change, and what a request may not carry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fuyajo.planner.prompt import schema_json, system_prompt
from tests.support.claude_planner import Script
from tests.support.messages_api import Call
from tests.support.servers import CHAT, MESSAGE, SECRET, ask, backend, request

LEAKS = {
    "ANTHROPIC_AUTH_TOKEN": "token-of-the-shell",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Leak: leak-4711\nAuthorization: Bearer leak-4711\nx-api-key: leak-4711",
    "OPENAI_API_KEY": "key-of-the-shell",
    "OPENAI_BASE_URL": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_nothing_of_the_shell_leaks(
    name: str, scripted: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in LEAKS.items():
        monkeypatch.setenv(variable, value)
    api = scripted(CHAT)
    assert ask(backend(name, api), request(tmp_path)).reply.message == MESSAGE
    (call,) = api.messages
    assert call.headers["authorization"] == f"Bearer {SECRET}"
    assert "x-leak" not in call.headers
    told = f"{call.headers} {call.body!r}"
    assert not [value for value in ("leak-4711", "-of-the-shell") if value in told]
    assert str(tmp_path) not in told


def _call(name: str, scripted: Script, home: Path) -> Call:
    api = scripted(CHAT)
    ask(backend(name, api), request(home, "make a web server"))
    (call,) = api.messages
    return call


def test_the_request_to_anthropic(scripted: Script, tmp_path: Path) -> None:
    body = _call("anthropic", scripted, tmp_path).json
    (system,) = body["system"]
    assert system["text"].startswith(system_prompt())
    assert system["cache_control"] == {"type": "ephemeral"}
    (tool,) = body["tools"]
    assert not {"oneOf", "anyOf", "allOf"} & tool["input_schema"].keys()
    # Current models refuse a tool that is forced.
    assert body["tool_choice"]["type"] == "auto"
    (message,) = body["messages"]
    assert "make a web server" in message["content"]
    assert body["stream"] is True
    assert body["max_tokens"] <= 8192


def test_the_request_to_a_model_server(scripted: Script, tmp_path: Path) -> None:
    body = _call("openai", scripted, tmp_path).json
    system, user = body["messages"]
    assert system_prompt() in system["content"]
    assert schema_json() in system["content"]
    assert "make a web server" in user["content"]
    assert (body["temperature"], body["seed"], body["stream"]) == (0, 1, True)
    assert body["max_tokens"] <= 4096
    assert body["response_format"]["type"] == "json_schema"


def test_the_first_part_is_the_same_for_every_request(scripted: Script, tmp_path: Path) -> None:
    """Otherwise nothing could be cached."""
    for name, parts in (("anthropic", ("system", "tools")), ("openai", ())):
        api = scripted(CHAT)
        for text in ("hello", "make a web server"):
            ask(backend(name, api), request(tmp_path, text))
        one, other = (call.json for call in api.messages)
        assert all(one[part] == other[part] for part in parts)
        assert name == "anthropic" or one["messages"][0] == other["messages"][0]


def test_a_model_without_effort(scripted: Script, tmp_path: Path) -> None:
    """It is asked again without, and not asked that way a second time."""
    refusal = {"status": 400, "message": "effort is not supported for this model"}

    def reply(call: Call) -> dict[str, object]:
        return refusal if "output_config" in call.json else CHAT

    api = scripted(reply)
    planner = backend("anthropic", api)
    for _ in range(2):
        assert ask(planner, request(tmp_path)).reply.message == MESSAGE
    assert ["output_config" in call.json for call in api.messages] == [True, False, False]


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_setting_one_up_loads_no_client(name: str) -> None:
    """`auto` looks at every planner; a client is loaded with the first call alone."""
    code = (
        "import sys; from fuyajo.planner.registry import *;"
        "s = BackendSettings(openai=OpenAiSettings('http://127.0.0.1:1'));"
        f"b = make({name!r}, s, {{'ANTHROPIC_API_KEY': 'x'}});"
        "print([m for m in ('asyncio', 'httpx2', 'anthropic', 'tenacity', 'ssl') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
