"""What the CLI's exit code and closing object mean. Pure; the order of the kinds is part of the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from fuyajo.domain.errors import shown
from fuyajo.planner.backend import BackendError, Completion, Usage
from fuyajo.planner.backends.claude_cli.process import Ended

NAME = "claude"
DETAIL_CHARS = 200


@dataclass(frozen=True)
class _Result:
    """The CLI's closing JSON object beside its exit code."""

    exit: int
    body: dict[str, Any]

    def of(self, key: str) -> Any:
        return self.body.get(key)

    @property
    def structured(self) -> dict[str, Any] | None:
        value = self.of("structured_output")
        return value if isinstance(value, dict) else None

    @property
    def clean(self) -> bool:
        """`subtype: success` says nothing (a 401 has it); only this pair does."""
        return self.exit == 0 and self.of("is_error") is False

    @property
    def words(self) -> str:
        """What it says about itself: `result`, else its `errors`."""
        errors = self.of("errors")
        said = self.of("result") or (
            "; ".join(map(str, errors)) if isinstance(errors, list) else ""
        )
        return str(said)

    def says(self, *phrases: str) -> bool:
        return any(phrase in self.words.lower() for phrase in phrases)


_Test = Callable[[_Result], bool]
# First match wins; anything else is `api`.
_KINDS: tuple[tuple[str, _Test], ...] = (
    ("no_structure", lambda r: r.clean),
    ("no_structure", lambda r: r.of("subtype") == "error_max_structured_output_retries"),
    ("turns", lambda r: r.of("subtype") == "error_max_turns"),
    ("budget", lambda r: r.of("subtype") == "error_max_budget_usd"),
    ("auth", lambda r: r.of("api_error_status") in (401, 403) or r.says("not logged in")),
    ("quota", lambda r: r.of("api_error_status") == 429 or r.says("credit balance")),
    ("overloaded", lambda r: r.of("api_error_status") in (503, 529)),
    ("refused", lambda r: r.of("stop_reason") == "refusal"),
)


def judge(body: dict[str, Any] | None, ended: Ended, secret: str) -> Completion:
    """The reply as given, or `BackendError` of the first kind that fits. `body` is the closing object.

    `secret` never gets into texts.
    """
    if body is None:
        kind = "usage" if ended.exit == 1 else "crashed"
        fail(kind, _complaint(ended.stderr) or f"exit {ended.exit}, no answer", secret)
    result = _Result(ended.exit, body)
    if not result.clean or result.structured is None:
        kind = next((name for name, test in _KINDS if test(result)), "api")
        fail(kind, result.words or str(result.of("subtype")), secret)
    return Completion(result.structured, _model(body), _usage(body))


def _complaint(stderr: bytes) -> str:
    """stderr without the notes of the CLI's schema validator, which come with every call."""
    lines = stderr.decode("utf-8", "replace").splitlines()
    return "\n".join(line for line in lines if not line.startswith("strict mode: "))


def fail(kind: str, said: str, secret: str = "") -> NoReturn:
    """Raises `BackendError` with one printable, bounded line, the credential blotted out."""
    line = " ".join(said.split())
    if secret:
        line = line.replace(secret, "***")
    raise BackendError(NAME, kind, shown(line, DETAIL_CHARS)) from None


def _model(body: dict[str, Any]) -> str | None:
    """The model that answered; `modelUsage` has one entry per model used."""
    used = body.get("modelUsage")
    return shown(next(iter(used))) if isinstance(used, dict) and used else None


def _usage(body: dict[str, Any]) -> Usage:
    """Tokens (cached input counts as input) and US dollars as the CLI reckons them; 0 when absent."""
    usage = body.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    keys = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    cost = body.get("total_cost_usd")
    return Usage(
        input_tokens=sum(_count(counts.get(key)) for key in keys),
        output_tokens=_count(counts.get("output_tokens")),
        cost_usd=float(cost) if isinstance(cost, int | float) else 0.0,
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
