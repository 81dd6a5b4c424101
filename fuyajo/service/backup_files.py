"""One file out of a backup, for its owner, on the machine where backups lie."""

from __future__ import annotations

import os
from pathlib import Path

from fuyajo.domain.errors import Conflict, InvalidInput, Problem, Unavailable, shown
from fuyajo.domain.ours import missing
from fuyajo.service import auditing
from fuyajo.service.backups import directory_of, list_backups
from fuyajo.service.context import Actor

LONGEST = 4096


def export(
    actor: Actor, vm: str, path: str, target: Path, name: str | None = None, disk: str = "vda"
) -> tuple[str, int]:
    """Into a new file (0600), whole or not at all: the name of the backup, and how many bytes.

    Raises `InvalidInput`, `NotFound`, `Conflict` where the target exists, `Unavailable`.
    """
    from fuyajo.engine import backup_export

    fits = path.startswith("/") and path.isprintable() and '"' not in path and len(path) < LONGEST
    if not fits or path.endswith("/"):
        raise InvalidInput(Problem("path", "export_path", {"value": shown(path, 200)}))
    if actor.settings.several:
        raise Unavailable(Problem("", "backups_hosts"))
    found = [one for one in list_backups(actor, vm) if one.good and name in (None, one.name)]
    if not found:
        raise missing("backup", name or vm)
    meant = found[-1].name
    part = target.with_name(f".{target.name}.{os.urandom(4).hex()}.part")
    try:
        with part.open("xb") as file:
            part.chmod(0o600)
            where = (directory_of(actor), actor.user, vm, meant, path)
            size = backup_export.export(*where, file, disk)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)
    except FileExistsError as error:
        params = {"value": shown(str(target), 200)}
        raise Conflict(Problem("", "export_there", dict(params))) from error
    except OSError as error:
        raise Unavailable(
            Problem("", "export_failed", {"detail": shown(str(error), 300)})
        ) from error
    finally:
        part.unlink(missing_ok=True)
    auditing.note(actor, "backup.exported", vm=vm, backup=meant, path=shown(path, 200))
    return meant, size
