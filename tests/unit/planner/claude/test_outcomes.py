"""Every way the CLI can end, by a stub that ends so: (exit code, stdout, stderr) → kind of failure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.errors import Exit
from fuyajo.planner.backend import BackendError, PlannerRequest, Usage
from fuyajo.planner.backends.claude_cli.backend import ClaudeBackend
from fuyajo.planner.dialogue import answer
from tests.support.claude import SECRET, failure, result

CASES: dict[str, tuple[str, int, str, str]] = {
    "words only": (result(structured_output=..., result="Hello!"), 0, "", "no_structure"),
    "structure is no object": (result(structured_output=[1]), 0, "", "no_structure"),
    "schema retries": (
        failure(
            subtype="error_max_structured_output_retries", errors=["Failed to provide"], result=...
        ),
        1,
        "",
        "no_structure",
    ),
    "turns": (failure(subtype="error_max_turns", result=...), 1, "", "turns"),
    "budget": (failure(subtype="error_max_budget_usd", result=...), 1, "", "budget"),
    "401": (failure(api_error_status=401, result="Failed to authenticate."), 1, "", "auth"),
    "403": (failure(api_error_status=403, result="OAuth token revoked"), 1, "", "auth"),
    "no login": (failure(result="Not logged in · Please run /login"), 1, "", "auth"),
    "429": (
        failure(api_error_status=429, result="You've hit your 5-hour limit"),
        1,
        "",
        "quota",
    ),
    "credit": (
        failure(api_error_status=400, result="Credit balance is too low"),
        1,
        "",
        "quota",
    ),
    "529": (failure(api_error_status=529, result="Overloaded"), 1, "", "overloaded"),
    "503": (failure(api_error_status=503, result="unavailable"), 1, "", "overloaded"),
    "refusal": (failure(stop_reason="refusal", result="flagged"), 1, "", "refused"),
    "500": (failure(api_error_status=500, result="API Error: 500"), 1, "", "api"),
    "structure beside an error": (result(is_error=True), 0, "", "api"),
    "structure and exit 1": (result(), 1, "", "api"),
    "is_error missing": (result(is_error=...), 0, "", "api"),
    "bad flag": ("", 1, "error: unknown option '--restricted'", "usage"),
    "bad flag, behind notes": ("", 1, "strict mode: use allowUnionTypes\nerror: no", "usage"),
    "terminated": ("", 143, "", "crashed"),
    "not JSON": ("Segmentation fault", 139, "", "crashed"),
    "JSON, but no object": ("[]", 0, "", "crashed"),
    "endless nesting": ("[" * 100_000, 0, "", "crashed"),
    "chat with a config": (
        result(
            structured_output={"type": "chat", "message": "", "config": {"template": "web-server"}}
        ),
        0,
        "",
        "invalid_reply",
    ),
    "unknown key": (
        result(structured_output={"type": "chat", "message": "", "run": "rm"}),
        0,
        "",
        "invalid_reply",
    ),
}


@pytest.mark.parametrize(("stdout", "code", "stderr", "kind"), CASES.values(), ids=CASES.keys())
def test_kind(
    stub: Callable[..., Path],
    backend: Callable[..., ClaudeBackend],
    wish: PlannerRequest,
    stdout: str,
    code: int,
    stderr: str,
    kind: str,
) -> None:
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(backend(stub(stdout, code, stderr)), wish))
    assert caught.value.kind == kind
    assert caught.value.exit is Exit.UNAVAILABLE
    assert [problem.code for problem in caught.value.problems] == [f"backend_{kind}"]


def test_success_carries_reply_model_and_cost(
    stub: Callable[..., Path], backend: Callable[..., ClaudeBackend], wish: PlannerRequest
) -> None:
    got = asyncio.run(answer(backend(stub()), wish))
    assert (got.reply.type, got.reply.message) == ("chat", "hello there")
    assert (got.backend, got.model) == ("claude", "claude-sonnet-5-5")
    assert got.usage == Usage(input_tokens=123, output_tokens=20, cost_usd=0.0004)


@pytest.mark.parametrize(
    "gaps",
    [
        {"usage": ..., "modelUsage": ..., "total_cost_usd": ...},
        {"usage": [], "modelUsage": {}, "total_cost_usd": "much"},
        {"usage": {"input_tokens": "many"}, "modelUsage": 1, "total_cost_usd": None},
    ],
)
def test_success_without_a_bill(
    stub: Callable[..., Path],
    backend: Callable[..., ClaudeBackend],
    wish: PlannerRequest,
    gaps: dict[str, Any],
) -> None:
    got = asyncio.run(answer(backend(stub(result(**gaps))), wish))
    assert (got.model, got.usage) == (None, Usage())


def test_the_credential_is_blotted_out_of_error_texts(
    stub: Callable[..., Path], backend: Callable[..., ClaudeBackend], wish: PlannerRequest
) -> None:
    said = failure(api_error_status=401, result=f"bad token {SECRET}\n\x1b[31mred")
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(backend(stub(said, 1)), wish))
    text = str(caught.value)
    assert "bad token ***" in text
    assert SECRET not in text
    assert text.isprintable()


def test_a_missing_binary(
    backend: Callable[..., ClaudeBackend], wish: PlannerRequest, tmp_path: Path
) -> None:
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(backend(tmp_path / "nowhere"), wish))
    assert caught.value.kind == "not_installed"


def test_a_file_that_is_no_program(
    backend: Callable[..., ClaudeBackend], wish: PlannerRequest, tmp_path: Path
) -> None:
    binary = tmp_path / "claude"
    binary.write_text("#!/nowhere/interpreter\n", encoding="utf-8")
    binary.chmod(0o755)
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(backend(binary), wish))
    assert caught.value.kind == "not_installed"


def test_no_token(stub: Callable[..., Path], wish: PlannerRequest) -> None:
    with pytest.raises(BackendError) as caught:
        asyncio.run(answer(ClaudeBackend(stub(), None), wish))
    assert caught.value.kind == "auth"
