# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of backups elsewhere, encrypted, as `converge` sees them."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import backup_files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.restic import Vault
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_copy as _copy
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import ID as _ID
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import Backup, digest_of
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    DESTROY,
    LIVE,
    Change,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FAILED,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common as _common
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind

COPY_STATES = ("present", "fetched", "verified", "absent")


@dataclass
class WantedCopy:
    """The copy of one backup."""

    name: str
    vm: str
    directory: str
    repository: str
    password_file: str
    credentials_file: str | None = None
    state: str = "present"
    timeout: int = 86400

    def vault(self) -> Vault:
        """Return the repository, with a clock that begins now."""
        clock = _common.Clock(self.timeout)
        return Vault(self.repository, self.password_file, self.credentials_file, clock.left)


def parse_copy(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedCopy:
    """Return the checked form of one copy."""
    name = raw.get("name")
    if not (isinstance(name, str) and _ID.fullmatch(name)):
        check.problem(f"{at}.name", f"{name!a:.60} is no name (letters, digits, _ and -)")
    paths = {key: check.path(f"{at}.{key}", raw.get(key)) for key in _PATHS}
    repository = raw.get("repository")
    problems = [f"{key}: is required" for key in ("directory", "password_file") if not raw.get(key)]
    problems += repository_problems(repository, raw.get("credentials_file"))
    for problem in problems:
        check.problem(f"{at}.{problem.partition(': ')[0]}", problem.partition(": ")[2])
    return WantedCopy(
        name=str(name),
        vm=check.name(f"{at}.vm", raw.get("vm")),
        directory=paths["directory"] or "",
        repository=str(repository),
        password_file=paths["password_file"] or "",
        credentials_file=paths["credentials_file"],
        state=check.choice(f"{at}.state", raw.get("state"), COPY_STATES) or "present",
        timeout=check.between(f"{at}.timeout", raw.get("timeout"), 1, 604800) or 86400,
    )


_PATHS = ("directory", "password_file", "credentials_file")


def repository_problems(repository: Any, credentials: Any) -> list[str]:
    """Return what is wrong with the words for a repository, each with the option before a colon."""
    if not isinstance(repository, str) or not _copy.is_repository(repository):
        text = "must be an absolute path, or s3:https://HOST/BUCKET"
        return [f"repository: {repository!a:.80} {text}"]
    if repository.startswith("s3:") and not credentials:
        return ["credentials_file: is required for a bucket (an AWS shared credentials file)"]
    return []


def list_copies(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return {copies} of a repository; raises one FuyajoError for all problems. Needs no libvirt."""
    check = Checker()
    password = check.path("password_file", options.get("password_file")) or ""
    credentials = check.path("credentials_file", options.get("credentials_file"))
    repository = options.get("repository")
    check.problems += repository_problems(repository, credentials)
    seconds = check.between("timeout", options.get("timeout"), 1, 604800) or 3600
    if check.problems:
        raise FuyajoError("; ".join(check.problems), INVALID)
    vault = Vault(str(repository), password, credentials, _common.Clock(seconds).left)
    known = vault.copies()
    wanted = {key: options[key] for key in ("vm", "owner") if options.get(key) is not None}
    mine = [c for c in known if all(getattr(c, key) == said for key, said in wanted.items())]
    return {"copies": [facts_of(known, copy) for copy in mine]}


def facts_of(known: list[_copy.Copy], copy: _copy.Copy) -> dict[str, Any]:
    """Return what is told about a copy; its chain is empty when a link is missing."""
    try:
        chain = [link.name for link in _copy.chain_of(known, copy)]
    except ValueError:
        chain = []
    facts = asdict(copy)
    facts["size_bytes"] = facts.pop("bytes")
    return {**facts, "chain": chain}


def plan_copy(ctx: Context, wanted: WantedCopy) -> Step:
    """Return the step for one copy; reads only."""
    if not ctx.host.is_local:
        raise FuyajoError(
            f"backups are files of the hypervisor: run this there, not over {ctx.host.uri}", INVALID
        )
    known = wanted.vault().copies()
    if wanted.state == "present":
        return _plan_present(ctx, wanted, known)
    copy = _copy.find(known, wanted.vm, wanted.name, ctx.wanted.owner)
    if wanted.state == "absent":
        return _plan_absent(wanted, known, copy)
    if copy is None:
        raise FuyajoError(
            f"there is no copy of {wanted.name} of {wanted.vm} in {wanted.repository}", NOT_FOUND
        )
    try:
        chain = _copy.chain_of(known, copy)
    except ValueError as error:
        raise FuyajoError(f"the copy of {wanted.name} cannot be used: {error}", FAILED) from None
    if wanted.state == "verified":
        return _plan_verified(wanted, known, copy, chain)
    return _plan_fetched(ctx, wanted, known, chain)


def _plan_present(ctx: Context, wanted: WantedCopy, known: list[_copy.Copy]) -> Step:
    _common.require_directory(wanted.directory)
    shelf = _files.read_shelf(wanted.directory, wanted.vm)
    backup = _common.require(shelf, wanted.name, ctx.wanted.owner)
    chain = _common.chain_in(shelf, backup)
    there = {copy.digest: copy for copy in known if copy.owner == ctx.wanted.owner}
    missing = [link for link in chain if digest_of(link) not in there]
    step = Step("backup_copy", wanted.name, backup.uuid)
    found = there.get(digest_of(backup))
    step.facts = facts_of(known, found) if found is not None else None
    if missing:
        names = [link.name for link in missing]
        step.changes = [Change("copies", [], names, LIVE)]
        step.apply = lambda done: _store(wanted, backup, missing, done)
        step.read = lambda: _read(ctx, wanted)
    return step


def _store(wanted: WantedCopy, backup: Backup, missing: list[Backup], step: Step) -> None:
    """The oldest first, so that a copy never lies on something that is not there."""
    vault = wanted.vault()
    with _files.locked(wanted.directory, wanted.vm) as path:
        shelf = _files.read_shelf(wanted.directory, wanted.vm)
        _common.verify(shelf, backup, _common.Clock(wanted.timeout))
        vault.unlock()
        for link in missing:
            vault.store(os.path.join(path, link.name), link, _copy.copy_of(link))
            step.actions.append(f"copy {link.name}")


def _read(ctx: Context, wanted: WantedCopy) -> dict[str, Any] | None:
    known = wanted.vault().copies()
    copy = _copy.find(known, wanted.vm, wanted.name, ctx.wanted.owner)
    return None if copy is None else facts_of(known, copy)


def _plan_verified(
    wanted: WantedCopy, known: list[_copy.Copy], copy: _copy.Copy, chain: list[_copy.Copy]
) -> Step:
    vault = wanted.vault()
    for link in chain:
        for kept in (whole := vault.metadata(link)).files():
            if vault.read(link, kept.file, None) != (kept.bytes, kept.sha256):
                raise FuyajoError(f"the copy of {whole.name} is damaged: {kept.file}", FAILED)
    return Step("backup_copy", wanted.name, copy.uuid, facts=facts_of(known, copy))


def _plan_fetched(
    ctx: Context, wanted: WantedCopy, known: list[_copy.Copy], chain: list[_copy.Copy]
) -> Step:
    _common.require_directory(wanted.directory)
    shelf = _files.read_shelf(wanted.directory, wanted.vm)
    missing = []
    for link in chain:
        there = _common.find(shelf, link.name, ctx.wanted.owner)
        if there is None:
            missing.append(link)
        elif digest_of(there) != link.digest:
            raise FuyajoError(
                f"{os.path.join(shelf.path, link.name)} is another backup of that name", CONFLICT
            )
    step = Step("backup_copy", wanted.name, chain[-1].uuid, facts=facts_of(known, chain[-1]))
    if missing:
        step.changes = [Change("fetched", [], [link.name for link in missing], LIVE)]
        step.apply = lambda done: _fetch(wanted, missing, done)
    return step


def _fetch(wanted: WantedCopy, missing: list[_copy.Copy], step: Step) -> None:
    vault = wanted.vault()
    with _files.locked(wanted.directory, wanted.vm) as path:
        _files.sweep(path)
        for link in missing:
            backup = vault.metadata(link)
            part = _files.begin(path, link.name)
            try:
                for kept in backup.files():
                    said = vault.read(link, kept.file, os.path.join(part, kept.file))
                    if said != (kept.bytes, kept.sha256):
                        raise FuyajoError(
                            f"the copy of {link.name} is damaged: {kept.file}", FAILED
                        )
                _files.finish(path, part, backup)
            except BaseException:
                _files.forget(part)
                raise
            step.actions.append(f"fetch {link.name}")


def _plan_absent(wanted: WantedCopy, known: list[_copy.Copy], copy: _copy.Copy | None) -> Step:
    step = Step("backup_copy", wanted.name)
    if copy is None:
        return step
    heirs = _copy.heirs_of(known, copy)
    if heirs:
        raise FuyajoError(
            f"the copy of {copy.name} is what {', '.join(heirs)} lies on; remove that first",
            CONFLICT,
        )
    step.uuid, step.facts = copy.uuid, facts_of(known, copy)
    step.read = lambda: None
    step.changes = [Change("state", "present", "absent", DESTROY)]
    step.apply = lambda done: _remove(wanted, copy, done)
    return step


def _remove(wanted: WantedCopy, copy: _copy.Copy, step: Step) -> None:
    vault = wanted.vault()
    vault.unlock()
    vault.forget(copy)
    step.actions.append(f"delete the copy of {copy.name}")


KIND = Kind("backup_copy", "backup_copies", 61, parse_copy, plan_copy)
