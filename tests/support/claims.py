"""Plans about one machine, and a home that costs nothing to make, for tests of claims."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from fuyajo.domain.context import Quota
from fuyajo.domain.machine import Machine
from fuyajo.domain.plan import Action, Change, FieldChange, Plan
from fuyajo.domain.spec import Spec
from fuyajo.service.context import Actor, Settings
from fuyajo.store.database import Database
from fuyajo.store.home import Home

URI = "qemu:///system"
SIZES = ("cpus", "memory_mib", "disk_gib")


def plan_of(
    owner: str,
    action: Action,
    name: str,
    *,
    uuid: str | None = None,
    account: str | None = None,
    until: str | None = None,
    **after: int | str,
) -> Plan:
    """A plan that does one thing to one machine; `after` are the fields that it sets."""
    fields = tuple(FieldChange(path=key, before=None, after=value) for key, value in after.items())
    change = Change(
        object="vm",
        name=name,
        action=action,
        uuid=uuid,
        fields=fields,
        owner=account,
        irreversible=action == "delete" and until is None,
        until=until,
    )
    now = datetime.now(UTC)
    return Plan(
        id="p-00000001",
        owner=owner,
        created=now,
        expires=now + timedelta(hours=1),
        digest="",
        fingerprint="",
        risk="start",
        cost={},
        spec=Spec(),
        changes=(change,),
        reason="test",
    )


def machine_of(owner: str, name: str, **more: int | str) -> Machine:
    sizes: dict[str, int] = {"cpus": 1, "memory_mib": 1024, "disk_gib": 10}
    sizes |= {key: int(more[key]) for key in SIZES if key in more}
    state = str(more.get("state", "running"))
    return Machine(name=name, uuid=f"uuid-{name}", state=state, owner=owner, **sizes)


def actor_at(home: Path, user: str, quota: Quota | None = None, **overcommit: float) -> Actor:
    times = {"overcommit_memory": 1.0, "overcommit_disk": 4.0} | overcommit
    settings = Settings(home, URI, "fuyajo", home, quota=quota or Quota(), overcommit=times)
    return Actor(user, settings)


@cache
def _template() -> Path:
    """A database at the newest schema."""
    root = Path(mkdtemp(prefix="fuyajo-test-"))
    with Database(Home(root)).write():
        pass
    return root / "fuyajo.db"


def home_with_database(root: Path) -> Path:
    root.mkdir(mode=0o700)
    shutil.copy2(_template(), root / "fuyajo.db")
    return root
