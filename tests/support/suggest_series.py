"""Recorded series for the rules of suggestions: counters of a machine every ten minutes, as a host says them.

`python -m tests.support.suggest_series` writes them anew, always the same: the shapes are those of real
machines (day and night, a leak, a batch, restarts, holes), the numbers are drawn.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fuyajo.domain.history import Counters, Series, rolled, sample

WHERE = Path(__file__).parents[1] / "golden" / "suggest"
STEP, DAY, DAYS = 600, 86400, 8
#: A Monday morning, 02:00 UTC: the series end there.
END = 1_795_399_200
MIB, GIB = 1 << 20, 1 << 30


@dataclass
class Shape:
    """What a machine does at a moment, which is `age` days before the end. Memory: share of what the guest
    calls its own; None where only its process is known."""

    cpus: Callable[[float], int] = lambda _age: 2
    cpu: Callable[[float, random.Random], float] = lambda _age, draw: draw.uniform(30, 45)
    memory_mib: int = 2048
    memory: Callable[[float, random.Random], float] | None = lambda _age, draw: draw.uniform(
        0.5, 0.6
    )
    taken_gib: Callable[[float], float] = lambda _age: 3.0
    written: float = 60_000
    sent: float | None = 20_000
    days: float = DAYS
    holes: tuple[tuple[float, float], ...] = ()
    restarts: tuple[float, ...] = ()


def office(low: float, high: float) -> Callable[[float, random.Random], float]:
    """Eight hours of every day."""

    def cpu(age: float, draw: random.Random) -> float:
        hour = (END / 3600 - age * 24) % 24
        return draw.uniform(high - 6, high + 6) if 8 <= hour < 16 else draw.uniform(low, low + 8)

    return cpu


def wave(_age: float, draw: random.Random) -> float:
    return min(100.0, max(1.0, draw.gauss(45, 18)))


SHAPES: dict[str, Shape] = {
    # what something is suggested for
    "busy_by_day": Shape(cpu=office(12, 91)),
    "leak": Shape(
        memory=lambda age, draw: 0.88 - 0.06 * age + draw.uniform(-0.005, 0.005),
        restarts=(7.9,),
    ),
    "tight_memory": Shape(
        memory=lambda age, draw: draw.uniform(0.91, 0.97) if age % 1 < 0.6 else 0.8,
        restarts=(0.5, 1.7, 2.4),
    ),
    "filling_disk": Shape(
        taken_gib=lambda age: 7.8 - 0.3 * age, holes=((3.0, 2.2), (1.1, 0.9)), written=400_000
    ),
    "idle": Shape(
        cpus=lambda _age: 1,
        cpu=lambda _age, draw: 8.0 if draw.random() < 0.01 else draw.uniform(0.3, 0.9),
        memory=lambda _age, draw: draw.uniform(0.14, 0.16),
        written=2500,
        sent=40,
    ),
    "oversized": Shape(
        cpus=lambda _age: 4,
        cpu=lambda _age, draw: draw.uniform(3, 8),
        memory_mib=8192,
        memory=lambda _age, draw: draw.uniform(0.2, 0.25),
    ),
    "full_disk": Shape(taken_gib=lambda _age: 9.2),
    "crowded_host": Shape(memory_mib=4096, memory=lambda _age, draw: draw.uniform(0.4, 0.5)),
    # what nothing is suggested for
    "day_and_night": Shape(cpu=office(10, 62), memory=None),
    "one_batch": Shape(
        cpus=lambda _age: 1,
        cpu=lambda age, draw: 100.0 if 1.2 < age < 1.95 else draw.uniform(20, 35),
    ),
    "noise_and_restarts": Shape(
        cpu=wave,
        holes=((5.5, 4.9), (2.0, 1.6)),
        restarts=(6.1, 3.3, 3.2, 0.7),
        taken_gib=lambda age: 4 + math.sin(age),
    ),
    "too_young": Shape(
        days=1.4,
        cpu=lambda _age, draw: draw.uniform(90, 99),
        memory=lambda _age, draw: draw.uniform(0.93, 0.97),
    ),
    "seldom_on": Shape(
        cpu=lambda _age, draw: draw.uniform(0.2, 0.6), sent=20, written=900,
        holes=((8.0, 6.5), (6.0, 3.5), (3.2, 0.5)),
    ),
    "enlarged_yesterday": Shape(
        cpus=lambda age: 1 if age > 1 else 2,
        cpu=lambda age, draw: draw.uniform(88, 99) if age > 1 else draw.uniform(44, 55),
    ),
}  # fmt: skip


def rows(shape: Shape, draw: random.Random) -> Iterator[tuple[int, Counters]]:
    """Counters begin anew with every life of the machine."""
    life, totals = 1, dict.fromkeys(("cpu", "read", "written", "out"), 0)
    waiting = sorted(shape.restarts, reverse=True)
    for at in range(END - int(shape.days * DAY) // STEP * STEP, END + 1, STEP):
        age = (END - at) / DAY
        if waiting and age <= waiting[0]:
            waiting.pop(0)
            life, totals = life + 1, dict.fromkeys(totals, 0)
        cpus = shape.cpus(age)
        totals["cpu"] += int(shape.cpu(age, draw) / 100 * cpus * STEP * 1e9)
        rates = {"read": shape.written / 3, "written": shape.written, "out": shape.sent or 0}
        for key, rate in rates.items():
            totals[key] += int(rate * STEP * draw.uniform(0.7, 1.3))
        if any(begin >= age > end for begin, end in shape.holes):
            continue
        disk = (totals["read"], totals["written"], None, None)  # no rule asks how many
        net = (None, totals["out"] if shape.sent is not None else None)
        memory, taken = _memory(shape, age, draw), int(shape.taken_gib(age) * GIB)
        yield at, Counters(life, at - END, cpus, totals["cpu"], *memory, *disk, *net, taken)


def _memory(shape: Shape, age: float, draw: random.Random) -> tuple[int, int]:
    whole = shape.memory_mib * MIB
    if shape.memory is None:  # its process holds all of it
        return whole, 0
    guest = int(whole * 0.955)
    used = int(guest * min(1.0, shape.memory(age, draw)))
    return used, guest - used


def write() -> None:
    WHERE.mkdir(parents=True, exist_ok=True)
    for name, shape in SHAPES.items():
        with (WHERE / f"{name}.csv").open("w", newline="", encoding="ascii") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(("at", *Counters._fields))
            for at, counters in rows(shape, random.Random(name)):
                out.writerow((at, *("" if one is None else one for one in counters)))


def read(name: str) -> Series:
    """As the service keeps it: rates between two rounds, least, mean and most of every ten minutes."""
    moments, found, before = [], [], None
    with (WHERE / f"{name}.csv").open(newline="", encoding="ascii") as file:
        for row in csv.DictReader(file):
            moments.append(int(row.pop("at")))
            now = Counters(*(int(said) if said else None for said in row.values()))  # type: ignore[arg-type]
            found.append(sample(before, now, STEP))
            before = now
    return rolled(Series.of(moments, found), STEP)


if __name__ == "__main__":
    write()
