"""Measured history: rounds as they come, folded every ten minutes into pieces of each machine's series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from fuyajo.domain.history import NOTHING, Sample, Series, joined, rolled
from fuyajo.store.database import Database
from fuyajo.store.packing import Damaged, key_of, of_round, pack, pack_round, unpack, unpack_round
from fuyajo.store.tables import COLLECTORS, ROUNDS, SAMPLES
from fuyajo.store.upsert import insert

HOUR, DAY = 3600, 86400
#: Rounds are folded in spans of so many seconds, and those of a host that nobody folds any more are dropped.
FOLD, FORGOTTEN = 600, 2 * DAY


class Tier(NamedTuple):
    """Seconds: between moments (0: as it was measured), of one piece, and how long it is kept."""

    step: int
    span: int
    kept: int


TIERS = (Tier(0, FOLD, DAY + HOUR), Tier(60, HOUR, 7 * DAY), Tier(600, 6 * HOUR, 90 * DAY))
Key = tuple[str, int, int]  # UUID, tier, start


@dataclass(frozen=True)
class HistoryStore:
    database: Database

    # --- collecting ----------------------------------------------------------------------------------

    def hold(self, host: str, by: str, until: int, now: int, *, alone: bool = False) -> bool:
        """Whether `by` measures that host until then; `alone`: nobody else can be there."""
        with self.database.write() as connection:
            found = connection.execute(select(COLLECTORS).where(COLLECTORS.c.host == host)).first()
            if found is not None and found.by != by and found.until > now and not alone:
                return False
            values = {"host": host, "by": by, "until": until}
            new = insert(connection, COLLECTORS).values(values)
            connection.execute(new.on_conflict_do_update(index_elements=["host"], set_=values))
        return True

    def free(self, host: str, now: int) -> bool:
        """Whether it makes sense to ask for it: nobody measures that host."""
        with self.database.read() as connection:
            found = connection.execute(select(COLLECTORS).where(COLLECTORS.c.host == host)).first()
        return found is None or found.until <= now

    def release(self, by: str) -> None:
        with self.database.write() as connection:
            connection.execute(delete(COLLECTORS).where(COLLECTORS.c.by == by))

    def note(self, host: str, by: str, until: int, at: int, samples: Mapping[str, Sample]) -> bool:
        """A round; and the lease is renewed. False: somebody else measures that host by now."""
        with self.database.write() as connection:
            if not _renewed(connection, host, by, until):
                return False
            if samples:
                body = pack_round(samples)
                new = insert(connection, ROUNDS).values(host=host, at=at, body=body)
                connection.execute(new.on_conflict_do_nothing())
        return True

    # --- folding -------------------------------------------------------------------------------------

    def fold(self, host: str, by: str, until: int, before: int) -> int:
        """Rounds before that become pieces; how many pieces were written. Nothing when the lease is lost."""
        wanted = and_(ROUNDS.c.host == host, ROUNDS.c.at < before)
        fresh = _series_of(self._rounds(wanted))
        made = dict(self._pieces(fresh))
        with self.database.write() as connection:
            if not _renewed(connection, host, by, until):
                return 0
            rows = [dict(zip(("uuid", "tier", "start"), key, strict=True)) | {"body": body}
                    for key, body in made.items()]  # fmt: skip
            if rows:
                new = insert(connection, SAMPLES)
                said = {"body": new.excluded.body}
                into = new.on_conflict_do_update(
                    index_elements=["uuid", "tier", "start"], set_=said
                )
                connection.execute(into, rows)
            connection.execute(delete(ROUNDS).where(wanted))
        return len(made)

    def _pieces(self, fresh: Mapping[str, Series]) -> Iterator[tuple[Key, bytes]]:
        """What was there already is in them, too."""
        found = {key: part for uuid in fresh for key, part in _spread(uuid, fresh[uuid])}
        there = self._there(found)
        for key, part in found.items():
            whole = joined([there[key], part]) if key in there else part
            yield key, pack(whole, key[2])

    def _there(self, keys: Iterable[Key]) -> dict[Key, Series]:
        starts: dict[int, set[int]] = defaultdict(set)
        for _uuid, tier, start in keys:
            starts[tier].add(start)
        found: dict[Key, Series] = {}
        known = set(keys)
        for tier, moments in starts.items():
            where = and_(SAMPLES.c.tier == tier, SAMPLES.c.start.in_(sorted(moments)))
            found |= {key: part for key, part in self._read(where) if key in known}
        return found

    def prune(self, now: int) -> None:
        """What is older than its tier is kept."""
        with self.database.write() as connection:
            for number, tier in enumerate(TIERS):
                old = and_(SAMPLES.c.tier == number, SAMPLES.c.start < now - tier.kept - tier.span)
                connection.execute(delete(SAMPLES).where(old))
            connection.execute(delete(ROUNDS).where(ROUNDS.c.at < now - FORGOTTEN))

    # --- reading -------------------------------------------------------------------------------------

    def read(self, uuid: str, since: int, until: int, tier: int) -> Series:
        """One machine between two moments, in that tier; what is not folded yet is rolled up to it."""
        if not self.database.exists:
            return NOTHING
        of, begin = TIERS[tier], SAMPLES.c.start
        where = and_(SAMPLES.c.uuid == uuid, SAMPLES.c.tier == tier,
                     begin >= since - of.span, begin < until)  # fmt: skip
        parts = [part for _key, part in self._read(where)]
        fresh = and_(ROUNDS.c.at >= since, ROUNDS.c.at < until)
        tail = _one_of(key_of(uuid), self._rounds(fresh))
        parts.append(_rolled(tail, of.step))
        return joined(parts).between(since, until)

    def recent(self, since: int, tier: int = 1) -> dict[str, Series]:
        """Every machine from then on, by the minute or in another tier that is rolled up."""
        if not self.database.exists:
            return {}
        of = TIERS[tier]
        where = and_(SAMPLES.c.tier == tier, SAMPLES.c.start >= since - of.span)
        parts: dict[str, list[Series]] = defaultdict(list)
        for (uuid, _tier, _start), part in self._read(where):
            parts[uuid].append(part)
        for uuid, fresh in _series_of(self._rounds(ROUNDS.c.at >= since)).items():
            parts[uuid].append(rolled(fresh, of.step))
        return {uuid: joined(found).between(since, 1 << 62) for uuid, found in parts.items()}

    def latest(self, since: int) -> dict[str, tuple[int, Sample]]:
        """The last round of every machine that was measured since then. Folding never takes the last one."""
        if not self.database.exists:
            return {}
        found: dict[str, tuple[int, Sample]] = {}
        for at, body in self._rounds(ROUNDS.c.at >= since):
            try:
                found |= {uuid: (at, values) for uuid, values in unpack_round(body)}
            except Damaged:
                continue
        return found

    def _read(self, where: ColumnElement[bool]) -> Iterator[tuple[Key, Series]]:
        """What cannot be read counts as not there."""
        with self.database.read() as connection:
            rows = connection.execute(select(SAMPLES).where(where)).all()
        for row in rows:
            try:
                yield (row.uuid, row.tier, row.start), unpack(row.body, row.start)
            except Damaged:
                continue

    def _rounds(self, where: ColumnElement[bool]) -> list[tuple[int, bytes]]:
        with self.database.read() as connection:
            wanted = select(ROUNDS.c.at, ROUNDS.c.body).where(where).order_by(ROUNDS.c.at)
            return [(row.at, row.body) for row in connection.execute(wanted)]


def _renewed(connection: Connection, host: str, by: str, until: int) -> bool:
    mine = and_(COLLECTORS.c.host == host, COLLECTORS.c.by == by)
    return bool(connection.execute(update(COLLECTORS).where(mine).values(until=until)).rowcount)


def _spread(uuid: str, fresh: Series) -> Iterator[tuple[Key, Series]]:
    """The pieces of every tier that these samples belong to."""
    for number, tier in enumerate(TIERS):
        series = _rolled(fresh, tier.step)
        first, last = series.at[0] // tier.span, series.at[-1] // tier.span
        for start in range(first * tier.span, (last + 1) * tier.span, tier.span):
            part = series.between(start, start + tier.span)
            if part.at:
                yield (uuid, number, start), part


def _rolled(series: Series, step: int) -> Series:
    return rolled(series, step) if step and series.at else series


def _series_of(rounds: Iterable[tuple[int, bytes]]) -> dict[str, Series]:
    moments: dict[str, list[int]] = defaultdict(list)
    samples: dict[str, list[Sample]] = defaultdict(list)
    for at, body in rounds:
        try:
            for uuid, values in unpack_round(body):
                if not moments[uuid] or moments[uuid][-1] < at:
                    moments[uuid].append(at)
                    samples[uuid].append(values)
        except Damaged:
            continue
    return {uuid: Series.of(moments[uuid], samples[uuid]) for uuid in moments}


def _one_of(key: bytes, rounds: Iterable[tuple[int, bytes]]) -> Series:
    moments: list[int] = []
    samples: list[Sample] = []
    for at, body in rounds:
        try:
            values = of_round(body, key)
        except Damaged:
            continue
        if values is not None and (not moments or moments[-1] < at):
            moments.append(at)
            samples.append(values)
    return Series.of(moments, samples)
