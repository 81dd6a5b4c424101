"""`GET /vms` with 500 domains, against the bulk call of libvirt that reads them all.

All of them belong to who asks, so that nothing is left out of the answer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import libvirt
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.metadata import Meta
from measure import Site, report, site, spread, verdict
from service_place import serving

DOMAINS, ROUNDS, USER = 500, 40, "mika"
XML = """
<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/var/lib/libvirt/images/{name}.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='user'><model type='virtio'/></interface>
    <serial type='pty'/>
  </devices>
</domain>
"""


def main(count: int = DOMAINS) -> None:
    with site() as here, Host.open(here.uri) as host, defined(here, host, count, USER):
        environ = {**here.environ(), "FUYAJO_BACKEND": "rules"}
        with serving(environ, "--no-worker") as service:
            headers = service.user(USER)
            with service.client(headers) as client:
                answered = client.get("/vms").json()
                if len(answered) != count:
                    raise SystemExit(f"{len(answered)} machines of {count}")
                raw, bare, asked = [], [], []
                for _ in range(ROUNDS):
                    raw.append(_timed(lambda: bulk(host.conn)))
                    bare.append(_timed(lambda: _documents(host.conn)))
                    asked.append(_timed(lambda: client.get("/vms").raise_for_status()))
    floor = median(raw)
    report(
        f"GET /api/v1/vms with {count} domains",
        f"The bulk call is getAllDomainStats with six groups; {ROUNDS} rounds in turns; "
        "median (least–most) in seconds.",
        [
            ["", "seconds", "ratio", "target"],
            ["libvirt's bulk call", spread(raw), "1", ""],
            ["the same and each definition", spread(bare), f"{median(bare) / floor:.2f}", ""],
            [
                "GET /vms",
                spread(asked),
                f"{median(asked) / floor:.2f}",
                verdict(median(asked) / floor, 3),
            ],
        ],
    )


def _timed(work: Any) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def bulk(conn: Any) -> None:
    """What libvirt tells of all domains at once."""
    wanted = (
        libvirt.VIR_DOMAIN_STATS_STATE
        | libvirt.VIR_DOMAIN_STATS_CPU_TOTAL
        | libvirt.VIR_DOMAIN_STATS_BALLOON
        | libvirt.VIR_DOMAIN_STATS_VCPU
        | libvirt.VIR_DOMAIN_STATS_INTERFACE
        | libvirt.VIR_DOMAIN_STATS_BLOCK
    )
    conn.getAllDomainStats(wanted)


def _documents(conn: Any) -> None:
    """What whoever wants to know owners has to read: metadata is in no bulk call."""
    for domain, _ in conn.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE):
        domain.XMLDesc(0)


@contextmanager
def defined(here: Site, host: Host, count: int, owner: str) -> Iterator[None]:
    """So many machines of theirs, never started; gone afterwards."""
    made = []
    try:
        for number in range(count):
            domain = host.conn.defineXML(XML.format(name=f"{here.tag}-{number}"))
            made.append(domain)
            meta = Meta(owner=owner, template="basic-server")
            host.set_meta(domain, meta, config=True, live=False)
        yield
    finally:
        for domain in made:
            domain.undefine()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
