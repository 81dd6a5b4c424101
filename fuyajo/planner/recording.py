"""Requests and what a planner said to them, kept as JSON lines, and served again without any planner."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from fuyajo.domain.errors import FuyajoError, InvalidInput, Param, Problem, shown
from fuyajo.domain.plan import sha256
from fuyajo.domain.request import Reply
from fuyajo.domain.texts import known
from fuyajo.planner.backend import (
    Backend,
    BackendError,
    Completion,
    Partial,
    PlannerRequest,
    Usage,
)

REPLAY = "replay"
REPLAY_VERSION = 1
REDACTED = "[redacted]"
MAX_BYTES = 256 * 1024 * 1024
# What credentials look like, whoever's they are; a token is one word of these characters.
_CREDENTIAL = re.compile(
    r"sk-ant-[A-Za-z0-9_-]+"
    r"|(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}"
    r"|(?i:\bbearer|\bx-api-key)[\s:=]+[\"']?[A-Za-z0-9._~+/=-]{8,}"
)
# Shorter ones would be found everywhere, and guard nothing.
_SHORTEST_SECRET = 6


def request_data(request: PlannerRequest) -> dict[str, Any]:
    """What the answer depends on, as JSON data: never the directory, never a fence."""
    repair = request.repair
    return {
        "text": request.text,
        "lang": request.lang,
        "vms": [[vm.name, vm.state] for vm in request.vms],
        "turns": [asdict(turn) for turn in request.turns],
        "quota": asdict(request.quota),
        "repair": repair
        and {
            "said": repair.said,
            "problems": [[problem.path, problem.code] for problem in repair.problems],
        },
    }


def request_key(request: PlannerRequest) -> str:
    """Equal exactly for requests that are the same to a planner."""
    return sha256(request_data(request))


class Redactor:
    """Takes secrets out of JSON data: known values, and whatever looks like a credential."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        long = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        spelled = long | {json.dumps(secret)[1:-1] for secret in long}
        # The longest first: one secret may begin like another.
        ordered = sorted(spelled, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def text(self, value: str) -> str:
        if self._known is not None:
            value = self._known.sub(REDACTED, value)
        return _CREDENTIAL.sub(REDACTED, value)

    def data(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.data(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(item) for item in value]
        return value

    def pieces(self, pieces: list[str]) -> list[str]:
        """As they came; in one when a secret lies across two of them."""
        whole = "".join(pieces)
        clean = self.text(whole)
        return pieces if clean == whole else [clean]


class Recorder:
    """A backend that writes down what another one is asked and says."""

    def __init__(self, backend: Backend, file: Path, redactor: Redactor) -> None:
        self.name, self.waits = backend.name, backend.waits
        self.repairs, self.deadline_s = backend.repairs, backend.deadline_s
        self._backend, self._file, self._redactor = backend, file, redactor

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        pieces: list[str] = []
        async with aclosing(self._backend.complete(request)) as stream:
            try:
                async for item in stream:
                    if isinstance(item, Completion):
                        self._keep(request, pieces, _completion_data(item))
                    else:
                        if item.restarts:
                            pieces.clear()
                        pieces.append(item.text)
                    yield item
            except BackendError as error:
                detail = str(error.problems[0].params.get("detail") or error)
                said = {"backend": error.backend, "kind": error.kind, "detail": detail}
                self._keep(request, pieces, {"error": said})
                raise

    async def identity(self) -> dict[str, str]:
        return await self._backend.identity()

    def _keep(self, request: PlannerRequest, pieces: list[str], outcome: dict[str, Any]) -> None:
        line = {
            "key": request_key(request),
            "backend": self.name,
            "repairs": self.repairs,
            "request": self._redactor.data(request_data(request)),
            "pieces": self._redactor.pieces(pieces),
            **{name: self._redactor.data(value) for name, value in outcome.items()},
        }
        append_line(self._file, line)


def _completion_data(item: Completion) -> dict[str, Any]:
    said = item.said
    if isinstance(said, Reply):
        # Only what was said: a null or a default may mean something else than its absence.
        said = said.model_dump(mode="json", exclude_unset=True)
    return {
        "said": said,
        "model": item.model,
        "usage": asdict(item.usage),
        "kind": item.kind,
        "confidence": item.confidence,
    }


def append_line(file: Path, line: Mapping[str, Any]) -> None:
    """One more line, in one write, in a file for its owner alone."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(file, flags, 0o600)
    with os.fdopen(descriptor, "ab") as stream:
        os.fchmod(descriptor, 0o600)  # it may have been there before, open to all
        # ASCII: a lone surrogate of a broken reply has no UTF-8.
        stream.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")


class NotRecorded(BackendError):
    """Nobody asked this when the recording was made."""

    def __init__(self, file: Path) -> None:
        super().__init__(REPLAY, "no_structure", "not recorded")
        FuyajoError.__init__(self, Problem("", "not_recorded", {"file": shown(str(file), 200)}))


@dataclass
class _Tape:
    """What was said to one request, in order; the last is said again and again."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    at: int = 0

    def next(self) -> dict[str, Any]:
        line = self.lines[min(self.at, len(self.lines) - 1)]
        self.at += 1
        return line


class ReplayBackend:
    """Says what was recorded: the same pieces, replies and failures, in the same order."""

    name = REPLAY
    waits = False
    deadline_s = 5.0

    def __init__(self, file: Path) -> None:
        """Raises `InvalidInput` naming the first line that is no recording."""
        self._file = file
        self._tapes: dict[str, _Tape] = {}
        content = _content(file)
        raw = enumerate(content.split(b"\n"), 1)
        lines = [_line(file, number, text) for number, text in raw if text.strip()]
        for line in lines:
            self._tapes.setdefault(line["key"], _Tape()).lines.append(line)
        # A planner that was never told what was wrong must not be told now: that was not recorded.
        self.repairs = any(line.get("repairs") for line in lines)
        self._identity = {
            "adapter": f"replay-{REPLAY_VERSION}",
            "file": hashlib.sha256(content).hexdigest(),
        }

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        tape = self._tapes.get(request_key(request))
        if tape is None:
            raise NotRecorded(self._file)
        line = tape.next()
        for piece in line.get("pieces", ()):
            yield Partial(piece)
        if "error" in line:
            error = line["error"]
            raise BackendError(error["backend"], error["kind"], error["detail"])
        yield _completion(line)

    async def identity(self) -> dict[str, str]:
        return self._identity


def _completion(line: dict[str, Any]) -> Completion:
    """As a model's: what comes out of a file is checked like every other reply, whoever gave it once."""
    return Completion(
        said=line["said"],
        model=line.get("model"),
        usage=Usage(**line.get("usage", {})),
        kind=line.get("kind"),
        confidence=line.get("confidence", 1.0),
    )


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput(Problem("", "not_a_file", {"value": shown(str(file), 200)})) from error
    if len(content) > MAX_BYTES:
        raise InvalidInput(Problem("", "too_large", {"limit": f"{MAX_BYTES >> 20} MiB"}))
    return content


def _line(file: Path, number: int, raw: bytes) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or without end
        line = None
    if not (isinstance(line, dict) and _is_recording(line)):
        params: dict[str, Param] = {"line": number}
        raise InvalidInput(Problem(shown(str(file), 200), "not_a_recording", params))
    return line


def _is_recording(line: dict[str, Any]) -> bool:
    pieces, usage, error = line.get("pieces", []), line.get("usage", {}), line.get("error")
    if error is not None:
        said = isinstance(error, dict) and error.keys() == {"backend", "kind", "detail"}
        said = said and all(isinstance(value, str) for value in error.values())
        said = said and known(f"problem.backend_{error['kind']}")
    else:
        said = "said" in line
    return (
        said
        and isinstance(line.get("key"), str)
        and isinstance(pieces, list)
        and all(isinstance(piece, str) for piece in pieces)
        and isinstance(usage, dict)
        and usage.keys() <= _USAGE
        and all(isinstance(value, int | float) for value in usage.values())
        and isinstance(line.get("confidence", 1.0), int | float)
        and all(isinstance(line.get(key), str | None) for key in ("model", "kind"))
    )


_USAGE = {item.name for item in fields(Usage)}
