"""Promises in seconds, on a machine that may be busier than ours: time that it took away does not count."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

PRESSURE = Path("/proc/pressure")
#: However busy the machine is.
HARD_SECONDS = 60.0


def held_up() -> float:
    """Seconds, since the machine began, in which somebody here waited for a processor or for a disk, or a
    hypervisor gave this machine's processors to others."""
    waited = 0.0
    for kind in ("cpu", "io"):
        try:
            some = (PRESSURE / kind).read_text(encoding="ascii").split("\n")[0]
        except OSError:  # a kernel that does not count it
            continue
        waited += int(some.rpartition("=")[2]) / 1e6
    stolen = Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[8]
    return waited + int(stolen) / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done in the block takes less than that, without what the machine took away meanwhile.

    A wait in the block needs a bound of its own: an idle machine is as strict as `seconds` says, a busy one
    must still not take for ever.
    """
    began, before = monotonic(), held_up()
    yield
    took, lost = monotonic() - began, held_up() - before
    assert took < max(HARD_SECONDS, seconds), f"{took:.1f} s"
    assert took - lost < seconds, f"{took:.1f} s, {lost:.1f} of them on a busy machine"
