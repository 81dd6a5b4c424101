"""What is missing of the planners that ask a server, and where their settings come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuyajo.domain.errors import InvalidInput
from fuyajo.planner.backends.anthropic_api import present
from fuyajo.planner.registry import (
    AnthropicSettings,
    BackendSettings,
    OpenAiSettings,
    make,
    missing,
)
from fuyajo.service.backends import backend_settings
from fuyajo.service.context import Actor, load_settings

HERE = "http://127.0.0.1:1"
KEY = {"ANTHROPIC_API_KEY": "sk-x"}


def codes(name: str, settings: BackendSettings, environ: dict[str, str] | None = None) -> list[str]:
    return [problem.code for problem in missing(name, settings, environ or {})]


def openai(**settings: object) -> BackendSettings:
    return BackendSettings(openai=OpenAiSettings(**settings))  # type: ignore[arg-type]


def anthropic(**settings: object) -> BackendSettings:
    return BackendSettings(anthropic=AnthropicSettings(**settings))  # type: ignore[arg-type]


def test_a_model_server(tmp_path: Path) -> None:
    assert codes("openai", BackendSettings()) == ["openai_no_url"]
    assert codes("openai", openai(base_url="nonsense")) == ["base_url"]
    absent = openai(base_url=HERE, token_file=tmp_path / "none")
    assert codes("openai", absent) == ["openai_no_key"]
    assert codes("openai", openai(base_url=HERE)) == []
    assert make("openai", openai(base_url=HERE), {}).name == "openai"


def test_anthropic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert codes("anthropic", anthropic()) == ["anthropic_no_key"]
    assert codes("anthropic", anthropic(), KEY) == []
    # A file that was named is not replaced by another account's key.
    assert codes("anthropic", anthropic(token_file=tmp_path / "none"), KEY) == ["anthropic_no_key"]
    assert codes("anthropic", anthropic(base_url="http://host"), KEY) == ["base_url_plain"]
    assert make("anthropic", anthropic(), KEY).name == "anthropic"
    monkeypatch.setattr(present, "find_spec", lambda _name: None)
    assert codes("anthropic", anthropic(), KEY) == ["anthropic_no_package"]


def test_the_settings_arrive(tmp_path: Path) -> None:
    environ = {
        "FUYAJO_HOME": str(tmp_path),
        "FUYAJO_OPENAI_BASE_URL": HERE,
        "FUYAJO_OPENAI_MODEL": "qwen",
        "FUYAJO_OPENAI_TOKEN_FILE": "/k",
        "FUYAJO_OPENAI_DEADLINE": "300",
        "FUYAJO_ANTHROPIC_MODEL": "claude-opus-5-5",
        "FUYAJO_ANTHROPIC_DEADLINE": "30",
        "FUYAJO_CLAUDE_DEADLINE": "45.5",
    }
    made = backend_settings(Actor("mika", load_settings(environ)))
    assert made.openai == OpenAiSettings(HERE, "qwen", Path("/k"), 300)
    assert made.anthropic == AnthropicSettings(model="claude-opus-5-5", deadline_s=30)
    assert made.claude.deadline_s == 45.5


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "3601", "soon", "1m"])
def test_a_deadline_that_is_none(tmp_path: Path, value: str) -> None:
    environ = {"FUYAJO_HOME": str(tmp_path), "FUYAJO_OPENAI_DEADLINE": value}
    with pytest.raises(InvalidInput) as caught:
        load_settings(environ)
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("openai_deadline", "deadline")


def test_every_hint_of_a_failed_login_names_the_right_place() -> None:
    from fuyajo.planner.backend import BackendError

    hints = {
        name: BackendError(name, "auth", "no").problems[0].hint("en")
        for name in ("claude", "anthropic", "openai")
    }
    assert "claude setup-token" in hints["claude"]
    assert "ANTHROPIC_API_KEY" in hints["anthropic"]
    assert "openai_token_file" in hints["openai"]
