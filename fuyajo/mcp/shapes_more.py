"""Answers of the tools that not everybody is offered. As in `shapes`: no path, definition, key or address."""

from __future__ import annotations

import re
from typing import Any

from fuyajo.domain.audit import AuditRow
from fuyajo.domain.drift import Drifted, MachineDrift
from fuyajo.domain.machine import Machine, Snapshot
from fuyajo.domain.suggestion import Suggestion
from fuyajo.domain.texts import Lang
from fuyajo.domain.trash import old_name
from fuyajo.mcp.safety import hidden
from fuyajo.mcp.shapes import cut
from fuyajo.mcp.tool import Shape
from fuyajo.service.context import Settings
from fuyajo.service.explaining import Explained, Explanation
from fuyajo.service.hosts import Host
from fuyajo.service.overview import Holder
from fuyajo.service.snapshots import Tree
from fuyajo.views.audit import audit_about
from fuyajo.views.suggestion import reasons, title

#: Values of a definition that are no place of the host and no text of others.
_PLAIN = frozenset({"cpus", "memory_mib", "disk_gib", "state"})
_ADDRESS = re.compile(r"\S+://\S+")


class Kept(Shape):
    name: str
    created: str | None = None
    state: str | None = None
    parent: str | None = None
    current: bool
    memory: bool


class TreeItem(Shape):
    vm: str
    uuid: str
    snapshots: list[Kept]


class Trees(Shape):
    vms: list[TreeItem]
    next_cursor: str | None = None


class SuggestionItem(Shape):
    """`request` is one for plan_change."""

    id: str
    vm: str
    uuid: str
    title: str
    reasons: list[str]
    request: dict[str, Any]


class Suggestions(Shape):
    suggestions: list[SuggestionItem]
    next_cursor: str | None = None


class DriftField(Shape):
    value: str
    was: str | None = None
    now: str | None = None
    kind: str
    way: str


class DriftItem(Shape):
    vm: str
    uuid: str
    status: str
    since: str | None = None
    fields: list[DriftField]


class Drift(Shape):
    vms: list[DriftItem]
    next_cursor: str | None = None


class TrashItem(Shape):
    name: str
    uuid: str
    template: str | None = None
    disk_gib: int
    since: str | None = None
    until: str | None = None


class Trash(Shape):
    vms: list[TrashItem]
    next_cursor: str | None = None


class UserItem(Shape):
    """`account`: whether the service knows them; the sizes are of all their machines."""

    name: str
    account: bool
    admin: bool
    disabled: bool
    vms: int
    running: int
    cpus: int
    memory_mib: int
    disk_gib: int


class Users(Shape):
    users: list[UserItem]
    next_cursor: str | None = None


class HostItem(Shape):
    name: str
    state: str
    labels: list[str]
    machines: int | None = None
    cpus: int | None = None
    memory_mib: int | None = None
    memory_free_mib: int | None = None
    disk_free_gib: int | None = None


class Hosts(Shape):
    hosts: list[HostItem]
    next_cursor: str | None = None


class RuleItem(Shape):
    rule: str
    place: str | None = None
    value: str
    outcome: str
    why: str | None = None


class Policy(Shape):
    plan: str
    role: str
    need: str
    rules: list[RuleItem]


class AuditItem(Shape):
    """What others wrote in it is data."""

    seq: int
    at: str
    actor: str
    door: str
    event: str
    about: str
    more: str


class Audit(Shape):
    rows: list[AuditItem]
    next_cursor: str | None = None


def tree_of(tree: Tree) -> TreeItem:
    return TreeItem(vm=cut(tree.vm), uuid=tree.uuid, snapshots=[_kept(s) for s in tree.snapshots])


def _kept(one: Snapshot) -> Kept:
    return Kept(
        name=cut(one.name, 64),
        created=one.created,
        state=one.state,
        parent=cut(one.parent, 64) if one.parent else None,
        current=one.current,
        memory=one.memory,
    )


def suggestion_of(one: Suggestion, lang: Lang) -> SuggestionItem:
    return SuggestionItem(
        id=cut(one.id),
        vm=cut(one.vm),
        uuid=one.uuid,
        title=cut(title(one, lang)),
        reasons=[cut(line, 400) for line in reasons(one, lang)],
        request=dict(one.request),
    )


def drift_of(one: MachineDrift) -> DriftItem:
    """What moved; of what is in definitions beside sizes and power not the value."""
    return DriftItem(
        vm=cut(one.name),
        uuid=one.uuid,
        status=one.status,
        since=one.since,
        fields=[_field(each) for each in one.fields],
    )


def _field(one: Drifted) -> DriftField:
    plain = one.path in _PLAIN
    now = one.live if one.kind == "live_only" else one.persistent
    return DriftField(
        value=cut(one.path),
        was=str(one.was) if plain and one.was is not None else None,
        now=str(now) if plain and now is not None else None,
        kind=one.kind,
        way=one.way,
    )


def trash_of(machine: Machine) -> TrashItem:
    kept = machine.trashed
    return TrashItem(
        name=cut(old_name(machine)),
        uuid=machine.uuid,
        template=machine.template,
        disk_gib=machine.disk_gib,
        since=cut(kept.since) if kept else None,
        until=cut(kept.until) if kept else None,
    )


def user_of(one: Holder) -> UserItem:
    known = one.user
    return UserItem(
        name=cut(one.name),
        account=known is not None,
        admin=known is not None and known.admin,
        disabled=known is not None and known.disabled,
        vms=one.vms,
        running=one.running,
        cpus=one.cpus,
        memory_mib=one.memory_mib,
        disk_gib=one.disk_gib,
    )


def host_of(host: Host) -> HostItem:
    """Without its address, which is a way in."""
    return HostItem(
        name=cut(host.name),
        state=host.state,
        labels=sorted(host.labels),
        machines=host.machines,
        cpus=host.cpus,
        memory_mib=host.memory_mib,
        memory_free_mib=host.memory_free_mib,
        disk_free_gib=host.disk_free_gib,
    )


def policy_of(plan: str, found: Explanation, lang: Lang, settings: Settings) -> Policy:
    return Policy(
        plan=plan,
        role=cut(found.role),
        need=found.decision.need,
        rules=[_rule(one, lang, settings) for one in found.rules],
    )


def _rule(one: Explained, lang: Lang, settings: Settings) -> RuleItem:
    def told(text: str) -> str:
        return cut(_ADDRESS.sub("…", hidden(text, settings)))

    finding = one.finding
    return RuleItem(
        rule=told(one.rule or finding.because),
        place=told(one.place) if one.place else None,
        value=told(finding.value),
        outcome=finding.outcome,
        why=told(finding.problem.message(lang)) if finding.problem else None,
    )


def audit_of(row: AuditRow, body: dict[str, Any], settings: Settings) -> AuditItem:
    def told(text: object) -> str:
        return cut(_ADDRESS.sub("…", hidden(str(text), settings)))

    about, more = audit_about(body)
    return AuditItem(
        seq=row.seq,
        at=row.at,
        actor=told(row.actor),
        door=told(body.get("door", "?")),
        event=told(body.get("event", "?")),
        about=told(about),
        more=told(more),
    )
