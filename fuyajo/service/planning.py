"""Words or a file → a saved plan, or an answer, or every problem."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fuyajo.domain.errors import InvalidInput, Param, Problem, Unavailable, shown
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Plan, cost_of, plan_digest, risk_of
from fuyajo.domain.planning import changes_of, fingerprint
from fuyajo.domain.request import Config, Reply
from fuyajo.domain.spec import Spec, normalise
from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import PlannerRequest, VmBrief
from fuyajo.planner.router import ClaudeSettings, Name, ask, choose
from fuyajo.service.context import Actor
from fuyajo.service.images import image_names

VALID_FOR = timedelta(hours=1)
BACKENDS: dict[str, Name] = {"auto": "auto", "rules": "rules", "claude": "claude"}


@dataclass(frozen=True)
class Planned:
    """What came of a wish: always a reply, and a plan unless it was only talk."""

    reply: Reply
    plan: Plan | None
    backend: str
    backend_reason: str = ""


def from_words(actor: Actor, words: str, lang: Lang, backend: str | None = None) -> Planned:
    """Ask a planner. A greeting works without any host; a wish needs one."""
    chosen, reason = choose(_backend(backend or actor.settings.backend), _claude(actor), lang=lang)
    try:
        host, unavailable = look(actor), None
    except Unavailable as error:
        host, unavailable = None, error
    own = host.owned(actor.user) if host else {}
    request = PlannerRequest(
        text=words,
        lang=lang,
        directory=actor.home.planner(actor.user),
        vms=tuple(_brief(own[name]) for name in sorted(own)),
    )
    answer = ask(chosen, request)
    if answer.reply.config is None:
        return Planned(answer.reply, None, answer.backend, reason)
    if host is None:
        raise unavailable or AssertionError("no host and no reason")
    spec = normalise(answer.reply.config, taken=host.machines, moment=datetime.now(UTC))
    if spec.snapshots_of:
        host = look(actor, spec.snapshots_of)
    plan = make_plan(actor, spec, host, f"{actor.door}: {answer.backend}")
    return Planned(answer.reply, plan, answer.backend, reason)


def from_config(actor: Actor, config: Config, source: str) -> Planned:
    """A plan of a request that was written down; the same file always means the same machines."""
    spec = normalise(config, moment=datetime.now(UTC))
    plan = make_plan(actor, spec, look(actor, spec.snapshots_of), f"{actor.door}: {source}")
    return Planned(Reply(type="config", message="", config=config), plan, "file")


def make_plan(actor: Actor, spec: Spec, host: HostView, reason: str) -> Plan:
    """Hold the spec against the host and save the result. Raises `InvalidInput` with all problems."""
    plan = draft_plan(actor, spec, host, reason)
    actor.plans.save(plan)
    return plan


def draft_plan(actor: Actor, spec: Spec, host: HostView, reason: str) -> Plan:
    """The plan alone, not saved: for a look, or for a playbook that somebody runs by hand."""
    changes, problems = changes_of(spec, host, actor.user)
    if problems:
        raise InvalidInput(problems)
    now = datetime.now(UTC).replace(microsecond=0)
    plan = Plan(
        id=f"p-{os.urandom(4).hex()}",
        owner=actor.user,
        created=now,
        expires=now + VALID_FOR,
        digest="",
        fingerprint=fingerprint(spec, host),
        risk=risk_of(changes),
        cost=cost_of(changes),
        spec=spec,
        changes=changes,
        reason=reason,
    )
    return plan.model_copy(update={"digest": plan_digest(plan)})


def look(actor: Actor, snapshots_of: frozenset[str] = frozenset()) -> HostView:
    """The host as it is now, with the snapshots of those machines."""
    from fuyajo.engine.reader import connection, view

    with connection(actor.settings.uri) as host:
        return view(host, image_names(actor), actor.settings.pool, snapshots_of)


def _backend(name: str) -> Name:
    if name not in BACKENDS:
        params: dict[str, Param] = {"value": shown(name), "choices": ", ".join(BACKENDS)}
        raise InvalidInput(Problem("backend", "choice", params))
    return BACKENDS[name]


def _brief(machine: Machine) -> VmBrief:
    return VmBrief(
        name=machine.name,
        state="running" if machine.running else "stopped",
        template=machine.template,
        cpus=machine.cpus,
        memory_mib=machine.memory_mib,
        disk_gib=machine.disk_gib,
    )


def _claude(actor: Actor) -> ClaudeSettings:
    settings = actor.settings
    return ClaudeSettings(
        binary=settings.claude_binary,
        token_file=settings.claude_token_file,
        model=settings.claude_model,
        base_url=settings.claude_base_url,
        credential=settings.claude_credential,
    )
