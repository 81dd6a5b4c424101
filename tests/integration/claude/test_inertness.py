"""What `test_hostile.py` throws at the real CLI does get through a naive call, guard by guard.

A test that could not see an attack succeed would show nothing when it fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from fuyajo.planner.backends.claude_cli.call import Room, arguments, environment, room, token_env
from fuyajo.planner.backends.claude_cli.process import Command, Completed, run
from fuyajo.planner.backends.tokens import token_pipe
from fuyajo.planner.prompt import frame
from tests.support.claude import SECRET
from tests.support.claude_planner import CHAT, Planner, Script
from tests.support.messages_api import MessagesApi
from tests.support.minefield import MARKER, PLANTED_TOKEN, Minefield

pytestmark = pytest.mark.claude

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
    more: Mapping[str, str] | None = None,
) -> Completed:
    """The backend's own command, with single guards taken away (options, variables), or variables added."""

    def command(place: Room, fd: int) -> Command:
        env = {**environment(place, api.url), **token_env("oauth", fd)}
        argv = list(arguments(planner.binary, "sonnet", restricted))
        for option in without & set(argv):
            at = argv.index(option)
            takes_value = not argv[at + 1].startswith("-")
            del argv[at : at + 1 + takes_value]
        kept = {name: value for name, value in env.items() if name not in without}
        return Command(tuple(argv), {**kept, **(more or {})}, place.cwd, prompt, (fd,))

    with room(planner.home) as place, token_pipe(SECRET) as fd:
        return asyncio.run(run(command(place, fd), 30))


def _sent(api: MessagesApi) -> bytes:
    return b"".join(call.body for call in api.calls)


# --- the wish --------------------------------------------------------------------------------------


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


def test_a_naive_call_takes_a_command(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    done = _call(planner, api, b"/help")
    assert (done.exit, api.calls) == (0, [])


# --- files in the way --------------------------------------------------------------------------------


def _mined(planner: Planner) -> Minefield:
    field = Minefield(planner.home.parent, planner.home, planner.temp)
    field.lay()
    field.credentials()
    return field


def test_planted_files_have_no_effect_without_restricted(
    planner: Planner, scripted: Script
) -> None:
    """As on versions before `--restricted`."""
    field, api = _mined(planner), scripted(CHAT)
    _call(planner, api, frame(planner.request("hello")), restricted=False)
    field.assert_inert(api)


def test_a_naive_call_loads_planted_files(planner: Planner, scripted: Script) -> None:
    field, api = _mined(planner), scripted(CHAT)
    guards = {"--setting-sources", "--strict-mcp-config", "CLAUDE_CODE_DISABLE_CLAUDE_MDS"}
    _call(planner, api, b"hello", without=guards, restricted=False)
    assert field.touched.exists()
    assert MARKER.encode() in _sent(api)


def test_a_naive_call_offers_more_tools(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    _call(planner, api, b"hello", without={"--tools"}, restricted=False)
    assert {"Bash", "Read"} <= {tool["name"] for tool in api.messages[0].json["tools"]}


def test_a_naive_environment_wins_over_our_credential(planner: Planner, scripted: Script) -> None:
    api = scripted(CHAT)
    _call(planner, api, b"hello", more={"ANTHROPIC_API_KEY": PLANTED_TOKEN})
    assert api.messages[0].headers["x-api-key"] == PLANTED_TOKEN
