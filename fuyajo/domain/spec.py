"""Spec: a Config with counts expanded, names settled and sizes in MiB/GiB. The inner type of a request.

A size is None where nobody said one: only what was said counts as a difference, and a template's
default applies at creation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from fuyajo.domain import expiry
from fuyajo.domain.catalogue import TEMPLATES, Scalar
from fuyajo.domain.checks import expanded_names
from fuyajo.domain.request import Config, Keep, OperationRequest, Ready, Strict, VmRequest

Power = Literal["running", "stopped", "absent"]
Op = Literal[
    "start",
    "stop",
    "restart",
    "delete",
    "resize",
    "expire",
    "snapshot",
    "revert",
    "delete-snapshot",
    "backup",
    "restore",
    "delete-backup",
    "test-backup",
    "copy-backup",
    "fetch-backup",
    "recover",
    "purge",
    "adopt",
]
SNAPSHOT_OPS = ("snapshot", "revert", "delete-snapshot")
#: About copies of machines outside of libvirt; the machine need not exist.
BACKUP_OPS = ("backup", "restore", "delete-backup", "test-backup", "copy-backup", "fetch-backup")
#: About encrypted copies of them, elsewhere.
COPY_OPS = ("copy-backup", "fetch-backup")
#: About machines that are in the trash.
TRASH_OPS = ("recover", "purge")


class VmSpec(Strict):
    name: str
    template: str
    state: Power = "running"
    cpus: int | None = None
    memory_mib: int | None = None
    disk_gib: int | None = None
    network: str = "default"
    vars: dict[str, Scalar] = Field(default_factory=dict)
    # Names of VMs of this spec, every one of a `count` by itself.
    after: tuple[str, ...] = ()
    ready: Ready = "configured"
    # When its time is over (UTC, ISO 8601, or "never"); `lasts` is for a new one alone.
    expires: str | None = Field(default=None, exclude_if=lambda value: value is None)
    lasts: str | None = Field(default=None, exclude_if=lambda value: value is None)


class NetworkSpec(Strict):
    name: str
    mode: Literal["isolated", "nat"]
    cidr: str


class OperationSpec(Strict):
    op: Op
    vm: str
    cpus: int | None = None
    memory_mib: int | None = None
    disk_gib: int | None = None
    # The newest one where a `revert` names none; a `snapshot` always has its name here.
    snapshot: str | None = None
    # `delete` without the trash.
    purge: bool = False
    # `recover` and `purge` name a machine in the trash by its UUID: its old name may be taken again.
    # A `delete` has it where it goes on with one that was cut off on its way into the trash.
    uuid: str | None = None
    # What a `resize` or `recover` leaves the machine as; None: as it is, off.
    power: Literal["running", "stopped", "restarted"] | None = None
    # What an `expire` or `resize` leaves as its end: UTC (ISO 8601), or "never".
    expires: str | None = Field(default=None, exclude_if=lambda value: value is None)
    # Which of the older ones stay when a `snapshot` is taken.
    keep: Keep | None = Field(default=None, exclude_if=lambda value: value is None)
    # A `restart` that cuts the power instead of asking the guest.
    force: bool = Field(default=False, exclude_if=lambda value: not value)
    # About backups: which one, what kind of, under which other name it comes back; when it was taken, and the
    # older ones that go, as they were found.
    backup: str | None = Field(default=None, exclude_if=lambda value: value is None)
    kind: str | None = Field(default=None, exclude_if=lambda value: value is None)
    to: str | None = Field(default=None, exclude_if=lambda value: value is None)
    taken: str | None = Field(default=None, exclude_if=lambda value: value is None)
    gone: tuple[str, ...] = Field(default=(), strict=False, exclude_if=lambda value: not value)
    # When this backup was tested with the content that it has (UTC, ISO 8601).
    tested: str | None = Field(default=None, exclude_if=lambda value: value is None)
    # What `copy-backup` and `fetch-backup` find there already: when the copy was made, or the backup.
    copied: str | None = Field(default=None, exclude_if=lambda value: value is None)
    # `adopt` of a machine that nobody owned: the template that it goes by from now on.
    template: str | None = None


class Spec(Strict):
    environment: str | None = None
    vms: tuple[VmSpec, ...] = ()
    networks: tuple[NetworkSpec, ...] = ()
    operations: tuple[OperationSpec, ...] = ()
    # Which of the machines that this removes are kept in the trash: name → until when (UTC, ISO 8601).
    # The others are gone at once.
    kept: dict[str, str] = Field(default_factory=dict)
    # Where new machines may go: what was asked for of all of them together. Left out where nothing was.
    host: str | None = Field(default=None, exclude_if=lambda value: value is None)
    labels: tuple[str, ...] = Field(default=(), exclude_if=lambda value: not value)

    @property
    def snapshots_of(self) -> frozenset[str]:
        """The VMs whose snapshots have to be looked at for a plan of this."""
        over = (*SNAPSHOT_OPS, "restore")  # a machine with snapshots is not overwritten
        return frozenset(o.vm for o in self.operations if o.op in over)


def normalise(config: Config, taken: Iterable[str] = (), *, moment: datetime | None = None) -> Spec:
    """The Spec of a valid Config without `select` and `like` (see `references.resolve`).

    `taken` are names that an omitted name must avoid. A door that re-reads the same file passes none, so
    that the same file always means the same machines. `moment` (with its time zone) names a snapshot that
    nobody named; ValueError where that is needed and missing.
    """
    wanted = config.vms
    if config.template is not None:
        wanted = (VmRequest(template=config.template),)
    used = set(taken) | {vm.name for vm in wanted if vm.name}
    vms: list[VmSpec] = []
    groups = {vm.name: expanded_names(vm.name, vm.count) for vm in wanted if vm.name}
    for vm in wanted:
        base = vm.name or _free_name(TEMPLATES[vm.template].default_name, vm.count, used)
        after = tuple(dict.fromkeys(n for other in vm.after for n in groups.get(other, (other,))))
        for name in expanded_names(base, vm.count):
            used.add(name)
            vms.append(_vm_spec(vm, name, after, moment))
    return Spec(
        environment=config.name,
        vms=tuple(vms),
        networks=tuple(NetworkSpec(name=n.name, mode=n.mode, cidr=n.cidr) for n in config.networks),
        operations=tuple(_operation_spec(o, moment) for o in config.operations),
        host=config.host or next((vm.host for vm in wanted if vm.host), None),
        labels=tuple(sorted({*config.labels, *(label for vm in wanted for label in vm.labels)})),
    )


def _operation_spec(operation: OperationRequest, moment: datetime | None) -> OperationSpec:
    assert operation.vm is not None, "references are resolved before"
    snapshot = operation.snapshot
    if operation.op == "snapshot" and snapshot is None:
        if moment is None:
            raise ValueError("a snapshot without a name needs a moment to be named after")
        snapshot = f"s-{moment.astimezone(UTC):%Y%m%d-%H%M%S}"
    return OperationSpec(
        op=operation.op,
        vm=operation.vm,
        cpus=operation.cpus,
        memory_mib=operation.memory,
        disk_gib=operation.disk,
        snapshot=snapshot,
        expires=_end(operation.expires, moment),
        keep=operation.keep,
        backup=_backup(operation, moment),
        kind=operation.kind,
        to=operation.to,
        force=operation.force,
    )


def _backup(operation: OperationRequest, moment: datetime | None) -> str | None:
    if operation.op != "backup" or operation.backup is not None:
        return operation.backup
    if moment is None:
        raise ValueError("a backup without a name needs a moment to be named after")
    return f"b-{moment.astimezone(UTC):%Y%m%d-%H%M%S}"


def sources(config: Config) -> list[str]:
    """The path of the request that each VM of its spec comes from, in the order of the spec."""
    if config.template is not None:
        return ["template"]
    return [f"vms[{index}]" for index, vm in enumerate(config.vms) for _ in range(vm.count)]


def _vm_spec(vm: VmRequest, name: str, after: tuple[str, ...], moment: datetime | None) -> VmSpec:
    end = _end(vm.expires, moment)
    lasts = vm.expires is not None and expiry.span(vm.expires) is not None
    return VmSpec(
        name=name,
        template=vm.template,
        state=vm.state,
        cpus=vm.cpus,
        memory_mib=vm.memory,
        disk_gib=vm.disk,
        network=vm.network,
        vars=dict(vm.vars),
        after=after,
        ready=vm.ready,
        expires=None if lasts else end,
        lasts=end if lasts else None,
    )


def _end(said: str | None, moment: datetime | None) -> str | None:
    if said is None:
        return None
    if moment is None and expiry.span(said) is not None:
        raise ValueError("a span of time needs a moment to begin at")
    return expiry.settled(said, moment or datetime.max.replace(tzinfo=UTC))


def _free_name(base: str, count: int, used: set[str]) -> str:
    """`web`, else `web2`, `web3` … the first whose expansion collides with nothing."""
    free: Callable[[str], bool] = lambda name: used.isdisjoint(expanded_names(name, count))  # noqa: E731
    candidates = [base, *(f"{base}{i}" for i in range(2, len(used) + 3))]
    return next(name for name in candidates if free(name))
