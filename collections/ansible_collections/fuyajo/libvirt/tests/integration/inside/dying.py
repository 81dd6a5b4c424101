# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `converge` and die of SIGKILL at one moment: `python dying.py MOMENT` with options on stdin.

Options that have a list `trash` are those of vm_trash, all others those of `stack`.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import qemu_layers as _layers
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

# {moment: (whose call, which call, what it must be about, before or after the call)}
MOMENTS = {
    "base half copied": (os, "replace", "base-", "before"),
    "before define": (Host, "define", "", "before"),
    "define": (Host, "define", "", "after"),
    "disk": (Host, "make_volume", ".qcow2", "after"),
    "seed volume": (Host, "make_volume", ".seed.iso", "after"),
    "seed half written": (os, "replace", ".seed.iso", "before"),
    "seed": (_files, "replace_file", ".seed.iso", "after"),
    "mark cleared": (Host, "set_meta", "", "after"),
    "start": (Host, "start", "", "after"),
    "stop": (Host, "stop", "", "after"),
    "mark": (Host, "set_meta", "moving='", "after"),
    "autostart": (Host, "set_autostart", "", "after"),
    "before rename": (Host, "rename", "", "before"),
    "rename": (Host, "rename", "", "after"),
    "first file": (os, "rename", "", "after"),
    "last file": (_files, "sync_path", "", "after"),
    "redefine": (Host, "redefine", "", "after"),
    "layer": (_layers, "rename_below", "", "after"),
    "refresh": (Host, "refresh_pool", "", "after"),
    "before the end": (Host, "set_meta", "moving=None", "before"),
    "end": (Host, "set_meta", "moving=None", "after"),
    "before out of the trash": (Host, "set_meta", "trashed=None", "before"),
    "out of the trash": (Host, "set_meta", "trashed=None", "after"),
    "purge": (Host, "set_meta", "moving='gone'", "after"),
    "before undefine": (Host, "undefine", "", "before"),
    "delete": (Host, "delete_volume", "", "after"),
}


def arm(moment: str) -> None:
    owner, name, about, when = MOMENTS[moment]
    really = getattr(owner, name)

    def call(*arguments, **more):
        meant = about in " ".join(map(str, arguments))
        if meant and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = really(*arguments, **more)
        if meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, call)


if __name__ == "__main__":
    arm(sys.argv[1])
    options = json.load(sys.stdin)
    with Host.open(options["uri"]) as host:
        trash = Wanted.parse(options, [trash_kind.KIND]) if "trash" in options else None
        converge(host, trash or wanted_of_all(options), check=False)
