"""Who asks, and with which settings: the first argument of every service call."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fuyajo.domain import elsewhere, vault
from fuyajo.domain.context import Quota
from fuyajo.domain.elsewhere import Elsewhere
from fuyajo.domain.toolsets import Toolset, toolsets_of
from fuyajo.service import config_file
from fuyajo.service.defaults import SESSION, SYSTEM, home_of, pool_path_of
from fuyajo.service.setting_values import (
    OVERCOMMIT,
    QUOTA,
    days,
    deadlines,
    minutes,
    overcommit,
    quota,
    seconds,
    tools,
)
from fuyajo.store.admissions import AdmissionStore
from fuyajo.store.home import Home
from fuyajo.store.plans import Plans, PlanStore

if TYPE_CHECKING:
    from fuyajo.domain.channels import Channels
    from fuyajo.domain.hosts import Hypervisor
    from fuyajo.domain.policy import Policy
    from fuyajo.domain.vault import Vault
    from fuyajo.engine.index import Index
    from fuyajo.store.approvals import ApprovalStore
    from fuyajo.store.audit import AuditStore
    from fuyajo.store.baselines import BaselineStore
    from fuyajo.store.claims import ClaimStore
    from fuyajo.store.database import Database
    from fuyajo.store.identities import IdentityStore
    from fuyajo.store.jobs import JobStore
    from fuyajo.store.objects import ObjectStore
    from fuyajo.store.people import PeopleStore
    from fuyajo.store.runs import Runs
    from fuyajo.store.schedules import ScheduleStore
    from fuyajo.store.shared_runs import Carried
    from fuyajo.store.shares import ShareStore
    from fuyajo.store.usage import UsageStore
    from fuyajo.store.workers import WorkerStore

KEYS = {
    "uri",
    "pool",
    "pool_path",
    "inventory",
    "near",
    "database",
    "backend",
    "claude_binary",
    "claude_token_file",
    "claude_model",
    "claude_base_url",
    "claude_credential",
    "claude_deadline",
    "anthropic_model",
    "anthropic_token_file",
    "anthropic_base_url",
    "anthropic_deadline",
    "openai_base_url",
    "openai_model",
    "openai_token_file",
    "openai_deadline",
    "canary_minutes",
    "retention_days",
    "history_seconds",
    "question_tools",
    "backups",
    "server",
    "server_ca",
    "mcp_toolsets",
    *(f"quota_{key}" for key in QUOTA),
    *OVERCOMMIT,
    *elsewhere.KEYS,
    *vault.KEYS,
}


@dataclass(frozen=True)
class Settings:
    """Where things are. Order: environment (`FUYAJO_URI` …), `config.toml`, embedded default."""

    home: Path
    uri: str
    pool: str
    pool_path: Path
    backend: str = "auto"
    claude_binary: Path | None = None
    claude_token_file: Path | None = None
    claude_model: str = "sonnet"
    claude_base_url: str | None = None
    claude_credential: Literal["oauth", "api_key"] = "oauth"
    anthropic_model: str | None = None
    anthropic_token_file: Path | None = None
    anthropic_base_url: str | None = None
    openai_base_url: str | None = None
    openai_model: str | None = None
    openai_token_file: Path | None = None
    # Seconds for one whole request, by planner; one that is not here has its own default.
    deadlines: Mapping[str, float] = field(default_factory=dict)
    quota: Quota = field(default_factory=Quota)
    overcommit: Mapping[str, float] = field(default_factory=lambda: dict(OVERCOMMIT))
    # How old the last canary of a planner that the gate admitted may be; 0: one before every reply.
    canary_minutes: int = 10
    # How long a conversation of the service is kept after its last turn.
    retention_days: int = 90
    # Between two looks of a service at what machines use; 0: it never looks.
    history_seconds: int = 10
    # Where backups of machines lie; None: beside the pool.
    backups: Path | None = None
    # Where encrypted copies of them lie; None: nowhere.
    vault: Vault | None = None
    # Whether a model that answers a question may look for itself.
    question_tools: bool = True
    # The service that the command line talks to, and the file of the authorities that vouch for it.
    server: str | None = None
    server_ca: Path | None = None
    # What `?toolset=` at `/mcp` may ask for.
    mcp_toolsets: frozenset[Toolset] = frozenset()
    # Where else people sign in; None: nowhere.
    elsewhere: Elsewhere | None = None
    # A PostgreSQL server that several machines share; None: the file `fuyajo.db` of this home.
    database: str | None = None
    # Who can be told of alerts, beside the service's log.
    channels: Channels = field(default_factory=dict)
    # An Ansible inventory with several hypervisors, and the names of those that this machine is beside.
    inventory: Path | None = None
    near: frozenset[str] = frozenset()
    # Of several the one that `uri` and `pool` are of (`Actor.on`), and how it is reached where not by `uri`.
    host: str | None = None
    reach: str | None = None

    @property
    def several(self) -> bool:
        """Whether there are several hypervisors, and none of them was chosen yet."""
        return self.inventory is not None and self.host is None

    @property
    def reached_by(self) -> str:
        """The libvirt URI to connect to. `uri` is what our books call the host."""
        return self.reach or self.uri


@dataclass(frozen=True)
class Actor:
    """A principal and the door it came through."""

    user: str
    settings: Settings
    door: str = "cli"
    #: The service's own, shared by all its actors; None: opened when it is needed.
    opened: Database | None = None
    #: What the service knows of its host, for who asks again and again; None: every look reads all of it.
    index: Index | None = None
    #: The job that this process carries out or brings to its end.
    carries: Carried | None = None

    def on(self, host: Hypervisor) -> Actor:
        """The same on that one of several hypervisors."""
        settings = replace(
            self.settings,
            host=host.name,
            uri=host.uri,
            reach=host.local_uri if host.name in self.settings.near else None,
            pool=host.pool,
            pool_path=Path(host.pool_path),
        )
        opened = self.opened or self.__dict__.get("database")
        return replace(self, settings=settings, opened=opened)

    @property
    def policy(self) -> Policy:
        """What users of this home may do, by the file as it is now: a conversation may last for days.

        Raises `Misconfigured` with every problem of the file.
        """
        from fuyajo.service.policing import load_policy  # only where something is decided

        return load_policy(self.home.policy())

    @cached_property
    def database(self) -> Database:
        if self.opened is not None:
            return self.opened
        from fuyajo.store.database import Database  # what only looks does not pay for it

        return Database(self.home, self.settings.database)

    @property
    def approvals(self) -> ApprovalStore:
        from fuyajo.store.approvals import ApprovalStore

        return ApprovalStore(self.database)

    @property
    def claims(self) -> ClaimStore:
        from fuyajo.store.claims import ClaimStore

        return ClaimStore(self.database)

    @property
    def objects(self) -> ObjectStore:
        from fuyajo.store.objects import ObjectStore

        return ObjectStore(self.database)

    @property
    def people(self) -> PeopleStore:
        from fuyajo.store.people import PeopleStore

        return PeopleStore(self.database)

    @property
    def identities(self) -> IdentityStore:
        from fuyajo.store.identities import IdentityStore

        return IdentityStore(self.database)

    @property
    def jobs(self) -> JobStore:
        from fuyajo.store.jobs import JobStore

        return JobStore(self.database)

    @property
    def workers(self) -> WorkerStore:
        from fuyajo.store.workers import WorkerStore

        return WorkerStore(self.database)

    @property
    def schedules(self) -> ScheduleStore:
        from fuyajo.store.schedules import ScheduleStore

        return ScheduleStore(self.database)

    @property
    def shares(self) -> ShareStore:
        """To write; who only looks takes `store.shared`, which needs no SQLAlchemy."""
        from fuyajo.store.shares import ShareStore

        return ShareStore(self.database)

    @property
    def baselines(self) -> BaselineStore:
        from fuyajo.store.baselines import BaselineStore

        return BaselineStore(self.database)

    @property
    def usage(self) -> UsageStore:
        from fuyajo.store.usage import UsageStore

        return UsageStore(self.database)

    @property
    def audit(self) -> AuditStore:
        from fuyajo.store.audit import AuditStore

        several = self.settings.database is not None
        return AuditStore(self.database, self.home.audit_head(), several)

    @property
    def home(self) -> Home:
        return Home(self.settings.home)

    @property
    def plans(self) -> Plans:
        if self.settings.database is None:
            return PlanStore(self.home)
        from fuyajo.store.shared_plans import SharedPlans

        return SharedPlans(self.database)

    @property
    def admissions(self) -> AdmissionStore:
        return AdmissionStore(self.home)

    @property
    def runs(self) -> Runs:
        from fuyajo.store.runs import RunStore  # a plan runs nothing

        if self.settings.database is None:
            return RunStore(self.home)
        from fuyajo.store.shared_runs import SharedRuns

        return SharedRuns(RunStore(self.home), self.database, self.carries)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Settings for this process. Raises `InvalidInput` naming every unknown or mistyped key."""
    home = home_of(environ)
    written, channels = config_file.read(home / "config.toml", KEYS)
    named = ((key, environ.get(f"FUYAJO_{key.upper()}")) for key in KEYS)
    values = written | {key: said for key, said in named if said}
    return replace(_settings(home, environ, values), channels=channels)


def _settings(home: Path, environ: Mapping[str, str], values: Mapping[str, str]) -> Settings:
    uri = values.get("uri") or (SYSTEM if os.geteuid() == 0 else SESSION)
    return Settings(
        home=home,
        uri=uri,
        pool=values.get("pool", "fuyajo"),
        pool_path=Path(values["pool_path"])
        if "pool_path" in values
        else pool_path_of(uri, environ),
        backend=values.get("backend", "auto"),
        claude_binary=_path(values.get("claude_binary")),
        claude_token_file=_path(values.get("claude_token_file")),
        claude_model=values.get("claude_model", "sonnet"),
        claude_base_url=values.get("claude_base_url"),
        claude_credential="api_key" if values.get("claude_credential") == "api_key" else "oauth",
        anthropic_model=values.get("anthropic_model"),
        anthropic_token_file=_path(values.get("anthropic_token_file")),
        anthropic_base_url=values.get("anthropic_base_url"),
        openai_base_url=values.get("openai_base_url"),
        openai_model=values.get("openai_model"),
        openai_token_file=_path(values.get("openai_token_file")),
        deadlines=deadlines(values),
        quota=quota(values),
        overcommit=overcommit(values),
        canary_minutes=minutes(values.get("canary_minutes", "10")),
        retention_days=days(values.get("retention_days", "90")),
        history_seconds=seconds(values.get("history_seconds", "10")),
        backups=_path(values.get("backups")),
        question_tools=tools(values.get("question_tools", "read-only")),
        server=values.get("server"),
        server_ca=_path(values.get("server_ca")),
        mcp_toolsets=toolsets_of(values.get("mcp_toolsets", ""), "mcp_toolsets"),
        elsewhere=elsewhere.read(values),
        vault=vault.read(values),
        database=values.get("database"),
        inventory=_below(home, values.get("inventory")),
        near=frozenset(values.get("near", "").replace(",", " ").split()),
    )


def _below(home: Path, value: str | None) -> Path | None:
    """A file that every process of this home has to find: relative means below the home."""
    path = _path(value)
    return home / path if path is not None else None


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def local_actor(environ: Mapping[str, str]) -> Actor:
    """The person at this terminal."""
    from fuyajo.store.home import account_user

    user = account_user()
    actor = Actor(user=user, settings=load_settings(environ))
    if actor.home.restoring().exists():
        from fuyajo.service.restoring import go_on  # somebody was killed in the middle of it

        go_on(actor)
        return Actor(user=user, settings=load_settings(environ))
    return actor
