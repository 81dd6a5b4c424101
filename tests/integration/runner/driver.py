"""One run, told on standard output: a line per event, then the outcome. The request: stdin."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fuyajo.engine.runner import Event, RunInterrupted, RunRequest, run

PATHS = ("directory", "playbook", "inventory", "ansible_cfg")


def main() -> int:
    raw: dict[str, Any] = json.loads(sys.stdin.readline())
    request = RunRequest(**{**raw, **{key: Path(raw[key]) for key in PATHS}})

    def tell(event: Event) -> None:
        print(event.to_json(), flush=True)

    try:
        ended = run(request, tell)
    except RunInterrupted as stop:
        print(json.dumps(json.loads(stop.outcome.to_json())), flush=True)
        return 130
    print(json.dumps(json.loads(ended.to_json())), flush=True)
    assert "ansible_runner" not in sys.modules
    return 0


if __name__ == "__main__":
    sys.exit(main())
