"""What of a home cannot be made again: which files; and plans and runs, which are files or rows."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from fuyajo.store.files import private, private_directory, write_whole
from fuyajo.store.home import Home
from fuyajo.store.jobs import iso
from fuyajo.store.plans import PLAN_ID
from fuyajo.store.rows import Row, names
from fuyajo.store.runs import RUN_ID, RunRecord

_USER = r"(?![^/]*\.\.)[a-z_][a-z0-9_.-]{0,63}"
_FILES = re.compile(
    r"policy\.toml|config\.toml|audit\.head"
    rf"|users/{_USER}/(?:conversations/[a-z]-[a-z0-9][a-z0-9-]{{0,39}}\.json|chat_history)"
    rf"|users/{_USER}/ssh/[A-Za-z0-9_][A-Za-z0-9_.-]{{0,63}}"
    r"|gate/[a-z][a-z0-9_-]{0,31}\.(?:admission|canary|demoted)\.json"
)
#: Everything at the top of a home that a restore replaces. SQLite's log goes before its file.
REPLACED = (
    *("fuyajo.db-wal", "fuyajo.db-shm", "fuyajo.db", "audit.head"),
    *("policy.toml", "plans", "runs", "users", "gate"),
)
#: Tables that are files in an embedded home.
AS_FILES = ("plans", "records", "events")
EVENTS = "events.jsonl"


def known(name: str) -> bool:
    """Whether an archive of ours may have a member of that name."""
    return name in _TABLES or _FILES.fullmatch(name) is not None


_TABLES = frozenset(f"tables/{name}.jsonl" for name in names())


def files(home: Home) -> Iterator[tuple[str, Path]]:
    """Name and path of each file that is kept. Links are none of ours."""
    for path in sorted(home.root.glob("*")):
        if path.is_file():
            yield from _kept(home, path)
    for top in ("users", "gate"):
        for directory, inner, found in os.walk(home.root / top):
            inner.sort()
            for name in sorted(found):
                yield from _kept(home, Path(directory) / name)


def _kept(home: Home, path: Path) -> Iterator[tuple[str, Path]]:
    name = path.relative_to(home.root).as_posix()
    if _FILES.fullmatch(name) and not path.is_symlink():
        yield name, path


def rows(home: Home, table: str) -> Iterator[Row]:
    """What would be the rows of that table, if the files of this home were rows."""
    yield from {"plans": _plans, "records": _records, "events": _events}[table](home)


def _plans(home: Home) -> Iterator[Row]:
    for path in sorted(home.root.glob("plans/*/p-*.json")):
        body = _text(path)
        if PLAN_ID.fullmatch(path.stem) and body is not None:
            created = iso(datetime.fromtimestamp(path.stat().st_mtime, UTC))
            key = {"owner": path.parent.name, "id": path.stem}
            yield {**key, "body": body, "created": created, "run": _text(path.with_suffix(".run"))}


def _records(home: Home) -> Iterator[Row]:
    for path, record in _runs(home):
        key = {"run": record.id, "owner": record.owner, "status": record.status}
        yield {**key, "body": _text(path)}


def _runs(home: Home) -> Iterator[tuple[Path, RunRecord]]:
    for path in sorted(home.root.glob("runs/*/r-*.json")):
        try:
            record = RunRecord.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            continue  # damaged: nobody is shown it either
        if RUN_ID.fullmatch(record.id) and record.id == path.stem:
            yield path, record


def _events(home: Home) -> Iterator[Row]:
    for path, record in _runs(home):
        last = 0
        try:
            with (path.with_suffix("") / EVENTS).open("rb") as file:
                for line in file:
                    seq = _seq(line)
                    if seq is not None and seq > last:
                        last = seq
                        yield {"run": record.id, "seq": seq, "line": line.decode().rstrip("\n")}
        except OSError:
            continue


def _seq(line: bytes) -> int | None:
    """None for a line that was cut off with its run."""
    try:
        found = json.loads(line)["seq"] if line.endswith(b"\n") else None
        line.decode()
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write(home: Home, table: str, found: Iterable[Row]) -> None:
    """The other way round: rows of that table become files of this home. Records come before events."""
    if table == "events":
        _write_events(home, found)
        return
    for row in found:
        made = _write_plan(home, row) if table == "plans" else _write_record(home, row)
        for path, moment in made:
            os.utime(path, (moment.timestamp(), moment.timestamp()))  # what is old stays old


def _write_plan(home: Home, row: Row) -> Iterator[tuple[Path, datetime]]:
    if not PLAN_ID.fullmatch(row["id"]):
        return
    path = home.plans(row["owner"]) / f"{row['id']}.json"
    created = datetime.fromisoformat(row["created"])
    for file, content in ((path, row["body"]), (path.with_suffix(".run"), row["run"])):
        if content is not None:
            write_whole(file, content.encode())
            yield file, created


def _write_record(home: Home, row: Row) -> Iterator[tuple[Path, datetime]]:
    record = RunRecord.model_validate_json(row["body"])
    if not RUN_ID.fullmatch(record.id):
        return
    path = home.runs(record.owner) / f"{record.id}.json"
    write_whole(path, row["body"].encode())
    yield path, record.finished or record.started


def _write_events(home: Home, found: Iterable[Row]) -> None:
    owners = {record.id: path.with_suffix("") for path, record in _runs(home)}
    for run, lines in groupby(found, key=lambda row: str(row["run"])):
        if run in owners:
            path = private_directory(owners[run]) / EVENTS
            with open(path, "ab", opener=private) as file:
                file.writelines(row["line"].encode() + b"\n" for row in lines)
