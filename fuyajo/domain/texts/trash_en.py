"""The trash and undo, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    # --- problems --------------------------------------------------------------------------------
    "problem.not_in_trash": "there is no {value} in your trash",
    "hint.not_in_trash": "`fuyajo trash list` shows what is",
    "problem.trash_many": "more than one {value} is in the trash: {known}",
    "hint.trash_many": "say which one by that name",
    "problem.recover_taken": "{value} cannot come back: its name is taken again",
    "hint.recover_taken": "delete that machine first, or leave this one in the trash as {kept}",
    "problem.trash_full": "other runs came between: the trash has no room for {wanted} GiB more, "
    "{left} of {limit} GiB are left",
    "hint.trash_full": "plan again, which says what has to leave it for that: `fuyajo plan --again {plan}`",
    "problem.confirm_trash": "this puts {value} into the trash, where it is kept until {until}",
    "hint.confirm_trash": "look at the plan, then run `fuyajo apply {plan} --yes`",
    "problem.undo_running": "the run {value} goes on still",
    "hint.undo_running": "wait for it, or stop it with `fuyajo run cancel {value}`, then undo it",
    "problem.undo_nothing": "the run {value} carried out no plan, so there is nothing to undo",
    "hint.undo_nothing": "`fuyajo run list` shows the others",
    "problem.undo_no_plan": "the plan {plan} of the run {value} is not kept any more",
    "hint.undo_no_plan": "ask for what you want to have with `fuyajo plan`",
    "problem.undo_impossible": "nothing of the run {value} can be undone",
    "hint.undo_impossible": "ask for what you want to have with `fuyajo plan`",
    # --- the plan --------------------------------------------------------------------------------
    "ui.field.kept": "in trash until",
    "ui.field.until": "kept until",
    "ui.field.since": "in trash since",
    "ui.field.trash_gib": "disk",
    "ui.risk.delete": "deletes machines; they are kept in the trash",
    "ui.undo": "undo",
    "ui.undo.no": "no: {why}",
    "ui.undo.part": "in part: {why}",
    "ui.undo_all": "All of it can be undone afterwards.",
    "ui.undo_some": "The rest can be undone afterwards.",
    "ui.confirm_trash": "This puts {names} into the trash until {until}.",
    "ui.confirm_purge": "This ends {names} in the trash for good.",
    # --- results ---------------------------------------------------------------------------------
    "ui.trashed": "{name} is in the trash until {until}; back with: fuyajo trash restore {name}",
    "ui.undo_with": "Undo it:   fuyajo undo {id}",
    "ui.trash_empty": "Your trash is empty.",
    "ui.trash_expired": "{count} of them are no longer promised to be kept. "
    "End them:  fuyajo trash empty --expired",
    "ui.expired": "over",
    "ui.undo_nothing": "Nothing to undo: all is as it was before the run {id}.",
    "ui.undo_left": "This stays as the run {id} left it:",
    # --- why something cannot be undone ----------------------------------------------------------
    "undo.network": "a network stays",
    "undo.trash": "it comes back from the trash",
    "undo.purged": "its disks are gone for good",
    "undo.emptied": "it is not in the trash any more",
    "undo.taken": "its name is taken again; it stays in the trash as {kept}",
    "undo.reverted": "what it was before going back to the snapshot is lost",
    "undo.since_snapshot": "only to the last snapshot before it; what came after that is lost",
    "undo.adopted": "what was adopted is what is wanted now",
    "undo.disk": "a disk never shrinks",
    "undo.configured": "what was set up inside the guest stays",
    "undo.power": "it was neither on nor off before",
    "undo.gone": "the machine is not there any more",
    "undo.another": "another machine has that name now",
    "undo.unknown": "nobody knows whether this machine is the one that the run made",
    "undo.moved": "{key} was changed again since, to {now}",
}
