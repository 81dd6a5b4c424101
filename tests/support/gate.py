"""Planners for the gate: one that knows the answers, one that errs now and then."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from fuyajo.planner.backend import Backend, Completion, Partial, PlannerRequest, Usage
from fuyajo.planner.gate.cases import Case, parse, shipped
from fuyajo.planner.gate.world import host_of
from fuyajo.planner.registry import make, missing
from fuyajo.service import answering, evaluating, planning

MESSAGES = {"en": "This is what I would plan.", "ja": "次のように計画します。"}
SLIP = {"type": "config", "message": "Sure!", "config": {"vms": [{"template": "web-server"}]}}
# On which case, at which of its runs (counted from 1), what is said instead.
Errs = Callable[[Case, int], Any]


def right(case: Case) -> dict[str, Any]:
    """The right reply, as the case expects it: machines by name, also where nobody said the name."""
    message = MESSAGES[case.lang]
    if case.wanted is None:
        return {"type": "chat", "message": message, "config": None}
    config = case.wanted.model_dump(mode="json", exclude_unset=True)
    return {"type": "config", "message": message, "config": config}


def _never(_case: Case, _number: int) -> Any:
    return None


class Knowing:
    """Answers from the data set itself, except where it errs."""

    name = "openai"
    waits = True
    repairs = True
    deadline_s = 5.0

    def __init__(self, errs: Errs = _never, model: str = "knowing-1") -> None:
        self.errs, self.model = errs, model
        self.asked: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0
        self._cases: dict[object, Case] = {}

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(0)
            case = self._case(request)
            if request.repair is None:
                self.asked[case.id] += 1
            said = self.errs(case, self.asked[case.id])
            if isinstance(said, Exception):
                raise said
            yield Completion(right(case) if said is None else said, self.model, Usage(10, 5, 0.001))
        finally:
            self.at_once -= 1

    async def identity(self) -> dict[str, str]:
        return {"adapter": "knowing-1", "model": self.model}

    def _case(self, request: PlannerRequest) -> Case:
        if not self._cases:
            for case in (*shipped().cases, *shipped("canary").cases):
                own = host_of(case).owned(case.state.user)
                said = tuple(m.content for m in case.messages if m.role == "user")
                self._cases[said, tuple(own)] = case
        said = (*(turn.user for turn in request.turns), request.text)
        return self._cases[said, tuple(vm.name for vm in request.vms)]


def errs_on(case_id: str, at: int = 3, said: Any = None) -> Errs:
    """Errs at one run of one case: as if it slipped one time in five."""
    return lambda case, number: (
        (SLIP if said is None else said) if case.id == case_id and number == at else None
    )


def case(words: str = "hello", kind: str = "greeting", expect: str = '{"type": "chat"}') -> Case:
    """One case of one message, on a host with mika's `web` and `db` and bob's `bobs`."""
    from json import dumps

    vm = {"template": "web-server", "created": "2026-11-10T09:00:00Z"}
    vms = [
        {"name": "web", "owner": "mika", **vm},
        {"name": "db", "owner": "mika", "state": "stopped", **vm},
        {"name": "bobs", "owner": "bob", **vm},
    ]
    line = {
        "id": "one",
        "lang": "en",
        "class": kind,
        "messages": [{"role": "user", "content": words}],
        "state": {"user": "mika", "quota": {"vms": 3}, "vms": vms},
        "expect": 0,
    }
    (found,) = parse(dumps(line)[:-2] + expect + "}", "test")
    return found


def serve(patch: pytest.MonkeyPatch, backend: Backend) -> None:
    """This planner is the one called `openai`, for every door of this process."""
    patch.setattr(evaluating, "NAMES", ("rules", "openai", "claude"))
    for module in (evaluating, answering):
        patch.setattr(
            module, "make", lambda name, _s: backend if name == "openai" else make(name, _s)
        )
    patch.setattr(
        evaluating, "missing", lambda name, _s: () if name == "openai" else missing(name, _s)
    )
    patch.setattr(planning, "BACKENDS", ("auto", "rules", "openai", "claude"))
