"""What the host was found to hold, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from fuyajo.domain.access import Right, Shares, at_least, right
from fuyajo.domain.context import VmBrief

# It is being made just now, or its making was cut off: the same document again completes it.
UNFINISHED = "unfinished"


#: One definition, every value of it by its path (`nics[52:54:00:…].network`). Both are untrusted text.
Fields = dict[str, str | int | bool]


@dataclass(frozen=True)
class Moved:
    """One value of a definition that is another one now; None: it is not said there."""

    path: str
    before: str | int | bool | None
    after: str | int | bool | None


@dataclass(frozen=True)
class Forward:
    """A guest TCP port reachable at `address:host` on the hypervisor."""

    guest: int
    host: int
    address: str = "127.0.0.1"


@dataclass(frozen=True)
class Snapshot:
    """A snapshot of a machine. `created` is UTC (ISO 8601); `state` is what it goes back to, `memory` whether
    with its memory; the machine goes on from the `current` one.

    Anybody may have taken it with any tool, so its name, and that of the one below it, is untrusted text.
    """

    name: str
    created: str | None = None
    state: str | None = None
    parent: str | None = None
    current: bool = False
    memory: bool = False


@dataclass(frozen=True)
class Trashed:
    """A machine in the trash: the name it had, since when and until when (UTC, ISO 8601).

    `moving`: something was cut off on its way there or back, so not all of it is where it belongs.
    """

    name: str
    since: str
    until: str
    moving: bool = False


@dataclass(frozen=True)
class Machine:
    """One domain as found. `owner` is None when Fuyajo did not make it.

    `snapshots` are the oldest first, and read only for the machines that a plan needs them of.
    `document` is its definition, what it is at its next start; `live` what it is now, read only where a look
    was about that. Both take their time when they are called.
    """

    name: str
    uuid: str
    state: str
    cpus: int
    memory_mib: int
    disk_gib: int
    owner: str | None = None
    environment: str | None = None
    template: str | None = None
    spec_digest: str | None = None
    configured: str | None = None
    accelerator: str | None = None
    created: str | None = None
    forwards: tuple[Forward, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    trashed: Trashed | None = None
    # What it was given room for at its start (None: nobody knows), and the networks that it is plugged into.
    max_cpus: int | None = None
    max_memory_mib: int | None = None
    networks: tuple[str, ...] = ()
    # When its time is over (UTC, ISO 8601); None: never, as far as its metadata says.
    expires: str | None = None
    # Words that somebody gave it by the collection: untrusted text.
    tags: tuple[str, ...] = ()
    # The hypervisor that it lies on, where there are several.
    host: str | None = None
    document: Callable[[], Fields] = field(default=dict, compare=False, repr=False)
    live: Callable[[], Fields] | None = field(default=None, compare=False, repr=False)

    def forward(self, guest: int) -> Forward | None:
        return next((f for f in self.forwards if f.guest == guest), None)

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def brief(self) -> VmBrief:
        """What a planner may know of an own machine."""
        return VmBrief(
            name=self.name,
            state="running" if self.running else "stopped",
            template=self.template,
            cpus=self.cpus,
            memory_mib=self.memory_mib,
            disk_gib=self.disk_gib,
            uuid=self.uuid,
            created=self.created,
        )


@dataclass(frozen=True)
class Subnet:
    """A range of addresses (CIDR) that the host uses already; `network` None: a link of its own, `name`."""

    name: str
    cidr: str
    network: bool = True


@dataclass(frozen=True)
class HostFacts:
    """Totals of a host (MiB) and the names of networks and images that exist.

    `subnets` are read only for plans with networks.
    """

    uri: str
    memory_mib: int
    networks: frozenset[str] = frozenset()
    images: frozenset[str] = frozenset()
    subnets: tuple[Subnet, ...] = ()

    @property
    def session(self) -> bool:
        """Whether this is a user's own daemon, however it is reached."""
        return self.uri.partition("?")[0].endswith("/session")


@dataclass(frozen=True)
class Silent:
    """A hypervisor that does not answer: why, and the machines that we remember it to have, by name."""

    name: str
    uri: str
    why: str
    machines: Mapping[str, Machine] = field(default_factory=dict)


@dataclass(frozen=True)
class HostView:
    """Everything planning may look at: all domains of the host, by name.

    `leftovers` are names whose disk or seed lies in our pool while no domain has that name: somebody
    undefined it by hand, or a creation was killed. `drift` is, for a plan that adopts, what it takes over.
    `shares` are those with the user who looks.

    Where there are several hypervisors a view is of all of them together, with each by itself in `hosts`; or
    of one (`one`), with the rest in `others`. `silent` are those that did not answer.
    """

    facts: HostFacts
    machines: dict[str, Machine] = field(default_factory=dict)
    leftovers: frozenset[str] = frozenset()
    drift: Mapping[str, tuple[Moved, ...]] = field(default_factory=dict)
    shares: Shares = field(default_factory=Shares)
    hosts: Mapping[str, HostView] = field(default_factory=dict)
    others: tuple[HostView, ...] = ()
    silent: tuple[Silent, ...] = ()

    def one(self, name: str) -> HostView:
        """That one of several, which knows what lies elsewhere."""
        others = tuple(view for key, view in self.hosts.items() if key != name)
        return replace(self.hosts[name], others=others, drift=self.drift, silent=self.silent)

    def anywhere(self) -> HostView:
        """All of them as if they were one: for what exists on none."""
        return replace(self, hosts={}, others=())

    def again(self, later: HostView) -> HostView:
        """A later look at the same one; of the others nothing else is known."""
        if not (self.others or self.silent):
            return later
        return replace(later, others=self.others, drift=self.drift, silent=self.silent)

    def each(self) -> tuple[HostView, ...]:
        """Every hypervisor that was looked at, by itself."""
        return tuple(self.hosts.values()) or (self,)

    def elsewhere(self) -> dict[str, Machine]:
        """Machines of the other hypervisors, those that we only remember too. Seen from one."""
        found = {name: m for host in self.silent for name, m in host.machines.items()}
        return found | {name: m for host in self.others for name, m in host.machines.items()}

    def remembered(self, owner: str) -> dict[str, Machine]:
        """That user's machines where nothing answers, as far as we know of them."""
        known = [item for host in self.silent for item in host.machines.items()]
        return {name: m for name, m in known if m.owner == owner and name not in self.machines}

    def account(self, owner: str) -> dict[str, Machine]:
        """What counts on that user's quota: own machines, wherever they lie."""
        found = self.remembered(owner)
        for host in self.others:
            found |= host.owned(owner)
        return found | self.owned(owner)

    @property
    def names(self) -> frozenset[str]:
        """That are taken by a machine."""
        return frozenset(self.machines).union(*(host.machines for host in self.silent))

    @property
    def uris(self) -> frozenset[str]:
        """By which our books know the hypervisors that this is about."""
        return frozenset(
            [view.facts.uri for view in (*self.each(), *self.others)] + [s.uri for s in self.silent]
        )

    def may(self, user: str, name: str) -> Right:
        """What that user may do with the machine of that name; `none` where there is none."""
        machine = self.machines.get(name)
        return right(machine, user, self.shares) if machine is not None else "none"

    def owned(self, owner: str) -> dict[str, Machine]:
        """That user's machines, those in the trash left out."""
        return self._with(owner, "own")

    def operable(self, user: str) -> dict[str, Machine]:
        """Own machines, and those that are shared to be operated."""
        return self._with(user, "operate")

    def visible(self, user: str) -> dict[str, Machine]:
        """Own machines, and those that are shared at all."""
        return self._with(user, "read")

    def trash(self, owner: str) -> dict[str, Machine]:
        """That user's machines in the trash, by the name that they have there."""
        return {
            name: m
            for name, m in self.machines.items()
            if m.trashed is not None and right(m, owner, self.shares) == "own"
        }

    def briefs(self, user: str) -> tuple[VmBrief, ...]:
        """What a planner may know, by name; those of others are marked with their owner."""
        found = self.operable(user) | self.remembered(user)
        return tuple(
            found[name].brief
            if found[name].owner == user or self.may(user, name) == "own"
            else replace(found[name].brief, owner=found[name].owner)
            for name in sorted(found)
        )

    def _with(self, user: str, wanted: Right) -> dict[str, Machine]:
        return {
            name: m
            for name, m in self.machines.items()
            if m.trashed is None and at_least(right(m, user, self.shares), wanted)
        }
