"""A case as what a planner gets: the request, and a host made of its `state` to hold configs against."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.context import Quota, Turn
from fuyajo.domain.errors import Problem
from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot
from fuyajo.domain.plan import cost_of
from fuyajo.domain.planning import changes_of
from fuyajo.domain.quota import left, quota_problems
from fuyajo.domain.request import Config
from fuyajo.domain.spec import normalise
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.gate.cases import Case, CaseVm, Message

# So much that only the quota of a case can be too small.
AMPLE_MIB = 64 * 1024 * 1024
# When snapshots were and would be taken, and what one is called whose name does not matter.
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNNAMED = "s-20261101-090000"


def request_of(case: Case, directory: Path) -> PlannerRequest:
    """The last message is the wish, the earlier ones are turns; VMs are in the order of the case."""
    own = host_of(case).owned(case.state.user)
    return PlannerRequest(
        text=case.words,
        lang=case.lang,
        directory=directory,
        vms=tuple(machine.brief for machine in own.values()),
        turns=tuple(turns_of(case.messages[:-1], own)),
        quota=left(quota_of(case), own.values()),
    )


def host_of(case: Case) -> HostView:
    """Everybody's VMs, every image, memory without end, and every snapshot that the case goes back to."""
    images = frozenset(template.image for template in TEMPLATES.values())
    facts = HostFacts("qemu:///system", AMPLE_MIB, frozenset({"default"}), images)
    return HostView(facts, {vm.name: _machine(vm, _snapshots(vm, case)) for vm in case.state.vms})


def quota_of(case: Case) -> Quota:
    said = case.state.quota
    cpus = said.cpus if said.vcpus is None else said.vcpus
    return Quota(said.vms, cpus, said.memory_mib, said.disk_gib)


def check_of(case: Case) -> Callable[[Config], list[Problem]]:
    """What the service asks host and quota before it plans."""
    host, user, quota = host_of(case), case.state.user, quota_of(case)

    def check(config: Config) -> list[Problem]:
        spec = normalise(config, taken=host.machines, moment=MOMENT)
        changes, problems = changes_of(spec, host, user)
        return problems + quota_problems(quota, host.owned(user).values(), cost_of(changes))

    return check


def _snapshots(vm: CaseVm, case: Case) -> tuple[Snapshot, ...]:
    """Those of the case, and those that its right answer speaks of: most cases do not list any."""
    operations = case.wanted.operations if case.wanted else ()
    back = [o.snapshot or UNNAMED for o in operations if o.op == "revert" and o.vm == vm.name]
    names = dict.fromkeys((*vm.snapshots, *back))
    return tuple(Snapshot(name, MOMENT.isoformat(), vm.state) for name in names)


def _machine(vm: CaseVm, snapshots: tuple[Snapshot, ...]) -> Machine:
    return Machine(
        name=vm.name,
        uuid=str(uuid5(NAMESPACE_URL, vm.name)),
        state=vm.state,
        cpus=vm.cpus,
        memory_mib=vm.memory_mib,
        disk_gib=vm.disk_gib,
        owner=vm.owner,
        template=vm.template,
        configured="done",
        created=vm.created,
        snapshots=snapshots,
    )


# --- the turns -------------------------------------------------------------------------------------

_QUOTED = re.compile(r"[“「『\"'`]([^“”「」『』\"'`\n]{1,256})[”」』\"'`]")
_TEMPLATES = re.compile("|".join(["web ?サーバー?", *(t.replace("-", "[- ]") for t in TEMPLATES)]))
_MAKES = re.compile(r"\b(?:creat|mak|made|set(?:ting)? up|new\b|add)|作|立て|用意|追加")

_ASKS = re.compile(r"[?？]|(?:です|ます|でしょう|ません)か(?:。|\s|$)")


def turns_of(messages: Iterable[Message], names: Iterable[str]) -> Iterator[Turn]:
    """Pairs of user and assistant, with the own VMs (`names`, those that exist now) that they were about.

    A real conversation keeps that from its plans; here it is read from the words, and kept simple. A reply
    that asks something made no plan, so that turn was about nothing yet. Else what the assistant says counts,
    the user's words only where it names no VM. A line about a VM that speaks of creating made it; any other
    line touched it. Names in quotation marks count before others, and what is only the name of a template
    ("a web server") is none.
    """
    known = list(names)
    for user, reply in _pairs(messages):
        about = [] if _ASKS.search(reply) else _about(reply, known) or _about(user, known)
        made = [name for name, line in about if _MAKES.search(line)]
        touched = [name for name, _ in about if name not in made]
        yield Turn(user, reply, tuple(dict.fromkeys(made)), tuple(dict.fromkeys(touched)))


def _pairs(messages: Iterable[Message]) -> Iterator[tuple[str, str]]:
    """(what the user said, what was replied); either may be empty."""
    said: tuple[str, str] | None = None
    for message in messages:
        if said is not None and (message.role == "user" or said[1]):
            yield said
            said = None
        user, reply = said or ("", "")
        said = (message.content, reply) if message.role == "user" else (user, message.content)
    if said is not None:
        yield said


def _about(text: str, names: list[str]) -> list[tuple[str, str]]:
    """(name, the line that it stands in), in the order said."""
    lines = unicodedata.normalize("NFKC", text).casefold().split("\n")
    quoted = [(word, line) for line in lines for word in _QUOTED.findall(line) if word in names]
    return quoted or [(name, line) for line in lines for name in _names_in(line, names)]


def _names_in(line: str, names: list[str]) -> list[str]:
    plain = _TEMPLATES.sub(" ", line)
    found = {
        match.start(): name
        for name in names
        for match in re.finditer(rf"(?<![a-z0-9-]){re.escape(name)}(?!-?[a-z0-9])", plain)
    }
    return [found[place] for place in sorted(found)]
