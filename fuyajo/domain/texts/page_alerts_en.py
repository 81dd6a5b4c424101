"""The page of alerts, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "page.alerts.alerts": "Alerts",
    "page.alerts.what": (
        "Looked at after every round of measuring; each says once that it fires, and once that it is over."
    ),
    "page.alerts.none": "No alert yet.",
    "page.alerts.rule": "Rule",
    "page.alerts.about": "Machines",
    "page.alerts.all": "all that you see",
    "page.alerts.stands": "Fires for",
    "page.alerts.told": "Who is told",
    "page.alerts.log": "log of the service",
    "page.alerts.new": "New alert",
    "page.alerts.metric": "What is measured",
    "page.alerts.metric_cpu": "Processors",
    "page.alerts.metric_memory": "Memory in use",
    "page.alerts.metric_disk_read": "Read from disks",
    "page.alerts.metric_disk_written": "Written to disks",
    "page.alerts.metric_net_received": "Received",
    "page.alerts.metric_net_sent": "Sent",
    "page.alerts.metric_disk_taken": "Taken of the pool",
    "page.alerts.metric_down": "It does not run",
    "page.alerts.side": "When it is",
    "page.alerts.side_above": "above",
    "page.alerts.side_below": "below",
    "page.alerts.threshold": "Threshold",
    "page.alerts.units": (
        "Per cent for processors (100: all that it has) and memory, bytes for what is taken of the pool, "
        "bytes per second for the others; nothing has to be said of a machine that does not run."
    ),
    "page.alerts.lasting": "For so many minutes",
    "page.alerts.clear": "Over at",
    "page.alerts.clear_lasting": "For so many minutes",
    "page.alerts.clear_how": "Nothing said: over at the threshold. Farther away it does not flutter.",
    "page.alerts.vms": "Machines",
    "page.alerts.tags": "Tags",
    "page.alerts.names_how": "Several with commas between them; with neither it is about all that you see.",
    "page.alerts.severity": "How bad",
    "page.alerts.severity_info": "note",
    "page.alerts.severity_warning": "warning",
    "page.alerts.severity_critical": "critical",
    "page.alerts.add": "Add the alert",
    "page.alerts.fires": "Fires: {what}",
    "page.house.done_alert_added": "The alert is there.",
    "page.house.done_alert_removed": "The alert is gone.",
    "page.house.done_alert_enabled": "The alert speaks again.",
    "page.house.done_alert_disabled": "The alert says nothing any more.",
    "problem.alert_number": "{value} is no number",
    "hint.alert_number": "for example 70, or leave it out",
}
