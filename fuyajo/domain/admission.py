"""What the gate keeps of a backend: the figures that it was admitted with, the last canary, a demotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

# Plain dataclasses, read by hand: this is read before every plan, and a schema would take longer to build
# than the file to read.


@dataclass(frozen=True)
class ClassScore:
    """Figures of one class. `n` cases; `pass_k` is None where no case was run k times; `wilson` is the 95 %
    interval of `pass_k` over the cases (of `pass_at_1` where that is None)."""

    n: int
    pass_at_1: float
    pass_k: float | None
    wilson: tuple[float, float]


@dataclass(frozen=True)
class Admission:
    """A passed gate, bound to what was measured. Times have a zone; `expires` is None for what is shipped.

    `dataset` is the SHA-256 of the data set, `sources` that of the rules' own source files.
    """

    backend: str
    fingerprint: str
    identity: Mapping[str, str]
    dataset: str
    k: int
    created: datetime
    expires: datetime | None
    classes: Mapping[str, ClassScore]
    sources: str | None = None

    @property
    def scores(self) -> dict[str, float]:
        """pass^k by class."""
        return {
            kind: score.pass_k for kind, score in self.classes.items() if score.pass_k is not None
        }


@dataclass(frozen=True)
class Demotion:
    """Why a backend may not serve: `reason` in English, the words it was given and what it replied
    (both untrusted)."""

    at: datetime
    reason: str
    words: str = ""
    reply: str = ""


@dataclass(frozen=True)
class Record:
    """Everything that is kept of one backend."""

    backend: str
    admission: Admission | None = None
    canary_at: datetime | None = None
    demoted: Demotion | None = None


# --- as JSON data ------------------------------------------------------------------------------------

RecordT = TypeVar("RecordT", ClassScore, Admission, Demotion)


def plain(record: ClassScore | Admission | Demotion) -> dict[str, Any]:
    """As data for JSON; what is None is left out, but for the scores."""
    data = asdict(record)
    for key, value in list(data.items()):
        if isinstance(value, datetime):
            data[key] = value.isoformat()
    if data.get("sources", "") is None:
        del data["sources"]
    return data


def admission(data: Any) -> Admission:
    """Raises ValueError for anything that is not whole."""
    known = _of(Admission, data)
    classes = _typed(known["classes"], dict)
    identity = _typed(known["identity"], dict)
    return Admission(
        backend=_typed(known["backend"], str),
        fingerprint=_typed(known["fingerprint"], str),
        identity={_typed(k, str): _typed(v, str) for k, v in identity.items()},
        dataset=_typed(known["dataset"], str),
        k=_typed(known["k"], int),
        created=_moment(known["created"]),
        expires=None if known["expires"] is None else _moment(known["expires"]),
        classes={_typed(kind, str): _score(value) for kind, value in classes.items()},
        sources=known.get("sources"),
    )


def demotion(data: Any) -> Demotion:
    """Raises ValueError for anything that is not whole."""
    known = _of(Demotion, data)
    texts = {key: _typed(known.get(key, ""), str) for key in ("reason", "words", "reply")}
    return Demotion(at=_moment(known["at"]), **texts)


def _score(data: Any) -> ClassScore:
    known = _of(ClassScore, data)
    low, high = (_number(end) for end in _pair(known["wilson"]))
    whole = known["pass_k"]
    return ClassScore(
        n=_typed(known["n"], int),
        pass_at_1=_number(known["pass_at_1"]),
        pass_k=None if whole is None else _number(whole),
        wilson=(low, high),
    )


def _of(kind: type[RecordT], data: Any) -> dict[str, Any]:
    """A mapping with all of its keys and no others."""
    known = _typed(data, dict)
    names = {one.name for one in fields(kind)}
    optional = {"sources", "words", "reply"}
    if not names - optional <= known.keys() <= names:
        raise ValueError(f"not a {kind.__name__}: {sorted(map(str, known))}")
    return known


ValueT = TypeVar("ValueT")


def _typed(value: Any, kind: type[ValueT]) -> ValueT:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{value!r} is not {kind.__name__}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{value!r} is not a share")
    return float(value)


def _pair(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{value!r} is not an interval")
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_typed(value, str))
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return moment
