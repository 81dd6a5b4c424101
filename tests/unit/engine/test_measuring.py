"""What libvirt says of running machines, as counters; whose they are; and a host that goes away."""

from __future__ import annotations

import time
from typing import Any

import libvirt
import pytest

from fuyajo.domain.errors import Unavailable
from fuyajo.engine import measuring
from fuyajo.engine.measuring import Meter, counters, memory

SAID = {
    "vcpu.current": 2,
    "cpu.time": 9_000,
    "balloon.current": 1000,
    "balloon.rss": 400,
    "block.count": 2,
    "block.0.rd.bytes": 10,
    "block.1.rd.bytes": 20,
    "block.0.wr.bytes": 1,
    "net.count": 0,
}


def test_counters_are_of_all_devices() -> None:
    found = counters(3, 5.0, SAID)
    assert (found.life, found.seconds, found.cpus, found.cpu_ns) == (3, 5.0, 2, 9_000)
    assert (found.disk_read, found.disk_written, found.disk_reads) == (30, 1, None)
    assert (found.net_received, found.net_sent) == (0, 0)


def test_a_busy_machine_says_less() -> None:
    found = counters(3, 5.0, {})
    assert found[3:] == (None,) * 10


def test_memory_is_the_guests_word_while_it_is_fresh() -> None:
    guest = {"balloon.available": 900, "balloon.usable": 600, "balloon.unused": 100}
    fresh = SAID | guest | {"balloon.last-update": 1000}
    assert memory(fresh, 1060) == (300 * 1024, 600 * 1024)
    del fresh["balloon.usable"]
    assert memory(fresh, 1060) == (800 * 1024, 100 * 1024)
    assert memory(fresh, 9999) == (400 * 1024, 600 * 1024)
    assert memory(SAID, 1060) == (400 * 1024, 600 * 1024)
    assert memory({"balloon.current": 1000, "balloon.rss": 1200}, 0) == (1000 * 1024, 0)


class Driver:
    """Machines of a host that counts what it is asked."""

    def __init__(self, *ours: str) -> None:
        self.ours, self.there, self.asked = set(ours), ["a", "b", "c"], 0

    def measures(self) -> list[Any]:
        return [(uuid, uuid, 1, SAID) for uuid in self.there]

    def is_ours(self, handle: str) -> bool:
        self.asked += 1
        return handle in self.ours


def test_others_machines_are_left_out_and_owners_asked_for_slowly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver, meter = Driver("a", "c"), Meter("x")
    monkeypatch.setattr(meter, "_connected", lambda: driver)
    assert sorted(meter.round()) == ["a", "c"]
    assert driver.asked == 3
    driver.ours = {"b"}
    rounds = [sorted(meter.round()) for _ in range(3)]
    assert rounds[-1] == ["b"] and driver.asked == 6
    driver.there = ["b", "d"]
    assert sorted(meter.round()) == ["b"]


def test_a_real_driver() -> None:
    """libvirt's own: the call and its flags are what it takes; nothing there is ours."""
    meter = Meter("test:///default")
    host = libvirt.open("test:///default")
    try:
        assert meter.round() == {}
        assert meter._ours
    finally:
        meter.close()
        host.close()


def test_a_host_that_is_not_there() -> None:
    meter = Meter("qemu+unix:///system?socket=/nonexistent/socket")
    began = time.monotonic()
    with pytest.raises(Unavailable):
        meter.round()
    assert time.monotonic() - began < measuring.FRESH


def test_what_a_disk_takes_is_known_where_it_grows() -> None:
    grows = {"block.0.physical": 300, "block.0.capacity": 1000, "block.1.physical": 7}
    assert counters(3, 5.0, SAID | grows).disk_taken == 300
    assert counters(3, 5.0, SAID | grows | {"block.0.physical": 1010}).disk_taken == 1010
    assert counters(3, 5.0, SAID | grows | {"block.0.physical": 1000}).disk_taken is None
