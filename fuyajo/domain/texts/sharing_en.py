"""Quota claims, ownership and sharing, in English."""

from __future__ import annotations

EN: dict[str, str] = {
    "problem.claims_open": "runs that go on have claimed a part of it: {runs}",
    "hint.claims_open": "wait until they are over (`fuyajo run list`), then apply again",
    "problem.host_memory": "{wanted} MiB more memory is more than this host has: "
    "{left} of {limit} MiB are left for all users together",
    "hint.host_memory": "stop a VM or ask for less; who keeps the host may raise `overcommit_memory`",
    "problem.host_disk": "{wanted} GiB more disk is more than the pool may promise: "
    "{left} of {limit} GiB are left for all users together",
    "hint.host_disk": "delete a VM or ask for less; who keeps the host may raise `overcommit_disk`",
    "problem.overcommit": "{value} is no number of times from 0.1 to 100",
    "hint.overcommit": "1 gives away just what there is, 4 four times as much",
    "problem.ownership_unknown": "the metadata of {value} says that it is {owner}'s, "
    "and nothing else says so: Fuyajo's database does not know it",
    "hint.ownership_unknown": "look at it (`fuyajo vm show {value}`), "
    "then adopt it: `fuyajo doctor --repair-ownership`",
    "problem.ownership_disagrees": "the metadata of {value} says that it is {owner}'s, "
    "Fuyajo's database says {known}'s",
    "hint.ownership_disagrees": "nothing is destroyed until both agree. When the metadata is right, say so: "
    "`fuyajo doctor --believe-metadata {value}`",
    "problem.leftover_foreign": "the disk called {value} was not yours",
    "hint.leftover_foreign": "whose it was can remove it",
    "problem.shared_read": "{value} is {owner}'s and is shared with you to look at",
    "hint.shared_read": "ask {owner} for more: `fuyajo share {value} YOU --operate`",
    "problem.shared_operate": "{value} is {owner}'s: you may operate it, "
    "but “{op}” is for its owner alone",
    "hint.shared_operate": "ask {owner}",
    "problem.mixed_owners": "one plan is about the VMs of one owner, this one of {value}",
    "hint.mixed_owners": "make a plan for each",
    "problem.shared_unsaid": "{value} is {owner}'s. Is it meant?",
    "hint.shared_unsaid": "Say it with its name.",
    "problem.grantee": "{value} is neither a user nor a group",
    "hint.grantee": "a user is written `hanako`, a group of this machine `@staff`",
    "problem.grantee_self": "{value} is you",
    "hint.grantee_self": "name somebody else, or a group: `@staff`",
    "problem.grantee_unknown": "this machine knows no {value}",
    "hint.grantee_unknown": "`getent passwd` lists the users, `getent group` the groups",
    "problem.not_shared": "{value} is not shared with {grantee}",
    "hint.not_shared": "`fuyajo share list` shows what is",
    "problem.everyone_here": "the domains of everybody are shown only to who sits at this host",
    "hint.everyone_here": "leave that option out",
    "ui.shared": "{vm} is shared with {grantee}: {rights}",
    "ui.unshared": "{vm} is not shared with {grantee} any more",
    "ui.no_shares": "Nothing is shared. Share a VM:  fuyajo share hello hanako",
    "ui.rights.read": "may look at it",
    "ui.rights.operate": "may operate it (start, stop, restart, resize, snapshot)",
    "ui.of_owner": "{owner}'s",
    "ui.adopted": "adopted: {names}",
    "ui.nothing_to_adopt": "Nothing is missing: the database knows all of your VMs.",
    "ui.believed": "{name} is yours in the database as well.",
    "ui.confirm_believe": "The database says that {name} is somebody else's. Type its name to make it yours",
    "doctor.ownership.known": "metadata and database agree about all {count} of your VMs",
    "doctor.ownership.unknown": "the database does not know: {names}; they cannot be deleted",
    "doctor.ownership.disagrees": "the metadata of {name} names you, the database names {known}",
}
