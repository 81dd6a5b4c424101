"""Words or a file → a saved plan, or an answer, or every problem."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from fuyajo.domain import backups
from fuyajo.domain.checks import past_problems
from fuyajo.domain.errors import InvalidInput, Param, Problem, Refused, Unavailable, shown
from fuyajo.domain.fitting import room_problems
from fuyajo.domain.kept import more_snapshots, snapshot_problems, to_be_read
from fuyajo.domain.machine import HostView, Machine, Silent
from fuyajo.domain.plan import Change, Plan, PlannerNote, Standing, cost_of, plan_digest, risk_of
from fuyajo.domain.planning import changes_of, fingerprint, paths_of, seen_machines
from fuyajo.domain.policy import Decision
from fuyajo.domain.quota import left, quota_problems
from fuyajo.domain.references import Known, Reference, Unclear, resolve
from fuyajo.domain.request import Config, Reply
from fuyajo.domain.room import Budget, Pool, grows
from fuyajo.domain.spec import Spec, normalise, sources
from fuyajo.domain.texts import Lang
from fuyajo.domain.trash import deletes, settled, without_trash
from fuyajo.domain.undo import noted
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.dialogue import OnEvent, ignore
from fuyajo.planner.registry import NAMES
from fuyajo.service.answering import Answered, Asking
from fuyajo.service.backends import backend_settings
from fuyajo.service.context import Actor
from fuyajo.service.conversing import Talk
from fuyajo.service.granted import granted
from fuyajo.service.images import image_names
from fuyajo.service.looking import possible, tools_for
from fuyajo.service.policing import decision_on, quota_of, refuse_misuse, role_of
from fuyajo.service.serving import Serving

if TYPE_CHECKING:
    from fuyajo.service.taping import Tape

VALID_FOR = timedelta(hours=1)
BACKENDS = ("auto", *NAMES)


@dataclass(frozen=True)
class Planned:
    """What came of a wish: always a reply, and a plan unless it was only talk.

    `notices` are sentences for the person who asked, such as which planner failed; `decision` is what policy
    wants before the plan runs; `silent` are hypervisors that did not answer.
    """

    reply: Reply
    plan: Plan | None
    backend: str
    planner: PlannerNote | None = None
    notices: tuple[str, ...] = ()
    decision: Decision | None = None
    silent: tuple[Silent, ...] = ()


def from_words(
    actor: Actor,
    words: str,
    lang: Lang,
    backend: str | None = None,
    *,
    talk: Talk | None = None,
    on_event: OnEvent = ignore,
    tape: Tape | None = None,
    taint: bool = False,
) -> Planned:
    """Ask a planner. A greeting works without any host; a wish needs one.

    `talk` is the conversation that this belongs to; `tape` records the planner or stands in for it; `taint`:
    whoever asks has read text that a guest controls, so that only a person can approve what comes of it.
    """
    name = checked_backend(backend or actor.settings.backend)
    talk = talk or Talk(actor)
    try:
        host, unavailable = look(actor), None
    except Unavailable as error:
        host, unavailable = None, error
    known_vms = host.operable(actor.user) if host else {}
    request = _request(actor, words, lang, host, talk)
    draft = Draft(actor, host, unavailable, taint=taint or talk.tainted)
    settings = backend_settings(actor)
    tools = partial(tools_for, actor) if host is not None and possible(actor) else None
    asking = Asking(request, draft.problems, on_event, settings, Serving(actor), tape, tools)
    try:
        answered = asking.answered(name)
        if unavailable is not None and answered.answer.unclear:
            raise unavailable  # nobody could know which VM is meant
        return _planned(actor, words, known_vms, draft, answered, talk)
    except (InvalidInput, Refused) as error:
        said = " ".join(problem.message(lang) for problem in error.problems)
        talk.add(words, said, known_vms)
        raise


def _request(
    actor: Actor, words: str, lang: Lang, host: HostView | None, talk: Talk
) -> PlannerRequest:
    own = host.account(actor.user).values() if host else ()
    return PlannerRequest(
        text=words,
        lang=lang,
        directory=actor.home.planner(actor.user),
        vms=host.briefs(actor.user) if host else (),
        turns=talk.turns(host.operable(actor.user) if host else {}),
        quota=left(quota_of(actor), own),
    )


def _planned(
    actor: Actor,
    words: str,
    known_vms: Mapping[str, Machine],
    draft: Draft,
    answered: Answered,
    talk: Talk,
) -> Planned:
    """Save what came of it."""
    answer, plan, decision = answered.answer, None, None
    if answer.reply.config is not None:
        reason = f"{actor.door}: {answer.backend}"
        plan = draft.plan(reason, answer.references, answered.note, talk.id)
        decision = decision_on(actor, plan)[0]
        actor.plans.save(plan)
    talk.add(words, answer.reply.message, known_vms, answered.note, plan)
    return Planned(
        answer.reply, plan, answer.backend, answered.note, answered.notices, decision, draft.silent
    )


def from_config(
    actor: Actor, config: Config, source: str, *, purge: bool = False, taint: bool = False
) -> Planned:
    """A plan of a request that was written down; the same file always means the same machines.

    With `purge` what it deletes does not go to the trash. No request can say that: it is the door's.
    """
    plan, plain, silent = of_config(actor, config, source, purge=purge, taint=taint)
    actor.plans.save(plan)
    reply = Reply(type="config", message="", config=plain)
    decision = decision_on(actor, plan)[0]
    return Planned(reply, plan, "file", decision=decision, silent=silent)


def of_config(
    actor: Actor,
    config: Config,
    source: str,
    *,
    purge: bool = False,
    taint: bool = False,
    conversation: str | None = None,
) -> tuple[Plan, Config, tuple[Silent, ...]]:
    """The same, not saved: the plan, its request in plain names, and who was silent."""
    host = look(actor)
    try:
        plain, references = resolve(config, known(actor, host))
    except Unclear as error:
        from fuyajo.service.requesting import of_the_rest  # seldom needed

        raise InvalidInput([*error.problems, *of_the_rest(actor, config, host)]) from error
    spec = normalise(plain, moment=datetime.now(UTC))
    if purge:
        spec = without_trash(spec)
    draft = Draft(actor, host, taint=taint)
    problems = draft.spec_problems(spec, sources(plain))
    if problems:
        raise InvalidInput(problems)
    plan = draft.plan(f"{actor.door}: {source}", references, None, conversation)
    return plan, plain, host.silent


def known(actor: Actor, host: HostView) -> Known:
    """What references of a file may mean: VMs that one may operate, and no conversation."""
    return Known(host.briefs(actor.user))


def draft_plan(
    actor: Actor,
    spec: Spec,
    host: HostView,
    reason: str,
    references: tuple[Reference, ...] = (),
    *,
    taint: bool = False,
) -> Plan:
    """The plan alone, not saved: for a look, or for a playbook that somebody runs by hand.

    Raises `InvalidInput` with all problems, `Refused` with everything that policy does not allow.
    """
    draft = Draft(actor, host, taint=taint)
    problems = draft.spec_problems(spec)
    if problems:
        raise InvalidInput(problems)
    return draft.plan(reason, references)


class Draft:
    """A config held against host and quota: every problem of it, or the plan that it makes."""

    def __init__(
        self,
        actor: Actor,
        host: HostView | None,
        unavailable: Unavailable | None = None,
        *,
        taint: bool = False,
    ) -> None:
        self._actor, self._host, self._unavailable = actor, host, unavailable
        self._taint = taint
        self._spec: Spec | None = None
        self._changes: tuple[Change, ...] = ()
        # Where there are several hypervisors: the draft for the one that this is about, and why that one.
        self._chosen: Draft | None = None
        self.standings: tuple[Standing, ...] = ()

    def problems(self, config: Config) -> list[Problem]:
        """Everything that speaks against this config. Raises `Unavailable` when there is no host."""
        now = datetime.now(UTC)
        spec = normalise(config, taken=self._seen.names, moment=now)
        return [*past_problems(config, now), *self.spec_problems(spec, sources(config))]

    def spec_problems(self, spec: Spec, at: Sequence[str] = ()) -> list[Problem]:
        """One list: names, references, image, room, quota. `at`: where the request speaks of each VM."""
        if self._seen.hosts:
            from fuyajo.service.placing import placed

            self._chosen, problems = placed(self._actor, self._seen, spec, at, self._taint)
            return problems
        if (spec.snapshots_of or spec.networks) and self._host is not None:
            # Only now it is known that a look at the machines alone is not enough.
            later = look(self._actor, spec.snapshots_of, subnets=bool(spec.networks))
            self._host = self._host.again(later)
        host, user = self._seen, self._actor.user
        paths = paths_of(spec) | {vm.name: path for vm, path in zip(spec.vms, at, strict=bool(at))}
        if deletes(spec):
            trash = role_of(self._actor, user).trash
            spec = settled(spec, host, user, trash, datetime.now(UTC))
        spec, missing = self._with_backups(spec, host)
        self._spec = spec
        changes, problems = changes_of(spec, host, user, paths)
        problems = [*missing, *(problems if not missing else ())]
        self._changes = tuple(noted(change, host) for change in changes)
        own, quota = host.account(user).values(), quota_of(self._actor)
        problems += self._room_problems(spec, paths)
        problems += quota_problems(quota, own, cost_of(self._changes))
        problems += self._snapshot_problems()
        if (spec.host or spec.labels) and self._actor.settings.inventory is None:
            problems.append(Problem("host" if spec.host else "labels", "host_alone"))
        # Every VM of a `count` has the problem of the one entry that it comes from.
        return list({(p.path, p.code, *p.params.values()): p for p in problems}.values())

    def _with_backups(self, spec: Spec, host: HostView) -> tuple[Spec, list[Problem]]:
        """The spec with what was found of the backups that it means: read only where it means any."""
        if not backups.wanted_of(spec):
            return spec, []
        from fuyajo.service.backups import copies_of, shelf_of

        actor, user = self._actor, self._actor.user
        copies = copies_of(actor) if backups.copies_wanted(spec) else backups.NO_COPIES
        return backups.settled(spec, shelf_of(actor, user), host, copies)

    def _room_problems(self, spec: Spec, paths: Mapping[str, str]) -> list[Problem]:
        """What the host has no room for, so far as runs leave any: the claim of a run has the last word."""
        settings = self._actor.settings
        budget = Budget(*(settings.overcommit[f"overcommit_{key}"] for key in ("memory", "disk")))
        # Sizes of disks are only asked for where there is something to lie beside them.
        pool = pool_of(self._actor) if grows(self._changes) else None
        return room_problems(spec, self._changes, self._seen, pool, budget, paths)

    def _snapshot_problems(self) -> list[Problem]:
        """More snapshots than the machines' owner may have: the claim of a run has the last word."""
        changes, user = self._changes, self._actor.user
        account = next((change.owner for change in changes if change.owner), user)
        limit = role_of(self._actor, account).limits.snapshots
        if limit is None or not more_snapshots(changes):
            return []
        host = look(self._actor, to_be_read(changes, self._seen, account))
        return snapshot_problems(changes, host, account, (), limit)

    @property
    def silent(self) -> tuple[Silent, ...]:
        return self._host.silent if self._host is not None else ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """Of what was last looked at."""
        return self._changes

    @property
    def _seen(self) -> HostView:
        if self._host is None:
            raise self._unavailable or AssertionError("no host and no reason")
        return self._host

    def plan(
        self,
        reason: str,
        references: tuple[Reference, ...] = (),
        planner: PlannerNote | None = None,
        conversation: str | None = None,
    ) -> Plan:
        """The plan of what was last found to be without problems. `Refused`: policy forbids it."""
        if self._chosen is not None:
            return self._chosen.plan(reason, references, planner, conversation)
        assert self._spec is not None
        now = datetime.now(UTC).replace(microsecond=0)
        seen = seen_machines(self._spec, self._seen)
        plan = Plan(
            id=f"p-{os.urandom(4).hex()}",
            owner=self._actor.user,
            created=now,
            expires=now + VALID_FOR,
            digest="",
            fingerprint=fingerprint(self._spec, self._seen, seen),
            taint=self._taint,
            risk=risk_of(self._changes),
            cost=cost_of(self._changes),
            spec=self._spec,
            changes=self._changes,
            reason=reason,
            references=references,
            planner=planner,
            conversation=conversation,
            seen=dict(seen),
            host=self._actor.settings.host,
            placement=self.standings,
        )
        refuse_misuse(self._actor, plan)
        return plan.model_copy(update={"digest": plan_digest(plan)})


def look(
    actor: Actor,
    snapshots_of: frozenset[str] = frozenset(),
    live_of: Container[str] = frozenset(),
    subnets: bool = False,
) -> HostView:
    """The host as it is now, with the snapshots and the live documents of those machines, with what is
    shared, and with the ranges of addresses that are in use. Where there are several hypervisors and the
    actor is on none, all of them together."""
    if actor.settings.several:
        from fuyajo.service.hosting import Wanted, look_everywhere

        return look_everywhere(actor, Wanted(snapshots_of, live_of, subnets))
    found = look_at(actor, snapshots_of, live_of, subnets, image_names(actor))
    return replace(found, shares=granted(actor))


def look_at(
    actor: Actor,
    snapshots_of: frozenset[str],
    live_of: Container[str],
    subnets: bool,
    images: frozenset[str],
) -> HostView:
    """The one hypervisor that the actor is on, without what is shared."""
    from fuyajo.engine.reader import connection, view

    with connection(actor.settings.reached_by) as host:
        found = view(host, images, actor.settings.pool, snapshots_of, live_of)
        if subnets:
            from fuyajo.engine.subnets import with_subnets

            found = with_subnets(host, found)
    if actor.settings.reach is None:
        return found
    return replace(found, facts=replace(found.facts, uri=actor.settings.uri))


def pool_of(actor: Actor) -> Pool | None:
    """The disks in our pool, as far as they can be read."""
    from fuyajo.engine.reader import connection, pool_room

    with connection(actor.settings.reached_by) as host:
        return pool_room(host, actor.settings.pool)


def checked_backend(name: str) -> str:
    """The name. Raises `InvalidInput` unless there is such a backend."""
    if name not in BACKENDS:
        params: dict[str, Param] = {"value": shown(name), "choices": ", ".join(BACKENDS)}
        raise InvalidInput(Problem("backend", "choice", params))
    return name
