"""Snapshots of several machines, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.snapshots_of_what": "no machine was chosen",
    "hint.snapshots_of_what": "name machines, a request file, an environment or a tag",
    "problem.snapshots_name": "a machine without a name cannot be looked up",
    "hint.snapshots_name": "give it its name: `fuyajo vm list` shows them",
    "problem.no_environment": "none of your machines is in an environment {value}",
    "hint.no_environment": "your environments: {known}",
    "problem.no_tag": "none of your machines has the tag {value}",
    "hint.no_tag": "your tags: {known}",
    "ui.no_snapshots": "There are no snapshots. `fuyajo vm snapshot create NAME` takes one.",
    "ui.snapshot_memory": "{state}, with memory",
    "ui.snapshot_now": "* what the machine does now goes on from this one",
}
