"""A whole state in a place, and what is in one, for tests of backup and restore."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from fuyajo.store import keeping, rows
from fuyajo.store.audit import AuditStore
from fuyajo.store.files import private_directory
from fuyajo.store.rows import Row
from fuyajo.store.runs import RunRecord
from fuyajo.store.tables import METADATA
from tests.support.claims import plan_of
from tests.support.places import Place
from tests.support.schemas import RELEASED, old_file, rows_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RUN = "r-20261120-120000-0a0b"
FILES = {
    "policy.toml": b"[roles.default]\n",
    "users/mika/conversations/n-work.json": b"{}",
    "users/mika/chat_history": "こんにちは".encode(),
    "users/mika/ssh/id_ed25519": b"a private key",
    "users/mika/ssh/id_ed25519.pub": b"its public half",
    "users/mika/ssh/known_hosts": b"",
    "gate/claude.admission.json": b"{}",
}
#: What is in a home as well, and can be made again.
OTHERS = ("images/debian-12.qcow2", "users/mika/planner/CLAUDE.md", f"runs/mika/{RUN}/spec.json")

State = tuple[dict[str, list[Row]], dict[str, bytes]]


def fill(place: Place, note: str = "") -> Place:
    """Rows in every table, files of every kind. `note` tells one such state from another."""
    with place.database().write() as connection:
        for name, found in _old_rows().items():
            if name not in ("audit", *keeping.AS_FILES):  # their own words below
                connection.execute(METADATA.tables[name].insert(), found)
        for name, measured in _measured().items():
            connection.execute(METADATA.tables[name].insert(), measured)
        if place.url is not None:
            for name, made in _runs(note).items():
                rows.insert(connection, name, made)
    if place.url is None:
        for name, made in _runs(note).items():
            keeping.write(place.home, name, made)
    audit = AuditStore(place.database(), place.home.audit_head())
    for number in range(3):
        audit.append("mika", {"event": "test", "number": number, "note": note})
    for name, content in {**FILES, **dict.fromkeys(OTHERS, b"x")}.items():
        path = place.root / name
        private_directory(path.parent)
        path.write_bytes(content)
    return place


def _old_rows() -> dict[str, list[Row]]:
    with TemporaryDirectory() as directory:
        return rows_of(old_file(Path(directory) / "x.db", RELEASED[-1]))


def _measured() -> dict[str, list[Row]]:
    """Bytes of every value."""
    body = bytes(range(256))
    return {
        "collectors": [{"host": "qemu:///system", "by": "a-1", "until": 1 << 33}],
        "rounds": [{"host": "qemu:///system", "at": 1 << 33, "body": body}],
        "samples": [{"uuid": "u-1", "tier": tier, "start": 600, "body": body} for tier in range(3)],
    }


def _runs(note: str) -> dict[str, list[Row]]:
    plan = plan_of("mika", "create", "web", title=note)
    record = RunRecord(
        id=RUN, owner="mika", plan=plan.id, status="successful", started=NOW, finished=NOW
    )
    created = NOW.isoformat(timespec="microseconds")
    key: Row = {"id": "p-00000001", "created": created}
    line = '{"seq":%d,"at":"2026-11-20T12:00:00+00:00","data":"家 \\u001b"}'
    return {
        "plans": [
            key | {"owner": "mika", "body": plan.model_dump_json(), "run": RUN},
            key | {"owner": "jun", "body": "{}", "run": None},
        ],
        "records": [{"run": RUN, "owner": "mika", "status": "successful", "body": record.model_dump_json()}],
        "events": [{"run": RUN, "seq": seq, "line": line % seq} for seq in (1, 2, 5)],
    }  # fmt: skip


def contents(place: Place) -> State:
    """Every row and every file that is kept."""
    database = place.database()
    with database.snapshot() as connection:
        found = {name: list(rows.read(connection, name)) for name in rows.names()}
    database.close()
    if place.url is None:
        assert all(found[name] == [] for name in keeping.AS_FILES)
        found |= {name: list(keeping.rows(place.home, name)) for name in keeping.AS_FILES}
    for name in keeping.AS_FILES:
        found[name].sort(key=lambda row: str([*row.values()]))
    return found, {name: path.read_bytes() for name, path in keeping.files(place.home)}


def after_restore(state: State) -> State:
    """As it must be afterwards, but for the audit's last row and its head: nothing begins by itself."""
    tables, files = state
    jobs = []
    for job in tables["jobs"]:
        if job["state"] == "queued":
            job = {**job, "state": "canceled", "finished": "now", "failure": "told"}
        jobs.append(job)
    return {**tables, "jobs": jobs}, {k: v for k, v in files.items() if k != "audit.head"}


def restored(state: State) -> State:
    """What `after_restore` expects, of a state that was restored."""
    tables, files = state
    *audit, last = tables["audit"]
    assert '"state.restored"' in last["body"]
    jobs = [
        {**job, "finished": "now", "failure": "told"} if '"job_restored"' in (job["failure"] or "") else job
        for job in tables["jobs"]
    ]  # fmt: skip
    return {**tables, "audit": audit, "jobs": jobs}, {
        k: v for k, v in files.items() if k != "audit.head"
    }
