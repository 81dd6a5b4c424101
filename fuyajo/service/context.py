"""Who asks, and with which settings: the first argument of every service call."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import InvalidInput, Param, Problem, shown
from fuyajo.domain.units import parse_disk_gib, parse_memory_mib
from fuyajo.store.admissions import AdmissionStore
from fuyajo.store.home import Home
from fuyajo.store.plans import PlanStore

if TYPE_CHECKING:
    from fuyajo.domain.policy import Policy
    from fuyajo.store.approvals import ApprovalStore
    from fuyajo.store.audit import AuditStore
    from fuyajo.store.baselines import BaselineStore
    from fuyajo.store.claims import ClaimStore
    from fuyajo.store.database import Database
    from fuyajo.store.jobs import JobStore
    from fuyajo.store.objects import ObjectStore
    from fuyajo.store.people import PeopleStore
    from fuyajo.store.runs import RunStore
    from fuyajo.store.schedules import ScheduleStore
    from fuyajo.store.shares import ShareStore
    from fuyajo.store.usage import UsageStore

SYSTEM = "qemu:///system"
SESSION = "qemu:///session"
LEAST_DEADLINE_S, MOST_DEADLINE_S = 1.0, 3600.0
# What one user may have in total, by setting (`quota_memory` and `quota_disk` take sizes).
QUOTA = ("vms", "cpus", "memory", "disk")
# How many times what the host has may be given away, by setting, with what holds where nobody said it.
OVERCOMMIT = {"overcommit_memory": 1.0, "overcommit_disk": 4.0}
LEAST_TIMES, MOST_TIMES = 0.1, 100.0
KEYS = {
    "uri",
    "pool",
    "pool_path",
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
    *(f"quota_{key}" for key in QUOTA),
    *OVERCOMMIT,
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
    # A PostgreSQL server that several machines share; None: the file `fuyajo.db` of this home.
    database: str | None = None


@dataclass(frozen=True)
class Actor:
    """A principal and the door it came through."""

    user: str
    settings: Settings
    door: str = "cli"
    #: The service's own, shared by all its actors; None: opened when it is needed.
    opened: Database | None = None

    @property
    def policy(self) -> Policy:
        """What users of this home may do, by the file as it is now: a conversation may last for days.

        Raises `InvalidInput` with every problem of the file.
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
    def jobs(self) -> JobStore:
        from fuyajo.store.jobs import JobStore

        return JobStore(self.database)

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

        return AuditStore(self.database, self.home.audit_head())

    @property
    def home(self) -> Home:
        return Home(self.settings.home)

    @property
    def plans(self) -> PlanStore:
        return PlanStore(self.home)

    @property
    def admissions(self) -> AdmissionStore:
        return AdmissionStore(self.home)

    @property
    def runs(self) -> RunStore:
        from fuyajo.store.runs import RunStore  # a plan runs nothing

        return RunStore(self.home)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Settings for this process. Raises `InvalidInput` naming every unknown or mistyped key."""
    home = _home(environ)
    values = _config_file(home / "config.toml")
    for key in KEYS:
        said = environ.get(f"FUYAJO_{key.upper()}")
        if said:
            values[key] = said
    uri = values.get("uri") or (SYSTEM if os.geteuid() == 0 else SESSION)
    return Settings(
        home=home,
        uri=uri,
        pool=values.get("pool", "fuyajo"),
        pool_path=Path(values["pool_path"]) if "pool_path" in values else _pool_path(uri, environ),
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
        deadlines=_deadlines(values),
        quota=_quota(values),
        overcommit=_overcommit(values),
        canary_minutes=_minutes(values.get("canary_minutes", "10")),
        database=values.get("database"),
    )


def _minutes(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 7):
        raise InvalidInput(Problem("canary_minutes", "minutes", {"value": shown(value)}))
    return int(value)


def _deadlines(values: Mapping[str, str]) -> dict[str, float]:
    """What was set of `*_deadline`. Raises `InvalidInput` naming every value that is no time."""
    found: dict[str, float] = {}
    problems = []
    for name in ("claude", "anthropic", "openai"):
        value = values.get(f"{name}_deadline")
        if value is None:
            continue
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = math.nan
        if not LEAST_DEADLINE_S <= found[name] <= MOST_DEADLINE_S:
            problems.append(Problem(f"{name}_deadline", "deadline", {"value": shown(value)}))
    if problems:
        raise InvalidInput(problems)
    return found


def _overcommit(values: Mapping[str, str]) -> dict[str, float]:
    """Raises `InvalidInput` naming every value that is no number of times."""
    found, problems = dict(OVERCOMMIT), []
    for key in OVERCOMMIT:
        if key in values:
            try:
                found[key] = float(values[key])
            except ValueError:
                found[key] = math.nan
        if not LEAST_TIMES <= found[key] <= MOST_TIMES:
            problems.append(Problem(key, "overcommit", {"value": shown(values[key])}))
    if problems:
        raise InvalidInput(problems)
    return found


def _quota(values: Mapping[str, str]) -> Quota:
    """What was set of `quota_*`. Raises `InvalidInput` naming every value that is no number or size."""
    parsers: dict[str, tuple[str, Callable[[str], int]]] = {
        "vms": ("vms", int),
        "cpus": ("cpus", int),
        "memory": ("memory_mib", parse_memory_mib),
        "disk": ("disk_gib", parse_disk_gib),
    }
    found: dict[str, int] = {}
    problems = []
    for key, (name, parse) in parsers.items():
        value = values.get(f"quota_{key}")
        if value is None:
            continue
        try:
            found[name] = parse(value)
        except ValueError:
            problems.append(Problem(f"quota_{key}", "quota_value", {"value": shown(value)}))
    if problems:
        raise InvalidInput(problems)
    return Quota(**found)


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def _home(environ: Mapping[str, str]) -> Path:
    said = environ.get("FUYAJO_HOME")
    return Path(said).expanduser().absolute() if said else _data_home(environ) / "fuyajo"


def _data_home(environ: Mapping[str, str]) -> Path:
    said = environ.get("XDG_DATA_HOME", "")
    return Path(said) if said.startswith("/") else Path.home() / ".local" / "share"


def _pool_path(uri: str, environ: Mapping[str, str]) -> Path:
    """Beside libvirt's own default pools: QEMU of the system daemon cannot enter a home directory."""
    if uri == SESSION:
        return _data_home(environ) / "libvirt" / "images" / "fuyajo"
    return Path("/var/lib/libvirt/images/fuyajo")


def _config_file(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            Problem(str(path), "config_unreadable", {"detail": shown(str(error), 200)})
        ) from error
    import tomllib  # only where there is a file to read

    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(Problem(str(path), "config_file", {"detail": str(error)})) from error
    problems = [
        Problem(str(path), "config_key", {"key": shown(key), "known": ", ".join(sorted(KEYS))})
        for key, value in data.items()
        if key not in KEYS or not isinstance(value, str)
    ]
    credential = data.get("claude_credential", "oauth")
    if credential not in {"oauth", "api_key"}:
        params: dict[str, Param] = {"value": shown(credential), "choices": "oauth, api_key"}
        problems.append(Problem(f"{path}: claude_credential", "choice", params))
    if problems:
        raise InvalidInput(problems)
    return data


def local_actor(environ: Mapping[str, str]) -> Actor:
    """The person at this terminal. The name is the account's, never an environment variable."""
    import pwd

    from fuyajo.store.home import safe_user

    name = pwd.getpwuid(os.geteuid()).pw_name.lower()
    try:
        user = safe_user(name)
    except ValueError:
        user = f"uid-{os.geteuid()}"
    return Actor(user=user, settings=load_settings(environ))
