# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a backup starts: its machine is made beside everything else, looked at, and gone again.

The disks are copies in the pool under names with a dot in front. Of a run that is killed libvirt ends the
machine, and the next run removes the copies.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
import time
import uuid
from dataclasses import dataclass, field

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _kept,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_images as _images,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.trials import Trials
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_restore as _model
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_trial as _trial
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import (
    Backup,
    digest_of,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common as _common
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_restore import (
    refuse_strangers,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_want import WantedBackup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step


@dataclass
class Trial:
    """One test. ``disks`` is {target: (copy, format)}."""

    wanted: WantedBackup
    backup: Backup
    source: str
    name: str
    disks: dict[str, tuple[str, str]]
    seed: str | None = None
    nvram: str | None = None
    xml: str = ""
    made: list[str] = field(default_factory=list)


def plan_tested(ctx: Context, wanted: WantedBackup, shelf: _kept.Shelf) -> Step:
    """Return the step that starts the backup once; nothing where that was done with this content."""
    backup = _common.require(shelf, wanted.name, ctx.wanted.owner)
    step = Step("backup", wanted.name, backup.uuid, needs=[("pool", ctx.wanted.pool.name)])
    step.facts = _common.facts_of(shelf, backup)
    if step.facts["tested"] is not None:
        return step
    chain = _common.verify(shelf, backup, _common.Clock(wanted.timeout))
    refuse_strangers(shelf, chain)
    trial = _trial_of(ctx, wanted, shelf, backup)
    step.facts = _common.facts_of(shelf, backup, True)
    step.read = lambda: _common.facts_of(shelf, backup, True)
    step.changes = [Change("tested", None, "started once")]
    step.apply = functools.partial(_test, ctx, trial)
    return step


def _trial_of(ctx: Context, wanted: WantedBackup, shelf: _kept.Shelf, backup: Backup) -> Trial:
    name = f"test-{digest_of(backup)[:12]}"

    def part(what: str) -> str:
        return os.path.join(ctx.pool_path, f".{name}.{what}.part")

    source = os.path.join(shelf.path, backup.name)
    disks = {disk.target: (part(disk.target), disk.format) for disk in backup.disks}
    trial = Trial(wanted, backup, source, name, disks)
    trial.seed = part("seed") if backup.seed is not None else None
    trial.nvram = part("nvram") if backup.nvram is not None else None
    with open(os.path.join(source, backup.definition.file), encoding="utf-8") as stream:
        text = stream.read()
    reborn = _model.Reborn(
        name=name,
        renamed=True,
        owner=ctx.wanted.owner,
        mark=_model.Mark(backup.name, digest_of(backup)),
        disks=disks,
        uuid=str(uuid.uuid4()),
        seed=trial.seed,
    )
    trial.xml = _trial.trial_xml(_model.rebuild(text, reborn)[0], trial.nvram)
    if not _trial.has_console(trial.xml):
        raise FuyajoError(
            "the machine in the backup has no serial console, so nobody could see that it is up",
            INVALID,
        )
    return trial


def _test(ctx: Context, trial: Trial, step: Step) -> None:
    trials, begin = Trials(ctx.host), time.monotonic()
    try:
        # Only while it is read: a backup of the machine may be made while its older one starts.
        with _kept.locked(trial.wanted.directory, trial.wanted.vm):
            _copy(trial)
        handle = trials.begin(trial.xml)
        step.actions.append(f"start {trial.name}")
        try:
            sign = trials.sign_of_life(handle, trial.wanted.boot_timeout)
        finally:
            trials.end(handle)
            step.actions.append(f"end {trial.name}")
    finally:
        for path in trial.made:
            _files.unlink(path)
    _note(trial, sign, time.monotonic() - begin)


def _copy(trial: Trial) -> None:
    clock = _common.Clock(trial.wanted.timeout)
    for disk in trial.backup.disks:
        place = _free(trial, trial.disks[disk.target][0])
        _images.flatten(os.path.join(trial.source, disk.file), place, disk.format, clock.left())
    for kept, path in ((trial.backup.seed, trial.seed), (trial.backup.nvram, trial.nvram)):
        if kept is not None and path is not None:
            _kept.copy(os.path.join(trial.source, kept.file), _free(trial, path))


def _free(trial: Trial, path: str) -> str:
    """Make room for a copy; what lies there is of a test that was killed, or fails as one that runs."""
    _files.unlink(path)
    trial.made.append(path)
    return path


def _note(trial: Trial, sign: str, seconds: float) -> None:
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    tested = _trial.Tested(now, sign, round(seconds, 1), digest_of(trial.backup))
    path = os.path.join(trial.source, _trial.NOTE)
    with contextlib.suppress(FileNotFoundError):
        os.lstat(trial.source)  # it may have been removed while it started
        _files.replace_file(path, _trial.dump_tested(tested), 0o600)
        return
    raise FuyajoError("the backup was removed while it was tested", FAILED)
