# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `converge` has to know about one kind of object. Each kind lives in a file of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional

if TYPE_CHECKING:
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

Parse = Callable[["Checker", str, Mapping[str, Any]], Any]
Plan = Callable[["Context", Any], "Step"]
Sweep = Callable[["Context", "list[list[Step]]"], "list[Step]"]
Across = Callable[["Checker", "Wanted"], None]


@dataclass(frozen=True)
class Kind:
    """One kind of object.

    ``name`` is the word in results ("network"); ``key`` the list option of `stack` ("networks").
    ``parse`` turns one element into a checked document with a ``name`` and a ``state``; ``plan`` reads
    the host and returns the step for it, and writes nothing; ``across`` finds problems between objects.
    ``sweep`` looks at everything that was planned and returns steps for what is not needed any more.
    What a lower ``order`` makes is made earlier; absent objects go last, in the opposite order.
    """

    name: str
    key: str
    order: int
    parse: Parse
    plan: Plan
    across: Optional[Across] = None
    sweep: Optional[Sweep] = None
