"""What the gate knows of a backend at this moment: the router and the service ask no more than this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fuyajo.domain.errors import Problem


@dataclass(frozen=True)
class Standing:
    """`scores`: pass^k by class of the gate, 0 to 1. `why` is set exactly when it is not admitted: no
    admission, expired, another fingerprint, or demoted by a canary; its hint says how to admit."""

    admitted: bool
    scores: Mapping[str, float] = field(default_factory=dict)
    why: Problem | None = None
