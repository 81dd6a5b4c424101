"""Measured history: as JSON data, and as curves for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fuyajo.domain.history import Curve, History
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert, padded

#: What is drawn; the others are in the data.
DRAWN = ("cpu", "memory_used", "disk_read", "disk_written", "net_received", "net_sent")
ROWS, SCALE = 3, 10  # lines of a curve; columns of its scale
BLOCKS, ASCII = " ▁▂▃▄▅▆▇█", " .:-=+*#@"
_SIZES = ("", "Ki", "Mi", "Gi", "Ti", "Pi")


def history_json(found: History) -> dict[str, Any]:
    """Columns: `at` has the moments, each metric three values for each of them."""
    facts = {key: getattr(found, key) for key in ("vm", "uuid", "step", "at")}
    times = {key: getattr(found, key).isoformat() for key in ("since", "until")}
    return {**facts, **times, "metrics": {n: asdict(one) for n, one in found.metrics.items()}}


# --- numbers -----------------------------------------------------------------------------------------


def amount(value: float | None, unit: str) -> str:
    """With its unit, three digits at most; a dash where nobody knows."""
    if value is None:
        return "–"
    if unit == "%":
        return f"{value:.0f} %" if value >= 10 or value == 0 else f"{value:.1f} %"
    if unit == "1/s":
        return f"{value:.0f}/s" if value >= 10 or value == 0 else f"{value:.1f}/s"
    power = 0
    while value >= 1023.5 and power < len(_SIZES) - 1:
        value, power = value / 1024, power + 1
    digits = 1 if 0 < value < 9.95 and power else 0
    return f"{value:.{digits}f} {_SIZES[power]}{unit}"


def ceiling(value: float) -> float:
    """The end of a scale: 1, 2 or 5 times a power of ten, of the unit that it is told in."""
    unit = 1.0
    while value >= unit * 1000:
        unit *= 1024
    step = unit
    while True:
        for times in (1, 2, 5):
            if value <= step * times:
                return step * times
        step *= 10


def top(found: History, name: str) -> float:
    """The end of a metric's scale: all of it where there is such a thing."""
    if name == "cpu":
        return 100.0
    high = found.metrics[name].high
    if name == "memory_used":
        left = found.metrics["memory_available"].low
        both = zip(high, left, strict=True)
        return max((a + b for a, b in both if a and b is not None), default=1.0)
    return ceiling(max((value for value in high if value), default=1024.0))


def summary(curve: Curve) -> tuple[str, str, str]:
    """Now, in the mean, the most."""
    known = [value for value in curve.mean if value is not None]
    return (
        amount(curve.mean[-1] if curve.mean else None, curve.unit),
        amount(sum(known) / len(known) if known else None, curve.unit),
        amount(max((value for value in curve.high if value is not None), default=None), curve.unit),
    )


# --- a terminal --------------------------------------------------------------------------------------


def history_lines(found: History, lang: Lang, width: int, *, plain: bool) -> list[str]:
    """`width`: columns of the terminal; `plain`: it shows nothing but ASCII."""
    if found.empty:
        return [text("ui.nothing_measured", lang, name=inert(found.vm))]
    since, until = (f"{at.astimezone():%Y-%m-%d %H:%M}" for at in (found.since, found.until))
    each = duration(found.step)
    lines = [
        text("ui.metrics_head", lang, name=inert(found.vm), since=since, until=until, step=each)
    ]
    for name in DRAWN:
        said = zip(("now", "mean", "most"), summary(found.metrics[name]), strict=True)
        told = "  ".join(f"{text(f'ui.metric_{key}', lang)} {value}" for key, value in said)
        lines += ["", f"{padded(text(f'ui.metric.{name}', lang), 20)}{told}"]
        lines += _curve(found, name, max(10, width - SCALE - 2), ASCII if plain else BLOCKS)
    return [line.replace("–", "-") for line in lines] if plain else lines


def duration(seconds: int) -> str:
    """As `--since` takes it, where it can."""
    for size, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def _curve(found: History, name: str, width: int, blocks: str) -> list[str]:
    curve, end = found.metrics[name], top(found, name)
    known = dict(zip(found.at, curve.mean, strict=True))
    begin, whole = found.since.timestamp(), (found.until - found.since).total_seconds()
    moments = (int(begin + whole * (place + 0.5) / width) for place in range(width))
    columns = [known.get(moment // found.step * found.step) for moment in moments]
    marks = [amount(end, curve.unit), *[""] * (ROWS - 2), amount(0.0, curve.unit)]
    rows = [_row(columns, end, ROWS - 1 - number, blocks) for number in range(ROWS)]
    return [f"{mark:>{SCALE}} |{row}".rstrip() for mark, row in zip(marks, rows, strict=True)]


def _row(columns: Sequence[float | None], end: float, number: int, blocks: str) -> str:
    """The row of that number from below: what is measured and nothing still has a lowest block."""
    each = len(blocks) - 1
    drawn = []
    for value in columns:
        full = 0 if value is None else max(1, round(min(1.0, value / end) * each * ROWS))
        drawn.append(blocks[min(each, max(0, full - number * each))])
    return "".join(drawn)
