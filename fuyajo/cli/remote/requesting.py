"""A request document → a plan: `fuyajo.service.requesting`."""

from __future__ import annotations

import json
from typing import Any

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.planned import planned_of
from fuyajo.cli.remote.server import Server
from fuyajo.service import requesting
from fuyajo.service.documents import config_from_text, data_from_text
from fuyajo.service.planning import Planned


@like(requesting.from_text)
def from_text(server: Server, text: str, is_json: bool, source: str) -> Planned:  # noqa: ARG001
    """Sent as it was understood, right or wrong: the service tells its problems together with its host's."""
    data = data_from_text(text, is_json)
    if data is None or not _is_json(data):
        config_from_text(text, is_json)  # which says what is wrong
    return planned_of(server, server.post("/plans", {"config": data}))


def _is_json(data: Any) -> bool:
    try:
        json.dumps(data, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
