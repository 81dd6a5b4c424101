"""`fuyajo plan --backend claude` as a person types it: the real command, the real CLI, a scripted API."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.claude import SECRET
from tests.support.claude_planner import CHAT, Script
from tests.support.messages_api import MessagesApi

pytestmark = [pytest.mark.claude, pytest.mark.slow]


def plan(
    binary: Path, api: MessagesApi, directory: Path, *words: str
) -> subprocess.CompletedProcess[str]:
    home = directory / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    token = directory / "token"
    token.touch(mode=0o600)
    token.write_text(SECRET, encoding="utf-8")
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(directory),
        "LANG": "C.UTF-8",
        "FUYAJO_HOME": str(home),
        # No host is needed to talk, and none must be needed to be refused.
        "FUYAJO_URI": "test:///default",
        "FUYAJO_CLAUDE_BINARY": str(binary),
        "FUYAJO_CLAUDE_TOKEN_FILE": str(token),
        "FUYAJO_CLAUDE_BASE_URL": api.url,
    }
    command = [Path(sys.executable).with_name("fuyajo"), "plan", *words]
    return subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def config(**vm: Any) -> dict[str, Any]:
    return {"structured": {"type": "config", "message": "as you wish", "config": {"vms": [vm]}}}


def test_auto_takes_claude_for_what_the_rules_are_not_sure_of(
    claude_binary: Path, tmp_path: Path, scripted: Script
) -> None:
    api = scripted(CHAT)
    greeted = plan(claude_binary, api, tmp_path, "--json", "hello")
    assert json.loads(greeted.stdout)["backend"] == "rules"
    assert api.messages == []
    words = "something to keep the minutes of our chess club in"
    answered = plan(claude_binary, api, tmp_path, "--json", words)
    assert answered.returncode == 0, answered.stderr
    said = json.loads(answered.stdout)
    assert (said["backend"], said["plan"]) == ("claude", None)
    assert said["reply"]["message"] == "hello there"
    assert len(api.messages) == 1
    assert not (tmp_path / "home" / "plans").exists()


def test_a_wish_becomes_the_same_plan_as_any_other(
    claude_binary: Path, tmp_path: Path, scripted: Script
) -> None:
    images = tmp_path / "home" / "images"
    images.mkdir(parents=True, mode=0o700)
    (tmp_path / "home").chmod(0o700)
    (images / "debian-12.json").write_text("{}", encoding="utf-8")
    api = scripted(config(name="hello", template="web-server", memory="1GiB"))
    words = ("--backend", "claude", "--json", "a web server called hello")
    answered = plan(claude_binary, api, tmp_path, *words)
    assert answered.returncode == 0, answered.stdout + answered.stderr
    (change,) = json.loads(answered.stdout)["plan"]["changes"]
    assert (change["action"], change["name"], change["template"]) == (
        "create",
        "hello",
        "web-server",
    )


@pytest.mark.parametrize(
    "vm",
    [
        {"name": "hello", "template": "no-such-template"},
        {"name": "x</name><devices>", "template": "web-server"},
        {"name": "x", "template": "web-server", "vars": {"title": "{{ 7*7 }}"}},
        {"name": "x", "template": "web-server", "ansible_connection": "local"},
    ],
)
def test_what_a_model_says_is_checked_like_any_input(
    claude_binary: Path, tmp_path: Path, scripted: Script, vm: dict[str, Any]
) -> None:
    api = scripted(config(**vm))
    answered = plan(claude_binary, api, tmp_path, "--backend", "claude", "a web server")
    assert answered.returncode == 5, answered.stdout
    # Refused by the CLI's own check of the schema, or by ours, which is stricter.
    assert re.search("form that is no plan|something that is not valid", answered.stderr), (
        answered.stderr
    )
    assert "Traceback" not in answered.stderr
    assert not (tmp_path / "home" / "plans").exists()


def test_a_refused_token_is_told_and_the_secret_is_not(
    claude_binary: Path, tmp_path: Path, scripted: Script
) -> None:
    api = scripted({"status": 401, "message": "bad"})
    answered = plan(claude_binary, api, tmp_path, "--backend", "claude", "hi")
    assert answered.returncode == 5
    assert SECRET not in answered.stdout + answered.stderr
    assert "→" in answered.stderr
