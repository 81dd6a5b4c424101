# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes and base images with who needs them, for the modules that only read."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.uses import Uses


def list_volumes(host: Host, pool: str | None, name: str | None) -> list[dict[str, Any]]:
    """Return the facts of volumes of running pools, and who needs them; by pool and name."""
    uses, found = Uses(host), []
    for facts in host.all_volumes(pool):
        if name in (None, facts["name"]):
            facts["users"] = uses.of(facts["pool"], facts["name"], facts["path"])
            found.append(facts)
    return found


def list_images(host: Host, pool: str, unused: bool | None) -> list[dict[str, Any]]:
    """Return the facts of the base images of a pool, and who needs them; by name."""
    found = []
    for volume in list_volumes(host, pool, None):
        if not _storage.is_base(volume["name"]):
            continue
        facts = {key: volume[key] for key in ("pool", "path", "users")}
        facts["volume"] = volume["name"]
        facts["sha256_prefix"] = volume["name"][len("base-") : -len(".qcow2")]
        facts["capacity_bytes"] = volume["capacity_bytes"]
        facts["allocation_bytes"] = volume["allocation_bytes"]
        facts["unused"] = not volume["users"]
        # A killed upload leaves a file without its beginning, which no qcow2 is.
        facts["unfinished"] = volume["format"] != "qcow2"
        if unused in (None, facts["unused"]):
            found.append(facts)
    return found
