"""Words or a file → a saved plan, or an answer, or every problem."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import InvalidInput, Param, Problem, Unavailable, shown
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Change, Plan, PlannerNote, cost_of, plan_digest, risk_of
from fuyajo.domain.planning import changes_of, fingerprint, paths_of, seen_machines
from fuyajo.domain.quota import left, quota_problems
from fuyajo.domain.references import Known, Reference, Unclear, resolve
from fuyajo.domain.request import Config, Reply, VmRequest
from fuyajo.domain.room import room_problems
from fuyajo.domain.spec import Spec, normalise, sources
from fuyajo.domain.texts import Lang
from fuyajo.domain.trash import deletes, settled, without_trash
from fuyajo.domain.undo import noted
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.dialogue import OnEvent, ignore
from fuyajo.planner.registry import (
    NAMES,
    AnthropicSettings,
    BackendSettings,
    ClaudeSettings,
    OpenAiSettings,
)
from fuyajo.service.answering import Answered, Asking
from fuyajo.service.context import Actor
from fuyajo.service.conversing import Talk
from fuyajo.service.images import image_names
from fuyajo.service.serving import Serving

if TYPE_CHECKING:
    from fuyajo.service.taping import Tape

VALID_FOR = timedelta(hours=1)
BACKENDS = ("auto", *NAMES)


@dataclass(frozen=True)
class Planned:
    """What came of a wish: always a reply, and a plan unless it was only talk.

    `notices` are sentences for the person who asked, such as which planner failed.
    """

    reply: Reply
    plan: Plan | None
    backend: str
    planner: PlannerNote | None = None
    notices: tuple[str, ...] = ()


def from_words(
    actor: Actor,
    words: str,
    lang: Lang,
    backend: str | None = None,
    *,
    talk: Talk | None = None,
    on_event: OnEvent = ignore,
    tape: Tape | None = None,
) -> Planned:
    """Ask a planner. A greeting works without any host; a wish needs one.

    `talk` is the conversation that this belongs to; `tape` records the planner or stands in for it.
    """
    name = checked_backend(backend or actor.settings.backend)
    talk = talk or Talk(actor)
    try:
        host, unavailable = look(actor), None
    except Unavailable as error:
        host, unavailable = None, error
    own = host.owned(actor.user) if host else {}
    request = PlannerRequest(
        text=words,
        lang=lang,
        directory=actor.home.planner(actor.user),
        vms=tuple(own[name].brief for name in sorted(own)),
        turns=talk.turns(own),
        quota=left(actor.settings.quota, own.values()),
    )
    draft = Draft(actor, host, unavailable)
    settings = backend_settings(actor)
    asking = Asking(request, draft.problems, on_event, settings, Serving(actor), tape)
    try:
        answered = asking.answered(name)
    except InvalidInput as error:
        talk.add(words, " ".join(problem.message(lang) for problem in error.problems), own)
        raise
    if unavailable is not None and answered.answer.unclear:
        raise unavailable  # nobody could know which VM is meant
    return _planned(actor, words, own, draft, answered, talk)


def _planned(
    actor: Actor,
    words: str,
    own: Mapping[str, Machine],
    draft: Draft,
    answered: Answered,
    talk: Talk,
) -> Planned:
    """Save what came of it."""
    answer, plan = answered.answer, None
    if answer.reply.config is not None:
        plan = draft.plan(f"{actor.door}: {answer.backend}", answer.references, answered.note)
        actor.plans.save(plan)
    talk.add(words, answer.reply.message, own, answered.note, plan)
    return Planned(answer.reply, plan, answer.backend, answered.note, answered.notices)


def from_config(actor: Actor, config: Config, source: str, *, purge: bool = False) -> Planned:
    """A plan of a request that was written down; the same file always means the same machines.

    With `purge` what it deletes does not go to the trash. No request can say that: it is the door's.
    """
    host = look(actor)
    try:
        plain, references = resolve(config, known(actor, host))
    except Unclear as error:
        raise InvalidInput([*error.problems, *_of_the_rest(actor, config, host)]) from error
    spec = normalise(plain, moment=datetime.now(UTC))
    if purge:
        spec = without_trash(spec)
    draft = Draft(actor, host)
    problems = draft.spec_problems(spec, sources(plain))
    if problems:
        raise InvalidInput(problems)
    plan = draft.plan(f"{actor.door}: {source}", references)
    actor.plans.save(plan)
    return Planned(Reply(type="config", message="", config=plain), plan, "file")


def with_host_problems(actor: Actor, error: InvalidInput) -> InvalidInput:
    """What is wrong with a request by itself, and what would be wrong with it here: one list.

    Without a host, or where the request is not of the right shape at all, it stays as it was.
    """
    config = getattr(error, "config", None)
    if config is None:
        return error
    try:
        more = _of_the_rest(actor, config, look(actor))
    except Unavailable:
        return error
    found = {(p.path, p.code): p for p in (*error.problems, *more)}
    return InvalidInput(found.values())


def _of_the_rest(actor: Actor, config: Config, host: HostView) -> list[Problem]:
    """Problems of everything that can be looked at though other parts of the request mean nothing."""
    plain = [o for o in config.operations if o.vm is not None and o.select is None]
    vms = [vm.model_copy(update={"like": None}) for vm in config.vms]
    paths = [path for path, vm in zip(sources(config), _each(vms), strict=True) if _known(vm)]
    update = {"operations": tuple(plain), "vms": tuple(vm for vm in vms if _known(vm))}
    left = config.model_copy(update=update)
    if left.template is not None:
        return []
    spec = normalise(left, taken=host.machines, moment=datetime.now(UTC))
    return Draft(actor, host).spec_problems(spec, paths)


def _each(vms: list[VmRequest]) -> list[VmRequest]:
    return [vm for vm in vms for _ in range(vm.count)]


def _known(vm: VmRequest) -> bool:
    return vm.template in TEMPLATES


def known(actor: Actor, host: HostView) -> Known:
    """What references of a file may mean: own VMs, and no conversation."""
    own = host.owned(actor.user)
    return Known(tuple(own[name].brief for name in sorted(own)))


def draft_plan(
    actor: Actor,
    spec: Spec,
    host: HostView,
    reason: str,
    references: tuple[Reference, ...] = (),
) -> Plan:
    """The plan alone, not saved: for a look, or for a playbook that somebody runs by hand.

    Raises `InvalidInput` with all problems.
    """
    draft = Draft(actor, host)
    problems = draft.spec_problems(spec)
    if problems:
        raise InvalidInput(problems)
    return draft.plan(reason, references)


class Draft:
    """A config held against host and quota: every problem of it, or the plan that it makes."""

    def __init__(
        self, actor: Actor, host: HostView | None, unavailable: Unavailable | None = None
    ) -> None:
        self._actor, self._host, self._unavailable = actor, host, unavailable
        self._spec: Spec | None = None
        self._changes: tuple[Change, ...] = ()

    def problems(self, config: Config) -> list[Problem]:
        """Everything that speaks against this config. Raises `Unavailable` when there is no host."""
        now = datetime.now(UTC)
        spec = normalise(config, taken=self._seen.machines, moment=now)
        return self.spec_problems(spec, sources(config))

    def spec_problems(self, spec: Spec, at: Sequence[str] = ()) -> list[Problem]:
        """One list: names, references, image, room, quota. `at`: where the request speaks of each VM."""
        if (spec.snapshots_of or spec.networks) and self._host is not None:
            # Only now it is known that a look at the machines alone is not enough.
            self._host = look(self._actor, spec.snapshots_of, subnets=bool(spec.networks))
        host, user, settings = self._seen, self._actor.user, self._actor.settings
        paths = paths_of(spec) | {vm.name: path for vm, path in zip(spec.vms, at, strict=bool(at))}
        if deletes(spec):  # policy is read only where it matters
            trash = self._actor.policy.role(user).trash
            spec = settled(spec, host, user, trash, datetime.now(UTC))
        self._spec = spec
        changes, problems = changes_of(spec, host, user, paths)
        self._changes = tuple(noted(change, host) for change in changes)
        problems += room_problems(spec, changes, host, settings.budget, paths)
        problems += quota_problems(settings.quota, host.owned(user).values(), cost_of(changes))
        # Every VM of a `count` has the problem of the one entry that it comes from.
        return list({(p.path, p.code, *p.params.values()): p for p in problems}.values())

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
    ) -> Plan:
        """The plan of what was last found to be without problems."""
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
            risk=risk_of(self._changes),
            cost=cost_of(self._changes),
            spec=self._spec,
            changes=self._changes,
            reason=reason,
            references=references,
            planner=planner,
            seen=dict(seen),
        )
        return plan.model_copy(update={"digest": plan_digest(plan)})


def look(
    actor: Actor,
    snapshots_of: frozenset[str] = frozenset(),
    live_of: Container[str] = frozenset(),
    subnets: bool = False,
) -> HostView:
    """The host as it is now, with the snapshots and the live documents of those machines, and with the
    ranges of addresses that are in use."""
    from fuyajo.engine.reader import connection, view

    settings = actor.settings
    with connection(settings.uri) as host:
        images, pool = image_names(actor), settings.pool
        seen = view(host, images, pool, snapshots_of, live_of, settings.pool_path)
        if subnets:
            from fuyajo.engine.subnets import with_subnets

            seen = with_subnets(host, seen)
        return seen


def checked_backend(name: str) -> str:
    """The name. Raises `InvalidInput` unless there is such a backend."""
    if name not in BACKENDS:
        params: dict[str, Param] = {"value": shown(name), "choices": ", ".join(BACKENDS)}
        raise InvalidInput(Problem("backend", "choice", params))
    return name


def backend_settings(actor: Actor) -> BackendSettings:
    """How this actor's planners are reached."""
    settings, deadlines = actor.settings, actor.settings.deadlines
    claude = ClaudeSettings(
        binary=settings.claude_binary,
        token_file=settings.claude_token_file,
        model=settings.claude_model,
        base_url=settings.claude_base_url,
        credential=settings.claude_credential,
        deadline_s=deadlines.get("claude", ClaudeSettings.deadline_s),
    )
    anthropic = AnthropicSettings(
        token_file=settings.anthropic_token_file,
        model=settings.anthropic_model or AnthropicSettings.model,
        base_url=settings.anthropic_base_url or AnthropicSettings.base_url,
        deadline_s=deadlines.get("anthropic", AnthropicSettings.deadline_s),
    )
    openai = OpenAiSettings(
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        token_file=settings.openai_token_file,
        deadline_s=deadlines.get("openai", OpenAiSettings.deadline_s),
    )
    return BackendSettings(claude=claude, anthropic=anthropic, openai=openai)
