# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked for: module options as checked values. Pure.

``Wanted.parse`` never stops at the first problem: it reports all of them in one error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind

# Who things belong to when nobody said.
OWNER = "ansible"
_PLAIN = (
    "threads",
    "accelerator",
    "allow_restart",
    "shutdown_timeout",
    "continue_on_error",
    "adopt",
    "remove_unused_images",
)


@dataclass
class WantedPool:
    """The directory pool that everything of ours lives in."""

    name: str = "fuyajo"
    path: str | None = None
    state: str = "present"


@dataclass
class Wanted:
    """Everything of one call. ``things`` holds the documents of each kind by the kind's key."""

    owner: str = OWNER
    environment: str | None = None
    pool: WantedPool = field(default_factory=WantedPool)
    kinds: Sequence[Kind] = ()
    things: dict[str, list[Any]] = field(default_factory=dict)
    threads: int = 4
    accelerator: str = "auto"
    adopt: bool = False
    allow_restart: bool = False
    continue_on_error: bool = True
    shutdown_timeout: int = 60
    remove_unused_images: bool = False

    def of(self, key: str) -> list[Any]:
        """Return the documents of one kind, for example ``of("vms")``; empty when not asked for."""
        return self.things.get(key, [])

    @classmethod
    def parse(cls, options: Mapping[str, Any], kinds: Sequence[Kind]) -> Wanted:
        """Return the checked form of module options; raises one FuyajoError with every problem."""
        check = Checker()
        pool = options.get("pool") or {}
        owner = OWNER if options.get("owner") is None else options["owner"]
        wanted = cls(
            owner=check.text("owner", owner) or "",
            environment=check.text("environment", options.get("environment"), optional=True),
            pool=WantedPool(
                check.name("pool.name", pool.get("name") or "fuyajo"),
                check.path("pool.path", pool.get("path")),
                pool.get("state") or "present",
            ),
            kinds=sorted(kinds, key=lambda kind: kind.order),
            things={k.key: check.each(k.key, options.get(k.key), k.parse) for k in kinds},
        )
        for key in _PLAIN:
            if options.get(key) is not None:
                setattr(wanted, key, options[key])
        wanted._check(check)
        return wanted

    def _check(self, check: Checker) -> None:
        check.between("threads", self.threads, 1, 64)
        check.between("shutdown_timeout", self.shutdown_timeout, 0, 3600)
        for kind in self.kinds:
            if kind.across is not None:
                kind.across(check, self)
        if check.problems:
            raise FuyajoError("; ".join(check.problems), INVALID)
