"""The cases of the gate, loaded strictly: a data set with one wrong line measures something else.

A data set is JSON lines (see `data/README.md`). Every problem is reported at once, with file, line and path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from fuyajo.domain.errors import InvalidInput, Param, Problem, shown
from fuyajo.domain.parse import problem_of
from fuyajo.domain.request import Config, Strict
from fuyajo.domain.strict_json import load_json
from fuyajo.domain.texts import Lang

Kind = Literal[
    "greeting",
    "smalltalk",
    "question",
    "create",
    "power",
    "resize",
    "delete",
    "snapshot",
    "multi",
    "underspecified",
    "impossible",
    "context",
    "injection",
    "wrong-target",
    "mixed",
    "shape",
]
KINDS: tuple[str, ...] = get_args(Kind)

DATA = Path(__file__).parent / "data"
SHIPPED = ("gate", "held_out", "held_out_unusual", "held_out_free")
MAX_FILE_BYTES = 64 * 1024 * 1024


class Message(Strict):
    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=262_144)]


class CaseVm(Strict):
    """A VM of anybody. Its name is what some tool let somebody type, so it is any text; `snapshots` are
    names, the oldest first."""

    name: Annotated[str, Field(min_length=1, max_length=256)]
    state: Annotated[str, Field(max_length=32)] = "running"
    template: str | None = None
    cpus: Annotated[int, Field(ge=1)] = 1
    memory_mib: Annotated[int, Field(ge=1)] = 1024
    disk_gib: Annotated[int, Field(ge=0)] = 10
    owner: str | None = None
    created: str | None = None
    snapshots: Annotated[tuple[str, ...], Field(strict=False)] = ()


class CaseQuota(Strict):
    vms: Annotated[int, Field(ge=0)] | None = None
    cpus: Annotated[int, Field(ge=0)] | None = None
    vcpus: Annotated[int, Field(ge=0)] | None = None
    memory_mib: Annotated[int, Field(ge=0)] | None = None
    disk_gib: Annotated[int, Field(ge=0)] | None = None


class State(Strict):
    """Whose wish it is, what is there, and the user's total allowance."""

    user: Annotated[str, Field(min_length=1, max_length=64)]
    quota: CaseQuota = CaseQuota()
    vms: Annotated[tuple[CaseVm, ...], Field(strict=False)] = ()


class Expect(Strict):
    type: Literal["chat", "config"]
    # What the reply has to come down to; keys that are not written may be anything.
    config: Config | None = None


class Case(Strict):
    """One conversation whose last message is to be answered, and the right answer."""

    id: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    lang: Lang
    kind: Kind = Field(alias="class")
    messages: Annotated[tuple[Message, ...], Field(strict=False)]
    state: State
    expect: Expect

    @property
    def words(self) -> str:
        """What is to be answered."""
        return self.messages[-1].content

    @property
    def wanted(self) -> Config | None:
        """None: nothing may be planned."""
        return self.expect.config


@dataclass(frozen=True)
class DataSet:
    """Cases in the order of the file; `digest` is the SHA-256 of its bytes.

    Whoever works on rules or prompts must not see what is in an `unseen` set, only its figures.
    """

    name: str
    digest: str
    cases: tuple[Case, ...]
    unseen: bool = False

    def only(self, kinds: Sequence[str] = (), limit: int | None = None) -> DataSet:
        """Of these classes (none named: all), at most `limit` cases of each."""
        kept: list[Case] = []
        for case in self.cases:
            enough = limit is not None and sum(c.kind == case.kind for c in kept) >= limit
            if (not kinds or case.kind in kinds) and not enough:
                kept.append(case)
        return replace(self, cases=tuple(kept))


def shipped(name: str = "gate") -> DataSet:
    """A data set of the package: `gate` judges, those held out show whether a score carries over."""
    return replace(load(DATA / f"{name}.jsonl"), name=name, unseen=name.startswith("held_out"))


def load(path: Path) -> DataSet:
    """The data set of a file. Raises `InvalidInput` with everything that is wrong with it."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        params: dict[str, Param] = {"detail": shown(str(error), 200)}
        raise InvalidInput(Problem(shown(str(path), 200), "gate_unreadable", params)) from error
    if len(content) > MAX_FILE_BYTES:
        params = {"limit": f"{MAX_FILE_BYTES // 1024**2} MiB"}
        raise InvalidInput(Problem(shown(str(path), 200), "too_large", params))
    cases = parse(text, path.name)
    return DataSet(path.name, hashlib.sha256(content).hexdigest(), cases)


def parse(text: str, name: str = "") -> tuple[Case, ...]:
    """The cases of JSON lines; empty lines are allowed."""
    cases: list[Case] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    # Not splitlines(): a message may hold other characters that end a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        case, found = _case(line)
        if case is not None and case.id in lines:
            params: dict[str, Param] = {"value": case.id, "line": lines[case.id]}
            found.append(Problem("id", "gate_id_twice", params))
        if case is not None:
            lines.setdefault(case.id, number)
            cases.append(case)
        problems += [_at(problem, name, number) for problem in found]
    if not cases and not problems:
        problems.append(Problem(shown(name, 200), "gate_empty"))
    if problems:
        raise InvalidInput(problems)
    return tuple(cases)


def _at(problem: Problem, name: str, number: int) -> Problem:
    where = f"{shown(name, 200)}:{number}"
    return replace(problem, path=f"{where}: {problem.path}" if problem.path else where)


def _case(line: str) -> tuple[Case | None, list[Problem]]:
    data, problems = load_json(line)
    if problems:
        return None, problems
    if not isinstance(data, dict):
        return None, [Problem("", "not_object")]
    try:
        case = Case.model_validate(data)
    except ValidationError as error:
        return None, [_problem(item) for item in error.errors(include_url=False)]
    return case, list(_contradictions(case))


def _contradictions(case: Case) -> Iterable[Problem]:
    """What is well-formed, but says nothing or two things."""
    if not case.messages or case.messages[-1].role != "user":
        yield Problem("messages", "gate_no_user")
    if (case.expect.type == "config") != (case.expect.config is not None):
        yield Problem("expect.config", f"gate_expect_{case.expect.type}")
    quota = case.state.quota
    if quota.cpus is not None and quota.vcpus is not None:
        yield Problem("state.quota", "gate_cpus_twice")
    names = [vm.name for vm in case.state.vms]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("state.vms", "duplicate_name", {"value": shown(name)})


_KNOWN: dict[str, type[Strict]] = {
    "messages": Message,
    "state": State,
    "quota": CaseQuota,
    "expect": Expect,
}


def _problem(item: Any) -> Problem:
    """As for a request, but for what a case may hold where a key is unknown."""
    location = [part for part in item["loc"] if isinstance(part, str)]
    problem = problem_of(item)
    if "config" in location:
        return problem
    if item["type"] == "greater_than_equal":
        return replace(problem, code="invalid", params={"detail": str(item["msg"])})
    if item["type"] != "extra_forbidden":
        return problem
    model: type[Strict] = Case
    for part in location[:-1]:
        model = CaseVm if part == "vms" else _KNOWN.get(part, model)
    known = ", ".join(field.alias or name for name, field in model.model_fields.items())
    return replace(problem, params={**problem.params, "known": known})
