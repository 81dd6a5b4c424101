"""All benches of the service, one after the other: `python bench/service.py [NAME …]`."""

from __future__ import annotations

import sys

import service_crowd
import service_listeners
import service_soak
import service_start
import service_vms

BENCHES = {
    "start": service_start.main,
    "vms": service_vms.main,
    "listeners": service_listeners.main,
    "crowd": service_crowd.main,
    "soak": service_soak.main,
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        raise SystemExit(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    for name in names or BENCHES:
        BENCHES[name]()
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
