"""English sentences of measured history."""

EN: dict[str, str] = {
    "problem.seconds": "{value} is no number of seconds",
    "hint.seconds": "a whole number from 1 to 3600; 0 measures nothing",
    "problem.history_points": "{value} points are not possible",
    "hint.history_points": "a number from {low} to {high}",
    "problem.history_times": "the time ends before it begins",
    "hint.history_times": "`since` has to be earlier than `until`, and not in the future",
    "ui.nothing_measured": "nothing was measured of {name} in this time: a service measures what runs",
    "ui.metrics_head": "{name}: {since} to {until}, a value for every {step}",
    "ui.metric.cpu": "CPU",
    "ui.metric.memory_used": "memory in use",
    "ui.metric.memory_available": "memory left",
    "ui.metric.disk_read": "disk, read",
    "ui.metric.disk_written": "disk, written",
    "ui.metric.disk_reads": "disk, reads",
    "ui.metric.disk_writes": "disk, writes",
    "ui.metric.net_received": "network, received",
    "ui.metric.net_sent": "network, sent",
    "ui.metric_now": "now",
    "ui.metric_mean": "mean",
    "ui.metric_most": "most",
}
