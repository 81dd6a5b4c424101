"""Config: what a person, a file or a model asks for. Strict; unknown keys are errors.

This is the *request* schema (`fuyajo schema` prints it). `parse.py` turns text into it or into problems;
`spec.py` is its normalised form.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from fuyajo.domain import expiry
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.domain.units import parse_bytes, parse_disk_gib, parse_memory_mib

NAME_PATTERN = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
#: Names and labels of hypervisors.
PLACE_PATTERN = r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$"
MEMORY_MIB = (128, 1_048_576)
DISK_GIB = (1, 16_384)
CPUS = (1, 256)
COUNT = (1, 50)
MAX_VMS = 50
MAX_LABELS = 10
MOST_KEPT = 366
#: As the collection takes it for a directory.
BACKUP_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"


def _memory(value: object) -> object:
    return _size(value, parse_memory_mib, MEMORY_MIB, "MiB")


def _disk(value: object) -> object:
    return _size(value, parse_disk_gib, DISK_GIB, "GiB")


def _size(value: object, parse: Any, bounds: tuple[int, int], unit: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise PydanticCustomError("size", "not a size")
    low, high = bounds
    out_of_range = PydanticCustomError(
        "size_range", "out of range", {"low": low, "high": high, "unit": unit}
    )
    try:
        number: int = parse(value)
    except ValueError as error:
        raise (out_of_range if _readable(value) else PydanticCustomError("size", "x")) from error
    if not low <= number <= high:
        raise out_of_range
    return number


def _readable(value: int | str) -> bool:
    """Whether this is a size at all, though perhaps one that no machine has."""
    try:
        return parse_bytes(value) > 0
    except ValueError:
        return False


def _expires(value: str) -> str:
    if not expiry.sound(value):
        raise PydanticCustomError("expires", "not a time")
    return value


def _zone(value: str) -> str:
    from fuyajo.domain.hours import known_zone  # only where something is kept by a calendar

    try:
        return known_zone(value)
    except ValueError as error:
        raise PydanticCustomError("schedule_zone", "no such time zone") from error


def _safe_value(value: str | int | bool) -> str | int | bool:
    """Refuse text that could mean something elsewhere; its length is the template's business."""
    reason = unsafe_reason(value) if isinstance(value, str) else None
    if reason:
        raise PydanticCustomError(reason, "unsafe text")
    return value


def _size_schema(unit: str, *examples: str | int) -> WithJsonSchema:
    """What is accepted, where the parsed type alone would say `integer`."""
    return WithJsonSchema(
        {
            "anyOf": [{"type": "integer"}, {"type": "string"}],
            "description": f"{unit} as a number, or a string with a unit",
            "examples": list(examples),
        }
    )


Name = Annotated[
    str, Field(pattern=NAME_PATTERN, description="lower case letters, digits, hyphens")
]
Host = Annotated[
    str,
    Field(
        pattern=PLACE_PATTERN, description="hypervisor of the inventory, where there are several"
    ),
]
Labels = Annotated[
    tuple[Annotated[str, Field(pattern=PLACE_PATTERN)], ...],
    Field(max_length=MAX_LABELS, strict=False, description="what its hypervisor has to have"),
]
MemoryMiB = Annotated[int, BeforeValidator(_memory), _size_schema("MiB", "4GiB", 4096)]
DiskGiB = Annotated[int, BeforeValidator(_disk), _size_schema("GiB", "20GiB", 20)]
Cpus = Annotated[int, Field(ge=CPUS[0], le=CPUS[1])]
Expires = Annotated[
    str,
    AfterValidator(_expires),
    Field(
        max_length=40,
        description="when its time is over: from now on (h, d, w), a time with its zone, or never",
        examples=["3d", "2027-01-31T18:00:00+09:00", "never"],
    ),
]
BackupName = Annotated[str, Field(pattern=BACKUP_PATTERN)]
Kept = Annotated[int, Field(ge=0, le=MOST_KEPT)]
VarValue = Annotated[str | int | bool, AfterValidator(_safe_value)]


# What a VM has come to when those that wait for it may start.
Ready = Literal["running", "configured"]


class Strict(BaseModel):
    """No coercion, no unknown keys, no change after parsing."""

    # Built when first used: half of the models are not needed by any one command.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Selector(Strict):
    """Existing VMs, by how they were meant instead of by name; `references.py` looks them up."""

    which: Literal["last_created", "last_mentioned", "them", "only", "all", "named"]
    count: Annotated[int, Field(ge=COUNT[0], le=COUNT[1])] = 1
    template: Annotated[str, Field(max_length=64)] | None = None
    state: Literal["running", "stopped"] | None = None
    without: Annotated[tuple[Name, ...], Field(max_length=MAX_VMS, strict=False)] = ()
    names: Annotated[tuple[Name, ...], Field(max_length=MAX_VMS, strict=False)] = ()


class VmRequest(Strict):
    """One wanted VM, or `count` of them (web → web-1 … web-3)."""

    name: Name | None = Field(default=None, description="omit to let Fuyajo choose one")
    template: Annotated[str, Field(max_length=64)] = Field(
        default="basic-server", description="a name of the template catalogue"
    )
    count: Annotated[int, Field(ge=COUNT[0], le=COUNT[1])] = 1
    cpus: Cpus | None = None
    memory: MemoryMiB | None = None
    disk: DiskGiB | None = None
    state: Literal["running", "stopped", "absent"] = "running"
    network: Name = "default"
    vars: dict[Annotated[str, Field(max_length=64)], VarValue] = Field(
        default_factory=dict, max_length=50
    )
    after: Annotated[tuple[Name, ...], Field(max_length=MAX_VMS, strict=False)] = Field(
        default=(), description="VMs of this request that have to be ready before this one starts"
    )
    ready: Ready = Field(
        default="configured", description="what others wait for: its answer, or its template too"
    )
    like: Selector | None = Field(
        default=None, description="template and sizes of this VM, where nothing else is said"
    )
    host: Host | None = Field(default=None, exclude_if=lambda value: value is None)
    labels: Labels = Field(default=(), exclude_if=lambda value: not value)
    expires: Expires | None = Field(default=None, exclude_if=lambda value: value is None)


class NetworkRequest(Strict):
    """A network of this environment; `isolated` reaches only its own VMs."""

    name: Name
    mode: Literal["isolated", "nat"] = "isolated"
    cidr: Annotated[str, Field(max_length=43)] = Field(examples=["10.10.0.0/24"])


class Keep(Strict):
    """Which copies stay: the newest of every hour, day, … as far back as said; see `retention.py`.

    Only copies that Fuyajo named go (`s-20270131-030000`), never one that somebody gave a name.
    """

    last: Kept = 0
    hourly: Kept = 0
    daily: Kept = 0
    weekly: Kept = 0
    monthly: Kept = 0
    yearly: Kept = 0
    zone: Annotated[str, AfterValidator(_zone), Field(max_length=64)] = Field(
        default="UTC", description="whose clock days begin on", examples=["Asia/Tokyo"]
    )


class OperationRequest(Strict):
    """An imperative wish about an existing VM, by name or `select`.

    Sizes belong to `resize` only, `snapshot` to the operations about snapshots, `expires` to `expire`,
    `force` to `restart`, `keep` to a `snapshot` or `backup` without a name, `backup` to those about backups,
    `kind` to `backup`, `to` to `restore`.
    """

    op: Literal[
        "start",
        "stop",
        "restart",
        "delete",
        "resize",
        "snapshot",
        "revert",
        "delete-snapshot",
        "backup",
        "restore",
        "delete-backup",
        "test-backup",
        "copy-backup",
        "fetch-backup",
        "expire",
    ]
    vm: Name | None = None
    select: Selector | None = None
    cpus: Cpus | None = None
    memory: MemoryMiB | None = None
    disk: DiskGiB | None = None
    snapshot: Name | None = Field(
        default=None,
        description="omit to let Fuyajo name a new one, and to go back to the newest",
    )
    expires: Expires | None = Field(default=None, exclude_if=lambda value: value is None)
    keep: Keep | None = Field(default=None, exclude_if=lambda value: value is None)
    backup: BackupName | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="omit to let Fuyajo name a new one; otherwise the newest is meant",
    )
    kind: Literal["auto", "full", "incremental"] | None = Field(
        default=None, exclude_if=lambda value: value is None
    )
    to: Name | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="restore beside the machine, as a new one of this name",
    )
    force: bool = Field(
        default=False,
        exclude_if=lambda value: not value,
        description="restart by cutting the power now; what the guest has not saved is lost",
    )


class Config(Strict):
    """The request: wanted VMs and networks, and operations on existing VMs."""

    version: Literal[1] = 1
    name: Name | None = Field(default=None, description="environment name")
    template: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="short form: one VM of this template and nothing else"
    )
    vms: Annotated[tuple[VmRequest, ...], Field(max_length=MAX_VMS, strict=False)] = ()
    networks: Annotated[tuple[NetworkRequest, ...], Field(max_length=20, strict=False)] = ()
    operations: Annotated[tuple[OperationRequest, ...], Field(max_length=50, strict=False)] = ()
    host: Host | None = Field(default=None, exclude_if=lambda value: value is None)
    labels: Labels = Field(default=(), exclude_if=lambda value: not value)


class Reply(Strict):
    """What any planner backend returns. `chat` says something and plans nothing."""

    type: Literal["chat", "config"]
    message: Annotated[str, Field(max_length=20_000)]
    config: Config | None = None
