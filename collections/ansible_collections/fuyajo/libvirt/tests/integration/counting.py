# SPDX-License-Identifier: GPL-3.0-or-later
"""How many calls to libvirt something takes: every one of them is a round trip to the daemon."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

import libvirt
import libvirtmod

# These ask the object in this process.
_LOCAL = ("GetName", "GetUUIDString", "GetUUID", "GetConnect", "Free", "Ref", "GetID", "ErrorFunc")


@contextlib.contextmanager
def calls_of(_host) -> Iterator[Counter]:
    """Count the calls of this process while the block runs, by their names without ``vir...``."""
    counted: Counter = Counter()
    really = {}

    def counting(name, function):
        def call(*arguments):
            counted[name] += 1
            return function(*arguments)

        return call

    for name in dir(libvirtmod):
        function = getattr(libvirtmod, name)
        plain = name.removeprefix("virDomain").removeprefix("virConnect").removeprefix("virStorage")
        if not name.startswith(("virDomain", "virConnect", "virStorage", "virNode", "virNetwork")):
            continue
        if callable(function) and not plain.endswith(_LOCAL):
            really[name] = function
            setattr(libvirt.libvirtmod, name, counting(plain[:1].lower() + plain[1:], function))
    try:
        yield counted
    finally:
        for name, function in really.items():
            setattr(libvirt.libvirtmod, name, function)
