"""What machines use now, in the text format of Prometheus. Names are labels: whatever they say is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from fuyajo.domain.history import METRICS
from fuyajo.service.gauging import Gauged

#: Of each of `METRICS` its name here, what it is, and what makes its base unit of ours.
FAMILIES: dict[str, tuple[str, str, float]] = {
    "cpu": ("cpu_usage_ratio", "Share of all of its processors, 0 to 1", 0.01),
    "memory_used": ("memory_used_bytes", "Memory that it uses", 1),
    "memory_available": ("memory_available_bytes", "Memory that is left of what it may have", 1),
    "disk_read": ("disk_read_bytes_per_second", "Read from its disks", 1),
    "disk_written": ("disk_written_bytes_per_second", "Written to its disks", 1),
    "disk_reads": ("disk_reads_per_second", "Reads from its disks", 1),
    "disk_writes": ("disk_writes_per_second", "Writes to its disks", 1),
    "net_received": ("network_received_bytes_per_second", "Received by its network cards", 1),
    "net_sent": ("network_sent_bytes_per_second", "Sent by its network cards", 1),
    "disk_taken": ("disk_taken_bytes", "What its first disk takes on the host", 1),
    "cpus": ("cpus", "Processors that it runs with", 1),
}
PREFIX = "fuyajo_machine_"
LABELS = ("machine", "uuid", "owner")
ABOUT = (*LABELS, "host", "template", "environment")


@dataclass(frozen=True, eq=False)  # the registry keeps it by what it is
class _Machines(Collector):
    found: Sequence[Gauged]

    def collect(self) -> Iterator[Metric]:
        up = _family("up", "1: it runs", LABELS)
        about = _family("info", "Always 1; what is known of it is in the labels", ABOUT)
        moment = _family("measured_timestamp_seconds", "When it was measured", LABELS)
        for one in self.found:
            named = _labels(one, LABELS)
            up.add_metric(named, float(one.machine.running))
            about.add_metric(_labels(one, ABOUT), 1.0)
            if one.at is not None:
                moment.add_metric(named, float(one.at))
        yield from (up, about, moment)
        yield from map(self._measured, METRICS)

    def _measured(self, key: str) -> Metric:
        name, help_text, factor = FAMILIES[key]
        family = _family(name, help_text, LABELS)
        for one in self.found:
            if key in one.values:
                family.add_metric(_labels(one, LABELS), one.values[key] * factor)
        return family


def gauges_text(found: Sequence[Gauged]) -> bytes:
    """As Prometheus reads it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Machines(found))
    return generate_latest(registry)


def _family(name: str, about: str, labels: Sequence[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, about, labels=labels)


def _labels(one: Gauged, names: Sequence[str]) -> list[str]:
    """What is no text (half of a pair of surrogates) cannot be sent, and becomes a question mark."""
    machine = one.machine
    said = {
        "machine": machine.name,
        "uuid": machine.uuid,
        "owner": machine.owner,
        "host": machine.host,
        "template": machine.template,
        "environment": machine.environment,
    }
    return [(said[name] or "").encode("utf-8", "replace").decode("utf-8") for name in names]
