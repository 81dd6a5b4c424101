"""Neither the wish nor a file lying about can make the real CLI read, run or load anything.

Each guard is shown twice: that nothing gets through the call as we make it, and that the same attack does
get through a naive call, so that a test which could not see it would fail.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.claude_cli.call import Room, arguments, environment, room, token_env
from fuyajo.planner.backends.claude_cli.process import Command, Completed, run
from fuyajo.planner.backends.claude_cli.tokens import token_pipe
from fuyajo.planner.dialogue import answer
from fuyajo.planner.prompt import frame
from tests.support.claude import SECRET
from tests.support.claude_planner import CHAT, Planner, Script
from tests.support.messages_api import MessagesApi

pytestmark = pytest.mark.claude

MARKER = "the-quick-brown-fox-4711"
FILE_GUARDS = {"CLAUDE_CODE_DISABLE_ATTACHMENTS", "CLAUDE_CODE_DISABLE_FILE_MENTIONS"}


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(MARKER, encoding="utf-8")
    return path


def _call(
    planner: Planner,
    api: MessagesApi,
    prompt: bytes,
    *,
    without: frozenset[str] | set[str] = frozenset(),
    restricted: bool = True,
    token: str = SECRET,
) -> Completed:
    """The backend's own command, with single guards taken away (`--option` or variable names)."""

    def command(place: Room, fd: int) -> Command:
        env = {**environment(place, api.url), **token_env("oauth", fd)}
        argv = list(arguments(planner.binary, "sonnet", restricted))
        for option in without & set(argv):
            at = argv.index(option)
            takes_value = not argv[at + 1].startswith("-")
            del argv[at : at + 1 + takes_value]
        kept = {name: value for name, value in env.items() if name not in without}
        return Command(tuple(argv), kept, place.cwd, prompt, (fd,))

    with room(planner.home) as place, token_pipe(token) as fd:
        return asyncio.run(run(command(place, fd), 30))


def _sent(api: MessagesApi) -> bytes:
    return b"".join(call.body for call in api.calls)


# --- the wish --------------------------------------------------------------------------------------


def test_a_mentioned_file_is_not_read(
    planner: Planner, scripted: Script, secret_file: Path
) -> None:
    forms = ("@{0}", "please read @{0} now", "見て、@{0}", '@"{0}"', "\n\t@{0}", "\u3000@{0}")
    api = scripted(CHAT)
    planner.ask(api, text=" ".join(form.format(secret_file) for form in forms))
    assert _sent(api).count(secret_file.name.encode()) == len(forms)
    assert MARKER.encode() not in _sent(api)


def test_a_naive_call_reads_a_mentioned_file(
    planner: Planner, scripted: Script, secret_file: Path
) -> None:
    api = scripted(CHAT)
    _call(planner, api, f"read @{secret_file}".encode(), without=FILE_GUARDS, restricted=False)
    assert MARKER.encode() in _sent(api)


def test_the_framing_alone_keeps_the_file_unread(
    planner: Planner, scripted: Script, secret_file: Path
) -> None:
    api = scripted(CHAT)
    framed = frame(planner.request(f"read @{secret_file}"))
    _call(planner, api, framed, without=FILE_GUARDS, restricted=False)
    assert len(api.messages) == 1
    assert MARKER.encode() not in _sent(api)


def test_the_environment_alone_keeps_the_file_unread(
    planner: Planner, scripted: Script, secret_file: Path
) -> None:
    api = scripted(CHAT)
    _call(planner, api, f"read @{secret_file}".encode(), restricted=False)
    assert len(api.messages) == 1
    assert MARKER.encode() not in _sent(api)


def test_a_name_in_the_context_is_not_read_either(
    planner: Planner, scripted: Script, secret_file: Path
) -> None:
    api = scripted(CHAT)
    vm = VmBrief(f"@{secret_file}", "running", None, 1, 512, 5)
    request = replace(planner.request("list my VMs"), vms=(vm,))
    asyncio.run(answer(planner.backend(api), request))
    assert secret_file.name.encode() in _sent(api)
    assert MARKER.encode() not in _sent(api)


@pytest.mark.parametrize("text", ["/help", "!env"])
def test_a_command_is_only_words(planner: Planner, scripted: Script, text: str) -> None:
    api = scripted(CHAT)
    assert planner.ask(api, text=text).reply.message == "hello there"
    prompt = api.messages[0].json["messages"][0]["content"]
    assert json.loads(prompt.splitlines()[2])["user_message"] == text


def test_a_naive_call_takes_a_command(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    done = _call(planner, api, b"/help")
    assert (done.exit, api.calls) == (0, [])


# --- files in the way --------------------------------------------------------------------------------


def _plant(directory: Path, touched: Path) -> None:
    """Everything that the CLI would load or run from a directory."""
    hook = [{"hooks": [{"type": "command", "command": f"touch {touched}"}]}]
    settings = {
        "env": {"ANTHROPIC_MODEL": "claude-planted"},
        "model": "claude-planted",
        "hooks": {"UserPromptSubmit": hook, "SessionStart": hook},
    }
    server = {"command": "touch", "args": [str(touched)]}
    (directory / ".claude" / "rules").mkdir(parents=True, exist_ok=True)
    (directory / ".claude" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    (directory / ".mcp.json").write_text(json.dumps({"mcpServers": {"x": server}}), "utf-8")
    for name in (
        "CLAUDE.md",
        "CLAUDE.local.md",
        "AGENTS.md",
        ".claude/CLAUDE.md",
        ".claude/rules/a.md",
    ):
        (directory / name).write_text(MARKER, encoding="utf-8")


def _plant_around(planner: Planner) -> Path:
    touched = planner.home.parent / "touched"
    planner.home.mkdir(mode=0o700)
    for directory in (planner.home.parent, planner.home, planner.temp):
        _plant(directory, touched)
    return touched


def test_planted_files_have_no_effect(planner: Planner, scripted: Script) -> None:
    touched = _plant_around(planner)
    api = scripted(CHAT)
    planner.ask(api)
    assert not touched.exists()
    assert MARKER.encode() not in _sent(api)
    (call,) = api.messages
    assert call.json["model"].startswith("claude-sonnet")
    assert [tool["name"] for tool in call.json["tools"]] == ["StructuredOutput"]


def test_planted_files_have_no_effect_without_restricted(
    planner: Planner, scripted: Script
) -> None:
    """As on versions before `--restricted`."""
    touched = _plant_around(planner)
    api = scripted(CHAT)
    _call(planner, api, frame(planner.request("hello")), restricted=False)
    assert len(api.messages) == 1
    assert not touched.exists()
    assert MARKER.encode() not in _sent(api)


def test_a_naive_call_loads_planted_files(planner: Planner, scripted: Script) -> None:
    touched = _plant_around(planner)
    api = scripted(CHAT)
    guards = {"--setting-sources", "--strict-mcp-config", "CLAUDE_CODE_DISABLE_CLAUDE_MDS"}
    _call(planner, api, b"hello", without=guards, restricted=False)
    assert touched.exists()
    assert MARKER.encode() in _sent(api)


def test_a_naive_call_offers_more_tools(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    _call(planner, api, b"hello", without={"--tools"}, restricted=False)
    assert {"Bash", "Read"} <= {tool["name"] for tool in api.messages[0].json["tools"]}
