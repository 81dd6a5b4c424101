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
    "problem.vm_log_guest": "the guest does not say: {detail}",
    "hint.vm_log_guest": "it has to run, with systemd and qemu-guest-agent; `--source runs` needs neither",
    "page.logs.logs": "Logs",
    "page.logs.of": "Logs of {name}",
    "page.logs.source": "Who wrote it",
    "page.logs.source_runs": "your runs",
    "page.logs.source_qemu": "QEMU on the host",
    "page.logs.source_journal": "the guest's journal",
    "page.logs.source_cloud-init": "cloud-init in the guest",
    "page.logs.grep": "With this text",
    "page.logs.lines": "Lines",
    "page.logs.show": "Show",
    "page.logs.none": "No such lines.",
    "page.logs.more": "Older lines are left out.",
    "page.logs.guest": "What a guest says is what whoever is root in there wants it to.",
}
