"""What was written about a machine, in English."""

from __future__ import annotations

EN = {
    "problem.vm_log_elsewhere": "QEMU's log of {value} lies on another host ({uri})",
    "hint.vm_log_elsewhere": "on that host: `fuyajo vm logs {value} --source qemu`",
    "problem.vm_log_unreadable": "{file} cannot be read: {detail}",
    "hint.vm_log_unreadable": "an administrator can: `sudo cat {file}`; what runs said needs no such right: "
    "`fuyajo vm logs NAME --source runs`",
    "ui.vm_log_none": "no such lines",
    "ui.vm_log_more": "these are the last {count}; `--tail` shows more",
}
