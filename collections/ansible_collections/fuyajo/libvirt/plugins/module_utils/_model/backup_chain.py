# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How backups hang together: what an incremental one needs, and what may go. Pure."""

from __future__ import annotations

from typing import Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import Backup

Backups = Mapping[str, Backup]


def chain_of(backups: Backups, name: str) -> list[Backup]:
    """Return a backup and everything below it, the full one first.

    Raises ValueError when a link is missing.
    """
    chain: list[Backup] = []
    here: str | None = name
    while here is not None:
        found = backups.get(here)
        if found is None:
            raise ValueError(f"the backup {here} is missing, which {chain[-1].name} lies on")
        if found in chain or (chain and found.uuid != chain[0].uuid):
            raise ValueError(f"{chain[-1].name} lies on {here}, which cannot be")
        chain.append(found)
        here = found.parent
    return chain[::-1]


def children(backups: Backups, name: str) -> list[str]:
    """Return the names of the backups that lie directly on one."""
    return sorted(each.name for each in backups.values() if each.parent == name)


def newest(backups: Backups, uuid: str) -> Backup | None:
    """Return the latest backup of a machine, or None."""
    mine = [each for each in backups.values() if each.uuid == uuid]
    return max(mine, key=lambda each: each.created, default=None)


def chains(backups: Backups, uuid: str) -> list[list[str]]:
    """Return a machine's complete chains, oldest first; each lists a full backup, then its heirs.

    What lies on something that is missing is in none of them: nobody deletes it unasked.
    """
    heads: dict[str, list[Backup]] = {}
    for each in backups.values():
        if each.uuid == uuid:
            try:
                heads.setdefault(chain_of(backups, each.name)[0].name, []).append(each)
            except ValueError:
                continue
    ordered = [sorted(found, key=lambda each: each.created) for found in heads.values()]
    ordered.sort(key=lambda found: found[0].created)
    return [[each.name for each in found] for found in ordered]


def surplus(backups: Backups, uuid: str, keep: int | None, comes: bool) -> list[str]:
    """Return what goes so that ``keep`` chains stay, in an order in which nothing loses its parent.

    ``comes`` says that one more full backup is being made, which counts.
    """
    if keep is None:
        return []
    found = chains(backups, uuid)
    going = found[: max(0, len(found) + int(comes) - keep)]
    return [name for chain in going for name in reversed(chain)]
