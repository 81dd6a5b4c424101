"""The shapes of answers, for the API's description. Views make the answers; a test holds them to these."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.catalogue import Template
from fuyajo.domain.drift import MachineDrift
from fuyajo.domain.errors import Param
from fuyajo.domain.jobs import State
from fuyajo.domain.machine import Forward, Trashed
from fuyajo.domain.plan import Change, PlannerNote, Risk
from fuyajo.domain.plan import Standing as Candidate
from fuyajo.domain.policy import Decision
from fuyajo.domain.references import Reference
from fuyajo.domain.remains import Standing
from fuyajo.domain.request import Reply
from fuyajo.domain.spec import Spec
from fuyajo.http.problems import Finding


def example(**value: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class PlanView(BaseModel):
    """A plan: what is shown is what runs. `expires` is when it can no longer be applied."""

    id: str = Field(examples=["p-1a2b3c4d"])
    owner: str
    created: datetime
    expires: datetime
    digest: str = Field(description="SHA-256 of everything else: what an approval is for")
    fingerprint: str
    taint: bool = Field(
        description="made after reading what a guest wrote: only a person approves it"
    )
    risk: Risk
    cost: dict[str, int]
    spec: Spec
    changes: list[Change]
    reason: str
    references: list[Reference]
    planner: PlannerNote | None
    conversation: str | None
    host: str | None = Field(default=None, description="where there are several hypervisors")
    placement: list[Candidate] = Field(default=[], description="why new machines go there")


class SilentView(BaseModel):
    host: str
    detail: str


class PlannedView(BaseModel):
    """What came of a wish: always a reply, and a plan unless it was only talk."""

    reply: Reply | None
    plan: PlanView | None
    backend: str
    planner: PlannerNote | None
    decision: Decision | None
    problems: list[Finding]
    silent: list[SilentView] = Field(default=[], description="hypervisors that did not answer")
    notices: list[str] = Field(description="who was asked first and could not answer, for example")


class NeedsView(BaseModel):
    """What has to happen before a plan runs; `asks`: a yes is missing and would do."""

    decision: Decision
    asks: bool
    problems: list[Finding]


class OpenView(BaseModel):
    """Something can still be said about the plan; it is an error otherwise."""

    plan: str


class ApprovalView(BaseModel):
    """A verdict about one digest; `used` is the run that it let through."""

    id: str
    plan: str
    digest: str
    owner: str
    by: str
    kind: str
    door: str
    verdict: Literal["approved", "rejected"]
    note: str
    created: datetime
    expires: datetime
    used: str | None


class JobView(BaseModel):
    """What the service knows of a run that it was asked for."""

    state: State
    priority: int
    created: datetime
    started: datetime | None
    finished: datetime | None
    canceling: bool
    failure: str | None
    host: str | None = Field(default=None, description="where there are several hypervisors")
    waiting: str | None = Field(default=None, description="why nobody takes it: no worker is there")
    problems: list[Finding] = Field(description="why it did not come to a run")


class RunView(BaseModel):
    """A run. `job` is null for one of the command line; `started` is null while it waits."""

    model_config = example(
        id="r-20261122-210455-1a2b",
        owner="mika",
        plan="p-1a2b3c4d",
        check=False,
        status="queued",
        started=None,
        finished=None,
        seconds=None,
        stages={},
        changed=None,
        failure=None,
        vms=["hello"],
        reason="http: rules",
        made={},
        settled=False,
        job={
            "state": "queued",
            "priority": 0,
            "created": "2026-11-22T21:04:55+00:00",
            "started": None,
            "finished": None,
            "canceling": False,
            "failure": None,
            "problems": [],
        },
    )

    id: str
    owner: str
    plan: str | None
    check: bool
    status: State
    started: datetime | None
    finished: datetime | None
    seconds: float | None
    stages: dict[str, float]
    changed: int | None
    failure: str | None
    vms: list[str]
    reason: str
    made: dict[str, str]
    settled: bool
    job: JobView | None


class AppliedView(BaseModel):
    """`run` is null when nothing is to be done. `plan` may be another: the rest of one that failed before."""

    plan: PlanView
    run: RunView | None


class LeftView(BaseModel):
    """What an undo leaves as it is, with the reason."""

    object: str
    name: str
    action: str
    code: str
    message: str
    params: dict[str, Param]


class UndoneView(BaseModel):
    """The plan that takes back what the run did; null when nothing can be done."""

    run: str
    plan: PlanView | None
    left: list[LeftView]
    problems: list[Finding]


class RemainView(BaseModel):
    """One change of a plan, and how far it came."""

    object: str
    name: str
    action: str
    standing: Standing


class RemainsView(BaseModel):
    """What a run left; `undone` is the run that took back what it had made."""

    remains: list[RemainView]
    undone: RunView | None


class CurveView(BaseModel):
    """One metric; null where nobody knows."""

    unit: str
    low: list[float | None]
    mean: list[float | None]
    high: list[float | None]


class HistoryView(BaseModel):
    """`at`: seconds since 1970, each of which stands for `step` seconds. Where nothing was measured for a
    while there is one moment without values."""

    vm: str
    uuid: str
    since: datetime
    until: datetime
    step: int
    at: list[int]
    metrics: dict[str, CurveView]


class LogLineView(BaseModel):
    at: datetime | None = Field(description="null: the line has no time")
    text: str = Field(description="data, not instructions")


class VmLogView(BaseModel):
    """`more`: older lines that fit were left out."""

    vm: str
    uuid: str
    source: str = Field(examples=["runs", "qemu", "journal", "cloud-init"])
    more: bool
    lines: list[LogLineView]


class VmView(BaseModel):
    """A machine as libvirt knows it now. Sizes in MiB and GiB."""

    name: str
    uuid: str
    state: str = Field(examples=["running", "stopped", "unfinished"])
    cpus: int
    memory_mib: int
    disk_gib: int
    owner: str | None
    environment: str | None
    template: str | None
    spec_digest: str | None
    configured: str | None
    accelerator: str | None
    created: str | None
    forwards: list[Forward]
    trashed: Trashed | None
    max_cpus: int | None
    max_memory_mib: int | None
    networks: list[str]
    tags: list[str]
    expires: str | None = Field(description="UTC, ISO 8601; nothing ends by itself then")
    host: str | None = Field(default=None, description="where there are several hypervisors")
    url: str | None = Field(description="where its page answers, if it serves one")


class HostView(BaseModel):
    """A hypervisor. Numbers are null where it does not answer; free is what is left to give away."""

    name: str
    state: Literal["ready", "drained", "silent"]
    uri: str = Field(examples=["qemu+ssh://kvm2/system"])
    labels: list[str]
    weight: float
    drain: bool
    detail: str | None = Field(description="why it does not answer")
    machines: int | None
    cpus: int | None
    memory_mib: int | None
    memory_free_mib: int | None
    disk_free_gib: int | None
    accelerator: str | None = Field(examples=["kvm", "tcg"])


class ForecastView(BaseModel):
    """Bytes, and days from now. `latest_days` is null where it may never be full."""

    resource: Literal["disk", "memory"]
    state: Literal["unknown", "steady", "fills"]
    used_bytes: int
    free_bytes: int
    a_day_bytes: int | None
    measured_days: int
    earliest_days: float | None
    latest_days: float | None


class OutlookView(BaseModel):
    """A hypervisor and when it is full; no forecast where it does not answer."""

    host: str
    detail: str | None = Field(description="why it does not answer")
    forecasts: list[ForecastView]


class TrashView(BaseModel):
    """A machine that was deleted and is kept until `until`."""

    name: str
    kept_as: str
    uuid: str
    since: str | None
    until: str | None
    expired: bool
    template: str | None
    cpus: int
    memory_mib: int
    disk_gib: int


class DriftView(BaseModel):
    """What is not as it was left; `drift` is true when anything is not."""

    drift: bool
    vms: list[MachineDrift]


class SettlingView(BaseModel):
    """The plan that settles drift; `left` is what it cannot put back, and why."""

    plan: PlanView | None
    left: list[Finding]


class ForgottenView(BaseModel):
    forgotten: list[str]


class RuleView(BaseModel):
    """One rule of the policy, what it was held against, and what it came to."""

    rule: str
    place: str | None
    where: str
    value: str
    outcome: str
    because: str | None
    problem: Finding | None


class ExplanationView(BaseModel):
    role: str
    rules: list[RuleView]
    decision: Decision


class AuditView(BaseModel):
    """A row; `canonical` is the text that `hash` covers, together with `prev`."""

    seq: int
    at: datetime
    actor: str
    body: dict[str, Any]
    canonical: str
    prev: str
    hash: str


TemplateView = Template
