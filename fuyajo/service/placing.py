"""Where a request goes, of several hypervisors: to its machines, or where new ones fit best.

What fits is asked of the same checks that one hypervisor has: a draft is made for each that could take it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.hosts import Hypervisor
from fuyajo.domain.machine import HostView
from fuyajo.domain.placement import (
    Candidate,
    choose,
    homes,
    mixed,
    places_new,
    taken_after,
    unseen,
    unsuitable,
)
from fuyajo.domain.policy import allowed
from fuyajo.domain.room import Held, taken_elsewhere
from fuyajo.domain.spec import Spec
from fuyajo.service.context import Actor
from fuyajo.service.hosting import hypervisors, together
from fuyajo.service.planning import Draft
from fuyajo.service.policing import role_of

SHOWN = 5  # names of hypervisors that have the same against a request
Drafted = tuple[Draft, list[Problem]]


def placed(
    actor: Actor, view: HostView, spec: Spec, at: Sequence[str], taint: bool
) -> tuple[Draft, list[Problem]]:
    """The draft for the hypervisor that this is about, and everything that speaks against it."""
    known = hypervisors(actor)

    def draft(name: str) -> Drafted:
        made = Draft(actor.on(known[name]), view.one(name), taint=taint)
        return made, made.spec_problems(spec, at)

    def nowhere() -> Drafted:
        """Nothing of it exists and nothing would: whatever is wrong with it is wrong everywhere."""
        made = Draft(actor, view.anywhere(), taint=taint)
        return made, made.spec_problems(spec, at)

    found = homes(spec, view, actor.user)
    wrong = [*unseen(spec, view, actor.user), *mixed(found, spec.host)]
    if wrong:
        return nowhere()[0], wrong
    if found:
        name = next(iter(found.values()))
        made, problems = draft(name)
        back = [c for c in made.changes if c.action == "recover"]  # its name may be taken elsewhere
        problems += taken_elsewhere(back, view.one(name))
        return made, problems + _drained(made, known[name])
    if not places_new(spec):
        return nowhere()
    if spec.host is not None and spec.host not in known:
        params = {"value": shown(spec.host), "known": shown(", ".join(known), 200)}
        return nowhere()[0], [Problem("host", "host_unknown", dict(params))]
    return _new(actor, view, spec, known, draft)


def _drained(draft: Draft, host: Hypervisor) -> list[Problem]:
    """New machines beside those that are there, where none are to come."""
    new = [
        c.name for c in draft.changes if c.object == "vm" and c.action == "create" and not c.uuid
    ]
    if not (host.drain and new):
        return []
    params = {"value": ", ".join(new), "host": host.name}
    return [Problem("", "host_full", dict(params))]


def _new(
    actor: Actor,
    view: HostView,
    spec: Spec,
    known: Mapping[str, Hypervisor],
    draft: Callable[[str], Drafted],
) -> Drafted:
    silent, hosts = {one.name: one.why for one in view.silent}, role_of(actor, actor.user).hosts
    out = {name: unsuitable(host, spec, silent) for name, host in known.items()}
    for name, host in known.items():
        if not out[name] and not allowed(hosts, host.uri):
            out[name] = (Problem("", "host_policy"),)
    open_names = [name for name in known if not out[name]]
    drafts = {
        name: found if isinstance(found, tuple) else None
        for name, found in together({name: partial(draft, name) for name in open_names}).items()
    }
    return _chosen(actor, view, known, out, {n: drafts.get(n) for n in open_names})


def _chosen(
    actor: Actor,
    view: HostView,
    known: Mapping[str, Hypervisor],
    out: Mapping[str, tuple[Problem, ...]],
    drafts: Mapping[str, Drafted | None],
) -> Drafted:
    held = actor.claims.open() if len(drafts) > 1 else []
    candidates = [Candidate(name, problems=why) for name, why in out.items() if why]
    for one, found in drafts.items():
        if found is None:
            late = Problem("", "host_silent", {"detail": "-"})
            candidates.append(Candidate(one, problems=(late,)))
        else:
            candidates.append(_candidate(actor, view.hosts[one], known[one], found, held))
    name, standings = choose(candidates)
    if name is None or drafts[name] is None:
        fallback = Draft(actor, view.anywhere())
        return fallback, _refusals(candidates, [n for n, d in drafts.items() if d is not None])
    made = drafts[name]
    assert made is not None
    made[0].standings = standings
    return made


def _candidate(
    actor: Actor, view: HostView, host: Hypervisor, found: Drafted, held: Iterable[Held]
) -> Candidate:
    draft, problems = found
    room = int(view.facts.memory_mib * actor.settings.overcommit["overcommit_memory"])
    claims = [one.claim for one in held if one.host == host.uri]
    taken = taken_after(draft.changes, view, claims)
    return Candidate(host.name, room, taken, host.weight, tuple(problems))


def _refusals(candidates: Iterable[Candidate], looked: Sequence[str]) -> list[Problem]:
    """Why it fits nowhere: what is wrong with it everywhere once, the rest for each hypervisor."""
    reasons = {one.name: {_key(p): p for p in one.problems} for one in candidates}
    alike = [reasons[name] for name in looked]
    common = [p for key, p in alike[0].items() if all(key in one for one in alike)] if alike else []
    everywhere = {_key(problem) for problem in common}
    same: dict[tuple[object, ...], tuple[list[str], Problem]] = {}
    for name, found in sorted(reasons.items()):
        for key, problem in found.items():
            if key not in everywhere:
                same.setdefault(key, ([], problem))[0].append(name)
    rest = [
        Problem(f"{_listed(names)}: {p.path}".rstrip(": "), p.code, p.params)
        for names, p in same.values()
    ]
    own = any(set(one) - everywhere for one in alike)
    if common and not own:
        return common
    return [*common, Problem("", "host_none"), *rest]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f", … ({len(names)})" if len(names) > SHOWN else "")


def _key(problem: Problem) -> tuple[object, ...]:
    return (problem.path, problem.code, *sorted(problem.params.items(), key=str))
