"""Service calls that are answered by a service elsewhere: one module for each module of `fuyajo.service`.

What stands in for `fuyajo.service.MODULE.NAME` is in `fuyajo.cli.remote.MODULE`, marked by `@like(NAME)`,
with a `Server` in the place of the actor.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

#: By module and name of what it stands in for; filled while the modules of this package are read.
STAND_INS: dict[tuple[str, str], Callable[..., Any]] = {}


def stand_in(service: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function that asks a server for what `service` does here; None where there is none."""
    name = f"{__name__}.{service.__module__.removeprefix('fuyajo.service.')}"
    if importlib.util.find_spec(name) is None:
        return None
    importlib.import_module(name)
    return STAND_INS.get((service.__module__, service.__name__))
