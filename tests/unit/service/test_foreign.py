"""Another user at every door of the service: what is not theirs is not there.

The functions are found, not listed: one that is new is called as well, with what belongs to somebody else.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import restic
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup_copy import Copy

from fuyajo import service
from fuyajo.domain.errors import FuyajoError, NotFound
from fuyajo.domain.machine import HostFacts, HostView
from fuyajo.domain.request import Config
from fuyajo.domain.vault import Vault
from fuyajo.engine import watching
from fuyajo.service import byhand, claiming, machines, planning
from fuyajo.service.context import Actor
from fuyajo.service.planning import from_config
from fuyajo.store.objects import Owned
from fuyajo.store.runs import RunRecord
from tests.support import claims
from tests.support.claims import URI, home_with_database, machine_of

MINE, OTHER, SECRET = "mika", "noriko", "sekret-box"
RUN = "r-20261123-000000-abcd"
#: Parameters that name something of somebody's, and what is put there: noriko's.
FOREIGN: dict[str, Any] = {
    "vm": SECRET,
    "name": SECRET,
    "names": (SECRET,),
    "run_id": RUN,
    "plan_id": "",  # filled in below
    "owner": OTHER,
}
OTHERS: dict[str, Any] = {
    "with_whom": "@root",
    "rights": "read",
    "op": "stop",
    "words": f"stop {SECRET}",
    "lang": "en",
    "everyone": False,
    "source": "test",
    "config": Config.model_validate({"operations": [{"op": "stop", "vm": SECRET}]}),
}
#: Inner parts: they are given values that a function of this list has checked, or name no object of a user.
INNER = {"adopt_missing", "limit", "groups_of"}


def actor_at(home: Path, user: str) -> Actor:
    """In a house that keeps copies of backups elsewhere."""
    actor = claims.actor_at(home, user)
    vault = Vault("/nowhere", Path("/nowhere"))
    return replace(actor, settings=replace(actor.settings, vault=vault))


def _copy_of_hers() -> Copy:
    about = (SECRET, str(UUID(int=7)), OTHER, "full")
    return Copy("one", *about, parent=None, created="2026", bytes=1, digest="", copied="2026")


@pytest.fixture
def plan_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A home with a machine, a plan and a run of noriko's. The id of the plan."""
    home = home_with_database(tmp_path / "home")
    there = machine_of(OTHER, SECRET)
    host = HostView(HostFacts(URI, 8192), {SECRET: there})
    for module in (planning, machines, byhand):
        monkeypatch.setattr(module, "look", lambda *_, **_more: host)
    monkeypatch.setattr(watching, "watching", lambda *_: nullcontext(Event()))
    monkeypatch.setattr(claiming, "pool_of", lambda _: None)
    monkeypatch.setattr(restic.Vault, "copies", lambda _: [_copy_of_hers()])
    actor = actor_at(home, OTHER)
    actor.objects.note([Owned(there.uuid, URI, SECRET, OTHER, "there")])
    plan = from_config(actor, OTHERS["config"], "test").plan
    assert plan is not None
    record = {"id": RUN, "owner": OTHER, "plan": plan.id, "status": "successful"}
    actor.runs.save(RunRecord.model_validate(record | {"started": plan.created, "vms": (SECRET,)}))
    return plan.id


def _entries() -> Iterator[Callable[..., Any]]:
    """Every public function of the service whose first argument is the actor and that names an object."""
    for info in pkgutil.iter_modules(service.__path__):
        module = importlib.import_module(f"fuyajo.service.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(function).parameters)
            ours = function.__module__ == module.__name__ and not name.startswith("_")
            if ours and parameters[:1] == ["actor"] and name not in INNER:
                yield function


def _arguments(function: Callable[..., Any], plan_id: str) -> dict[str, Any] | None:
    """Noriko's things for every parameter that needs a value; None where one is not of a user's choosing."""
    values = {**OTHERS, **FOREIGN, "plan_id": plan_id}
    found = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if name in values:
            found[name] = values[name]
        elif parameter.default is inspect.Parameter.empty:
            return None
    return found


def _called(function: Callable[..., Any], actor: Actor, arguments: dict[str, Any]) -> Any:
    found = function(actor, **arguments)
    return list(found) if inspect.isgenerator(found) else found


#: What they are about is no machine, plan or run: a name there is one of an image, a planner, a case.
NOT_OF_A_USER = {"images", "evaluating", "planning.checked_backend", "doctor_planners"}
ENTRIES = {f"{f.__module__.rpartition('.')[2]}.{f.__name__}": f for f in _entries()}
ENTRIES = {k: f for k, f in ENTRIES.items() if not {k, k.partition(".")[0]} & NOT_OF_A_USER}
NAMING = sorted(
    key
    for key, function in ENTRIES.items()
    if (found := _arguments(function, "")) is not None
    and set(found) & {*FOREIGN, "words", "config"}
)
SHOWING = sorted(
    key for key in ENTRIES if key.rpartition(".")[2].startswith(("list_", "gaps", "repair"))
)


def test_the_doors_are_found() -> None:
    for wanted in ("machines.get_vm", "runs.get_run", "runs.cancel_run", "applying.resolve"):
        assert wanted in NAMING
    assert {"sharing.share", "sharing.unshare", "owning.believe", "runs.events"} <= set(NAMING)
    assert {"machines.list_vms", "runs.list_runs", "sharing.list_shares"} <= set(SHOWING)


@pytest.mark.parametrize("key", NAMING)
def test_what_is_somebody_elses_is_not_found(key: str, plan_id: str, tmp_path: Path) -> None:
    actor, nobody = actor_at(tmp_path / "home", MINE), "never-there"
    function, arguments = ENTRIES[key], _arguments(ENTRIES[key], plan_id)
    assert arguments is not None
    try:
        found = _called(function, actor, arguments)
    except FuyajoError as error:
        said = json.dumps([problem.as_json() for problem in error.problems])
        assert OTHER not in said, "it says whose it is"
        # Exactly as for something that is nowhere.
        assert isinstance(error, NotFound) or error.problems[0].code == "unknown_vm"
    else:  # words: an answer that knows nothing of it
        assert getattr(found, "plan", None) is None
        assert OTHER not in repr(found) and nobody not in repr(found)
    assert actor_at(tmp_path / "home", OTHER).runs.load(OTHER, RUN).status == "successful"


@pytest.mark.parametrize("key", SHOWING)
def test_no_list_shows_it(key: str, plan_id: str, tmp_path: Path) -> None:
    actor, function = actor_at(tmp_path / "home", MINE), ENTRIES[key]
    arguments = _arguments(function, plan_id)
    if arguments is None:
        pytest.skip("wants a value of our own")
    found = repr(_called(function, actor, arguments))
    assert SECRET not in found and plan_id not in found and RUN not in found


def test_everybody_is_shown_only_at_the_host(plan_id: str, tmp_path: Path) -> None:
    actor = actor_at(tmp_path / "home", MINE)
    assert [m.name for m in machines.list_vms(actor, everyone=True)] == [SECRET]
    with pytest.raises(FuyajoError) as refused:
        machines.list_vms(Actor(MINE, actor.settings, door="web"), everyone=True)
    assert refused.value.problems[0].code == "everyone_here"


@pytest.mark.parametrize("op", ["start", "stop", "restart", "delete"])
def test_no_operation_reaches_it(op: str, plan_id: str, tmp_path: Path) -> None:
    with pytest.raises(FuyajoError) as refused:
        machines.plan_operation(actor_at(tmp_path / "home", MINE), op, (SECRET,))
    assert [problem.code for problem in refused.value.problems] == ["unknown_vm"]
