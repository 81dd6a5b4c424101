"""Drift and import, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.plan_stale_added": "{key} was not there when this plan was shown and is {after} now",
    "hint.plan_stale_added": "make the plan again and look at it",
    "problem.plan_stale_removed": "{key} was {before} when this plan was shown and is gone now",
    "hint.plan_stale_removed": "make the plan again and look at it",
    "problem.drift_gone": "it is gone: nothing of ours removed it",
    "hint.drift_gone": "plan it again from its env.yml, or `fuyajo drift forget` it",
    "problem.drift_there": "it is there: only what is gone can be forgotten",
    "hint.drift_there": "`fuyajo drift adopt` takes it as it is",
    "problem.drift_new": "no baseline yet: no run of ours left it in a known state",
    "hint.drift_new": "`fuyajo drift adopt {vm}` takes it as it is",
    "problem.drift_shrink": "{key} was {before} and is {after}: a disk only grows, its data could be cut off",
    "hint.drift_shrink": "`fuyajo drift adopt {vm}`, or move the data to a new VM",
    "problem.drift_restart": (
        "{key} was {before} and is {after} until the next restart; a restart would also "
        "bring in what waits for it"
    ),
    "hint.drift_restart": "settle what waits for the restart first, then `fuyajo vm restart {vm}`",
    "problem.drift_nic": "{key} was “{before}” and is “{after}”: Fuyajo has no operation for network cards",
    "hint.drift_nic": (
        "`virsh domiflist {vm}` lists them; `virsh attach-interface` and `virsh "
        "detach-interface` with --config change them"
    ),
    "problem.drift_disk": "{key} was “{before}” and is “{after}”: Fuyajo has no operation for this disk",
    "hint.drift_disk": (
        "`virsh domblklist {vm}` lists them; `virsh attach-disk` and `virsh detach-disk` "
        "with --config change them"
    ),
    "problem.drift_text": "{key} was “{before}” and is “{after}”: Fuyajo does not write it",
    "hint.drift_text": "`virsh desc {vm} --config` (with --title for the title) changes it",
    "problem.drift_other": "{key} was “{before}” and is “{after}”: Fuyajo has no operation for it",
    "hint.drift_other": "`virsh edit {vm}` changes the definition",
    "ui.drift.none": "No drift: everything is as Fuyajo left it.",
    "ui.drift.empty": "You have no VMs, and none is missing.",
    "ui.drift.since": "as left on {time}",
    "ui.drift.same": "as left",
    "ui.drift.drift": "drift",
    "ui.drift.new": "no baseline yet",
    "ui.drift.gone": "gone",
    "ui.drift.by_hand": "changed by hand",
    "ui.drift.pending": "pending restart",
    "ui.drift.live_only": "live only",
    "ui.drift.power": "power",
    "ui.drift.now": "now {value}",
    "ui.drift.way.resize": "revert: resize",
    "ui.drift.way.start": "revert: start",
    "ui.drift.way.stop": "revert: stop",
    "ui.drift.way.restart": "revert: restart",
    "ui.drift.way.none": "revert: not by Fuyajo",
    "ui.drift.next": (
        "What is there is right: `fuyajo drift adopt {names}`   Put back: `fuyajo drift "
        "revert {names}`"
    ),
    "ui.drift.left": "What stays as it is:",
    "ui.drift.forgotten": "Forgotten: {names}",
    "ui.drift.apply": "Carry it out: fuyajo apply {plan}",
    "ui.field.baseline": "baseline",
    "ui.field.owner": "owner",
    "ui.field.template": "template",
    "ui.field.spec_digest": "digest of the request",
    "problem.import_ownerless": "nobody owns {value}",
    "hint.import_ownerless": "`fuyajo import --adopt {value}` makes a plan that makes it yours",
    "problem.import_own": "{value} is yours already",
    "hint.import_own": "`fuyajo import {value}` writes it down",
    "problem.import_name": "a request cannot say the name {value}",
    "hint.import_name": "names are lower case letters, digits and hyphens; `virsh domrename` gives it one",
    "problem.import_state": "it is {state}: a request can only say running or stopped",
    "hint.import_state": "start or stop it first",
    "problem.import_size": "its {key} is {value}: a request says {low} to {high}",
    "hint.import_size": "a plan that resizes it, or `virsh edit {vm}`",
    "problem.import_template": "its template is {value}, which is not in the catalogue",
    "hint.import_template": "`fuyajo template list` shows what there is",
    "problem.import_configured": "its template was never applied to the end: a plan of it has work to do",
    "hint.import_configured": "finish it with `fuyajo apply`, or stop it first",
    "problem.import_changes": "a plan of it would not be empty: {detail}",
    "hint.import_changes": "`fuyajo drift {vm}` and `fuyajo vm show {vm}` tell what it is",
    "problem.import_many": "{value} VMs in one file; a request holds {limit}",
    "hint.import_many": "import them in several files",
    "problem.import_file": "{value} is there already",
    "hint.import_file": "choose another name; nothing is overwritten",
    "ui.import.written": "Written: {file} ({count} VMs). It plans to no changes: fuyajo plan -f {file}",
    "ui.import.explain": (
        "Nobody owns these. The plan writes into their metadata that they are yours, of the "
        "template {template}, imported: Fuyajo never logs in to them, and nothing else about "
        "them changes. Then `fuyajo import {names}` writes them down."
    ),
    "ui.import.comment": "Written by `fuyajo import`: these machines as they are.",
    "ui.import.vars": "options of its template were said when it was made; a machine does not keep them",
    "ui.import.imported": "not made by Fuyajo: no template is applied in it",
    "ui.import.more": "also has {what}, which a request cannot say",
}
