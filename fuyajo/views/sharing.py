"""Shares as rows and as JSON data."""

from __future__ import annotations

from typing import Any

from fuyajo.service.sharing import Shown


def share_json(one: Shown) -> dict[str, Any]:
    return one._asdict()


def share_rows(shares: list[Shown]) -> list[list[str]]:
    head = ["VM", "OWNER", "WITH", "RIGHTS"]
    return [head] + [[one.vm or one.uuid, one.owner, one.grantee, one.rights] for one in shares]
