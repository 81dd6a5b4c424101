"""What the playbook does with snapshots, and when: the order is the promise."""

from __future__ import annotations

from typing import Any

import yaml

from fuyajo.engine import paths

SNAPSHOT, STACK = "fuyajo.libvirt.vm_snapshot", "fuyajo.libvirt.stack"
TRASH = "fuyajo.libvirt.vm_trash"


def tasks() -> list[dict[str, Any]]:
    plays = yaml.safe_load(paths.playbook("provision").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = plays[0]["tasks"]
    return found


def test_snapshots_come_before_everything_and_reverts_after_what_stops() -> None:
    order = [
        (module, task[module].get("state"))
        for task in tasks()
        for module in (SNAPSHOT, TRASH, STACK)
        if module in task
    ]
    assert order == [
        (SNAPSHOT, "present"),
        (TRASH, "{{ item.state }}"),  # its names may be taken anew, and what comes back be started
        (STACK, None),
        (SNAPSHOT, "reverted"),
        (
            SNAPSHOT,
            "absent",
        ),  # last: nothing brings it back, so nothing of it happens after a failure
    ]


def test_what_a_snapshot_is_called_is_an_option_and_nothing_else() -> None:
    every = [task for task in tasks() if SNAPSHOT in task]
    for task in every:
        assert set(task) == {"name", SNAPSHOT, "loop", "loop_control"}
        assert task[SNAPSHOT]["uuid"] == "{{ item.uuid }}", "bound to the machine of the plan"
    take, *others = ({**task[SNAPSHOT], "state": None} for task in every)
    assert others == [take, take], "what is tried with one holds for the others"


def test_the_trash_is_bound_to_the_machine_of_the_plan() -> None:
    (task,) = [task for task in tasks() if TRASH in task]
    assert set(task) == {"name", TRASH, "loop", "loop_control"}
    assert task[TRASH]["uuid"] == "{{ item.uuid }}"
