"""What the numbers of a gate's report mean: pass@1, pass^k, intervals and percentiles. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, comb, sqrt

# 97.5 % of the standard normal distribution lie below this.
Z95 = 1.959963984540054


def pass_at_1(passes: int, runs: int) -> float:
    """How often one run passes."""
    _sane(passes, runs)
    return passes / runs


def pass_k(passes: int, runs: int, k: int) -> float:
    """How likely k runs all pass, estimated without bias from `passes` of `runs`: C(c,k)/C(n,k).

    (c/n)^k would count one lucky run several times. ValueError unless 1 <= k <= runs.
    """
    _sane(passes, runs)
    if not 1 <= k <= runs:
        raise ValueError(f"pass^{k} of {runs} runs")
    return comb(passes, k) / comb(runs, k)


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share. It stays within 0 and 1 and is honest for few trials and for 0 and 100 %.

    `successes` may be a sum of estimates, so it need not be whole. Without any trial: (0, 1).
    """
    if trials == 0:
        return 0.0, 1.0
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials")
    share, z2 = successes / trials, Z95 * Z95
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    # At the ends the exact bound is the share itself; rounding would put it a hair beside it.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return low, high


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of all do not exceed (nearest rank); None of nothing."""
    if not 0 < share <= 1:
        raise ValueError(f"no percentile {share}")
    if not values:
        return None
    return sorted(values)[ceil(share * len(values)) - 1]


def _sane(passes: int, runs: int) -> None:
    if not 0 <= passes <= runs or runs == 0:
        raise ValueError(f"{passes} passes of {runs} runs")
