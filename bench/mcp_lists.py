"""`list_vms` with 500 domains, through `fuyajo mcp`, against the bulk call of libvirt that reads them all.

The client is the SDK's own, over standard input and output; a call is a whole `tools/call`, until its answer
is checked against its schema. A page has at most 100 machines, so the whole list is five calls. Nothing is
set aside but the limits on an assistant that runs in circles.
"""

from __future__ import annotations

import os
import pwd
import sys
import time
from collections.abc import Mapping
from typing import Any

import anyio
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from measure import ROOT, report, site, verdict, wall
from service_vms import DOMAINS, bulk, defined

from fuyajo.mcp.tools.reading import MOST_VMS

ROUNDS = 200
START = (
    "from fuyajo.mcp import limits\n"
    "limits.MOST_CALLS = limits.MOST_SAME_READS = 1 << 30\n"
    "from fuyajo.cli.main import main\n"
    "main(['mcp', '--read-only'])"
)
PAGE = {"limit": MOST_VMS}
Times = dict[str, list[float]]


def main(count: int = DOMAINS, rounds: int = ROUNDS) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    with site() as here, Host.open(here.uri) as host, defined(here, host, count, me):
        server = StdioServerParameters(
            command=sys.executable, args=["-c", START], env=here.environ(), cwd=ROOT
        )
        found = anyio.run(_measured, server, host.conn, count, rounds)
    _told(count, rounds, found)


async def _measured(server: StdioServerParameters, conn: Any, count: int, rounds: int) -> Times:
    """Seconds of each, in turns."""
    found: Times = {"bulk": [], "page": [], "all": []}
    async with Client(stdio_client(server)) as client:
        seen = await _listed(client)
        if seen < count:
            raise SystemExit(f"{seen} machines of {count}")
        for _ in range(rounds):
            found["bulk"].append(wall(lambda: bulk(conn)))
            begin = time.perf_counter()
            await _asked(client, PAGE)
            found["page"].append(time.perf_counter() - begin)
            begin = time.perf_counter()
            await _listed(client)
            found["all"].append(time.perf_counter() - begin)
    return found


async def _listed(client: Client) -> int:
    """How many machines all pages have, one after the other."""
    page = await _asked(client, PAGE)
    seen = len(page["vms"])
    while "next_cursor" in page:
        page = await _asked(client, {**PAGE, "cursor": page["next_cursor"]})
        seen += len(page["vms"])
    return seen


async def _asked(client: Client, arguments: Mapping[str, Any]) -> dict[str, Any]:
    answer = await client.call_tool("list_vms", dict(arguments))
    if answer.is_error or not isinstance(answer.structured_content, dict):
        raise SystemExit(f"list_vms: {answer.content}")
    return answer.structured_content


def _told(count: int, rounds: int, found: Times) -> None:
    middle = {name: sorted(times)[len(times) // 2] for name, times in found.items()}
    pages = -(-count // MOST_VMS)

    def row(name: str, label: str, target: str = "") -> list[str]:
        times = sorted(found[name])
        cells = (middle[name], times[0], times[len(times) * 95 // 100])
        ratio = f"{middle[name] / middle['bulk']:.2f}"
        return [label, *(f"{1000 * one:.1f}" for one in cells), ratio, target]

    report(
        f"list_vms with {count} domains, a tools/call over standard input and output",
        f"The bulk call is getAllDomainStats with six groups; {rounds} rounds in turns; milliseconds.",
        [
            ["", "p50", "least", "p95", "ratio", "target"],
            row("bulk", "libvirt's bulk call"),
            row(
                "page",
                f"one call, {MOST_VMS} machines",
                verdict(middle["page"] / middle["bulk"], 3),
            ),
            row("all", f"all {count}, {pages} calls", verdict(middle["all"] / middle["bulk"], 3)),
        ],
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
