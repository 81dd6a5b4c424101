"""What the CLI is given: arguments, environment, directories, standard input, and the credential."""

from __future__ import annotations

import asyncio
import json
import stat
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fuyajo.planner.backend import BackendError, PlannerRequest
from fuyajo.planner.backends.claude_cli import version
from fuyajo.planner.backends.claude_cli.backend import ADAPTER_VERSION, ClaudeBackend
from fuyajo.planner.backends.claude_cli.present import find_binary
from fuyajo.planner.backends.tokens import TokenEnv
from fuyajo.planner.dialogue import answer
from fuyajo.planner.prompt import frame, schema_json
from tests.support.claude import SECRET

Make = Callable[..., ClaudeBackend]
Stub = Callable[..., Path]


def _environ(seen: Path) -> dict[str, str]:
    lines = (seen / "env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_arguments(stub: Stub, backend: Make, wish: PlannerRequest, seen: Path) -> None:
    asyncio.run(answer(backend(stub(), model="haiku"), wish))
    given = (seen / "argv").read_text(encoding="utf-8")
    assert wish.text not in given
    assert SECRET not in given
    for option in (
        "-p\n",
        "--no-session-persistence\n",
        "--output-format\nstream-json\n--verbose\n--include-partial-messages\n",
        f"--json-schema\n{schema_json()}\n",
        "--model\nhaiku\n",
        "--tools\n\n",
        "--setting-sources\n\n",
        "--strict-mcp-config\n",
        "--disable-slash-commands\n",
        "--permission-mode\ndontAsk\n",
        "--max-turns\n6\n",
        "--max-budget-usd\n0.50\n",
        "--restricted\n",
    ):
        assert option in given


def test_environment_is_built_from_nothing(
    stub: Stub,
    backend: Make,
    wish: PlannerRequest,
    seen: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of-somebody-else")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    asyncio.run(answer(backend(stub(), base_url="http://127.0.0.1:1"), wish))
    environ = _environ(seen)
    shell_made = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert environ.keys() - shell_made == {
        "PATH",
        "LANG",
        "HOME",
        "CLAUDE_CONFIG_DIR",
        "TMPDIR",
        "XDG_RUNTIME_DIR",
        "CLAUDE_CODE_TMPDIR",
        "GIT_CEILING_DIRECTORIES",
        "ANTHROPIC_BASE_URL",
        "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "DISABLE_AUTOUPDATER",
        "DISABLE_TELEMETRY",
        "DISABLE_ERROR_REPORTING",
        "CLAUDE_CODE_DISABLE_ATTACHMENTS",
        "CLAUDE_CODE_DISABLE_FILE_MENTIONS",
        "CLAUDE_CODE_DISABLE_CLAUDE_MDS",
        "CLAUDE_CODE_DISABLE_AUTO_MEMORY",
        "CLAUDE_CODE_MCP_ALLOWLIST_ENV",
        "CLAUDE_CODE_MAX_RETRIES",
        "API_TIMEOUT_MS",
        "MAX_STRUCTURED_OUTPUT_RETRIES",
    }
    assert SECRET not in environ.values()
    assert environ["HOME"] == str(wish.directory)
    assert environ["CLAUDE_CONFIG_DIR"] == str(wish.directory / ".claude")


def test_token_and_prompt_travel_by_pipes(
    stub: Stub, backend: Make, wish: PlannerRequest, seen: Path
) -> None:
    asyncio.run(answer(backend(stub()), wish))
    assert (seen / "token").read_text(encoding="utf-8") == SECRET
    sent = (seen / "stdin").read_bytes()
    assert sent == frame(wish, sent.splitlines()[1].decode())


def test_an_api_key_takes_the_other_descriptor(
    stub: Stub, wish: PlannerRequest, seen: Path
) -> None:
    environ = {"ANTHROPIC_API_KEY": "sk-ant-api", "CLAUDE_CODE_OAUTH_TOKEN": SECRET}
    asyncio.run(answer(ClaudeBackend(stub(), TokenEnv(environ, "api_key")), wish))
    given = _environ(seen)
    assert "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR" in given
    assert "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR" not in given
    assert (seen / "token").read_text(encoding="utf-8") == "sk-ant-api"


def test_directories_are_private_and_removed(
    stub: Stub,
    backend: Make,
    wish: PlannerRequest,
    seen: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    wish.directory.mkdir(mode=0o755)
    modes = f'stat -c %a "$HOME" "$TMPDIR" . > {seen}/modes; touch "$TMPDIR/left" left; exit 0'
    asyncio.run(answer(backend(stub(last=modes)), wish))
    assert (seen / "modes").read_text(encoding="utf-8").split() == ["700", "700", "700"]
    assert (seen / "files").read_text(encoding="utf-8") == ""
    cwd = Path((seen / "cwd").read_text(encoding="utf-8").strip())
    assert cwd.parent == wish.directory
    assert stat.S_IMODE(wish.directory.stat().st_mode) == 0o700
    assert list(temp.iterdir()) == []
    assert list(wish.directory.iterdir()) == []


def test_a_planner_directory_that_is_a_symlink_is_refused(
    stub: Stub, backend: Make, wish: PlannerRequest, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    wish.directory.symlink_to(elsewhere)
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(backend(stub()), wish))
    assert caught.value.kind == "crashed"
    assert list(elsewhere.iterdir()) == []


def test_an_old_cli_is_asked_for_its_help_once(
    stub: Stub, backend: Make, wish: PlannerRequest, seen: Path
) -> None:
    old = backend(stub(version="2.1.197 (Claude Code)", help_text="--print"))
    asyncio.run(answer(old, wish))
    asyncio.run(answer(old, replace(wish, text="again")))
    assert "--restricted" not in (seen / "argv").read_text(encoding="utf-8")
    assert (seen / "versions").read_text(encoding="utf-8") == "asked\n"
    assert (seen / "helps").read_text(encoding="utf-8") == "asked\n"
    asyncio.run(answer(backend(stub(version="mine", help_text="--restricted --print")), wish))
    assert "--restricted" in (seen / "argv").read_text(encoding="utf-8")


def test_a_new_cli_only_for_its_version(
    stub: Stub, backend: Make, wish: PlannerRequest, seen: Path
) -> None:
    asyncio.run(answer(backend(stub(version="2.2.0 (Claude Code)", help_text="")), wish))
    assert "--restricted" in (seen / "argv").read_text(encoding="utf-8")
    assert not (seen / "helps").exists()


def test_a_binary_whose_version_fails(stub: Stub, backend: Make, wish: PlannerRequest) -> None:
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(backend(stub(help_exit=127)), wish))
    assert caught.value.kind == "crashed"


def test_a_binary_that_never_tells_its_version(
    stub: Stub, backend: Make, wish: PlannerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "PROBE_DEADLINE_S", 0.2)
    binary = stub()
    binary.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(backend(binary), wish))
    assert caught.value.kind == "timeout"


def test_identity(stub: Stub, backend: Make, tmp_path: Path) -> None:
    binary = stub()
    found = asyncio.run(backend(binary, model="haiku").identity())
    assert found == {
        "adapter": f"claude-{ADAPTER_VERSION}",
        "cli": "2.1.330",
        "model": "haiku",
    }
    binary = stub(version="what?")
    unnamed = asyncio.run(backend(binary).identity())["cli"]
    assert unnamed.startswith(f"{binary.stat().st_size}-")
    with pytest.raises(BackendError) as caught:
        asyncio.run(backend(tmp_path / "nowhere").identity())
    assert caught.value.kind == "not_installed"


def test_the_wish_is_data(stub: Stub, backend: Make, wish: PlannerRequest, seen: Path) -> None:
    asyncio.run(answer(backend(stub()), replace(wish, text='/help @/etc/passwd "; rm')))
    body = (seen / "stdin").read_text(encoding="utf-8").splitlines()[2]
    assert json.loads(body)["user_message"] == '/help @/etc/passwd "; rm'


def test_find_binary(stub: Stub, tmp_path: Path) -> None:
    binary = stub()
    assert find_binary(binary, {}) == binary
    assert find_binary(None, {"FUYAJO_CLAUDE_BIN": str(binary)}) == binary
    assert find_binary(None, {"PATH": str(tmp_path)}) == binary
    named = {"FUYAJO_CLAUDE_BIN": str(tmp_path / "gone"), "PATH": str(tmp_path)}
    assert find_binary(None, named) is None
    assert find_binary(None, {"PATH": str(tmp_path / "gone")}) is None
