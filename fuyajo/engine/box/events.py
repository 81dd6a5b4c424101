"""What a run says while it runs: `Event`, and the translation from ansible-runner's events.

Everything in an event may come from a guest or a managed host. It is therefore cleaned (control,
escape and bidirectional characters) and bounded here, once, before anyone can print or store it.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Literal, cast, get_args

Kind = Literal["stage", "task", "result", "failed", "unreachable", "recap", "note"]

STAGES = ("prepare", "create", "boot", "configure", "verify")
STACK_ACTION = "fuyajo.libvirt.stack"
MAX_MESSAGE = 2000  # characters
MAX_NAME = 200  # characters of a host's or task's name
MAX_DATA = 512 * 1024  # bytes of JSON
MAX_DEPTH = 12

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_NOTES = frozenset({"verbose", "warning", "system_warning", "deprecated", "error"})
_RECAP = {
    "ok": "ok",
    "changed": "changed",
    "failures": "failed",
    "dark": "unreachable",
    "skipped": "skipped",
    "rescued": "rescued",
    "ignored": "ignored",
}


@dataclass(frozen=True)
class Event:
    """One line of a run's story. `time` is UTC in ISO 8601; `seq` counts from 1, with a gap where
    events were left out.
    """

    seq: int
    time: str
    kind: Kind
    stage: str | None = None
    host: str | None = None
    task: str | None = None
    changed: bool = False
    message: str = ""
    data: dict[str, object] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line of JSON, ASCII only, without the newline."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str | bytes) -> Event:
        """The inverse of `to_json`; raises ValueError for anything else."""
        raw = json.loads(line)
        if not isinstance(raw, dict) or raw.get("kind") not in get_args(Kind):
            raise ValueError("not an event")
        try:
            return cls(**raw)
        except TypeError as error:
            raise ValueError("not an event") from error


def clean(text: str, limit: int = MAX_MESSAGE) -> str:
    """Text that is safe to show: no escapes, controls or bidi marks, at most `limit` characters."""
    # Bounded before the work as well: a hostile megabyte costs no more than a few kilobytes.
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text[: limit * 8]))
    if not text.isprintable():
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _DROPPED)
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean_name(text: object) -> str | None:
    """A one-line name, or None when there is none."""
    if not isinstance(text, str) or not text:
        return None
    return " ".join(clean(text, MAX_NAME).split()) or None


def clean_data(value: object, depth: int = MAX_DEPTH) -> object:
    """JSON data with every text cleaned, keys too; deeper than `depth` it becomes None."""
    if depth == 0:
        return None
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {
            clean(str(key), MAX_NAME): clean_data(item, depth - 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [clean_data(item, depth - 1) for item in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(
        value, int
    ):  # JSON readers disagree beyond 64 bits, and str() refuses 5,000 digits
        return value if value.bit_length() <= 64 else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return clean(str(value))


class Translator:
    """Turns ansible-runner's events into `Event`s, keeping count and the current stage."""

    def __init__(self) -> None:
        self._seq = 0
        self._stage: str | None = None

    def translate(self, raw: Mapping[str, object]) -> Iterator[Event]:
        """Zero, one or two events; unknown kinds give none."""
        kind = str(raw.get("event", ""))
        body = _mapping(raw.get("event_data"))
        if kind == "playbook_on_task_start":
            yield from self._task(raw, body)
        elif kind in {"runner_on_ok", "runner_on_failed", "runner_on_unreachable"}:
            yield self._result(kind, raw, body)
        elif kind == "playbook_on_stats":
            yield self._make(raw, "recap", data={"stats": recap(body)})
        elif kind in _NOTES:
            message = clean(str(raw.get("stdout", "")))
            if message:
                yield self._make(raw, "note", message=message)
        elif kind == "runner_retry":
            yield self._make(raw, "note", body, message=_retry(_mapping(body.get("res"))))
        elif kind == "playbook_on_no_hosts_matched":
            yield self._make(raw, "note", message="no hosts matched")

    def note(self, message: str) -> Event:
        """An event of our own."""
        return self._make({}, "note", message=clean(message))

    def _task(self, raw: Mapping[str, object], body: Mapping[str, object]) -> Iterator[Event]:
        stage = stage_of(str(body.get("task", "")))
        if stage and stage != self._stage:
            self._stage = stage
            yield self._make(raw, "stage")
        yield self._make(raw, "task", body)

    def _result(self, kind: str, raw: Mapping[str, object], body: Mapping[str, object]) -> Event:
        res = _mapping(body.get("res"))
        ours: Kind = "result"
        if kind == "runner_on_unreachable":
            ours = "unreachable"
        elif kind == "runner_on_failed" and not body.get("ignore_errors"):
            ours = "failed"
        message = result_message(res, failed=kind != "runner_on_ok")
        changed = res.get("changed") is True
        return self._make(
            raw, ours, body, message=message, changed=changed, data=_stack_data(body, res)
        )

    def _make(
        self,
        raw: Mapping[str, object],
        kind: Kind,
        body: Mapping[str, object] | None = None,
        *,
        message: str = "",
        changed: bool = False,
        data: dict[str, object] | None = None,
    ) -> Event:
        self._seq += 1
        return Event(
            seq=self._seq,
            time=_utc(raw.get("created")),
            kind=kind,
            stage=self._stage,
            host=clean_name(body.get("host")) if body else None,
            task=clean_name(body.get("task")) if body else None,
            changed=changed,
            message=message,
            data=data or {},
        )


def stage_of(task: str) -> str | None:
    """The stage that a task's name announces: `create: make the machines` → `create`."""
    prefix, colon, _ = task.partition(":")
    return prefix if colon and prefix in STAGES else None


def recap(body: Mapping[str, object]) -> dict[str, dict[str, int]]:
    """Ansible's statistics turned round: {host: {ok, changed, failed, unreachable, …}}."""
    stats: dict[str, dict[str, int]] = {}
    for theirs, ours in _RECAP.items():
        for host, count in _mapping(body.get(theirs)).items():
            if isinstance(count, int):
                stats.setdefault(clean(str(host), MAX_NAME), dict.fromkeys(_RECAP.values(), 0))[
                    ours
                ] = count
    return stats


def result_message(res: Mapping[str, object], *, failed: bool) -> str:
    """What a person needs to read: the message, and for a failure what the tool printed last."""
    parts = [_text(res.get("msg"))]
    if failed:
        parts += [_tail(res.get(key)) for key in ("stderr", "module_stderr", "module_stdout")]
        parts += [_first_failed_item(res.get("results"))]
    return clean("\n".join(part for part in parts if part))


def _first_failed_item(results: object) -> str:
    for item in results if isinstance(results, list) else []:
        if isinstance(item, dict) and (item.get("failed") or item.get("error")):
            return _text(item.get("msg")) or _text(item.get("error"))
    return ""


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(str(item) for item in value[:50])
    return value if isinstance(value, str) else ""


def _tail(value: object) -> str:
    return value[-800:] if isinstance(value, str) else ""


def _retry(res: Mapping[str, object]) -> str:
    return f"retry {res.get('attempts')} of {res.get('retries')}"


def _stack_data(body: Mapping[str, object], res: Mapping[str, object]) -> dict[str, object]:
    if STACK_ACTION not in (body.get("resolved_action"), body.get("task_action")):
        return {}
    data = {key: clean_data(res[key]) for key in ("vms", "results") if key in res}
    # Facts are needed for the outcome, the change list is not: it goes first when there is too
    # much.
    while data and len(json.dumps(data)) > MAX_DATA:
        data.popitem()
    return data


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _utc(created: object) -> str:
    moment = datetime.now(UTC)
    if isinstance(created, str):
        try:
            moment = datetime.fromisoformat(created)
        except ValueError:
            return moment.isoformat()
    if moment.tzinfo is None:  # older callbacks write UTC without saying so
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat()
