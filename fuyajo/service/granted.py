"""What is shared with an actor: read at every look at the host, so it costs next to nothing."""

from __future__ import annotations

from fuyajo.domain.access import Shares, combined
from fuyajo.service.context import Actor
from fuyajo.store.shared import Given, every_share, shared_with


def granted(actor: Actor) -> Shares:
    """By the user's name and by the groups that the operating system has them in."""
    found = shared_with(given(actor), actor.user, lambda: groups_of(actor.user))
    return Shares(actor.user, combined(found))


def given(actor: Actor) -> list[Given]:
    """Every share there is. A home of its own is read without SQLAlchemy; a server by its pool."""
    if actor.settings.database is None:
        return every_share(actor.home.database())
    return actor.shares.every()


def groups_of(user: str) -> frozenset[str]:
    """Names of the groups of an account, its primary one too; nothing for a user that is no account here."""
    import grp
    import os
    import pwd

    try:
        primary = pwd.getpwnam(user).pw_gid
    except KeyError:
        return frozenset()
    names = set()
    for number in os.getgrouplist(user, primary):
        try:
            names.add(grp.getgrgid(number).gr_name)
        except KeyError:  # a number without a name
            continue
    return frozenset(names)
