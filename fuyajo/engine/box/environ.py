"""The environment of a run, built from nothing.

ansible-runner writes the whole environment of its process into `artifacts/*/command`, and
bubblewrap shows the one it was started with in `/proc/1/environ`. So nothing is removed here: only
what is listed goes in.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.connect import runtime_directory

# A socket's path has 108 bytes with its final NUL; Ansible adds a slash and ten characters, ssh a
# dot and sixteen more while it binds.
_CONTROL_ROOM = 107 - (1 + 10) - (1 + 16)
_SYSTEM_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"


def scrubbed(
    run: Path, *, ansible_cfg: Path, collections: Path, control: Path, session: bool
) -> dict[str, str]:
    """Everything that a run sees of the outside. `session`: it talks to a user's own libvirt
    daemon.
    """
    environment = {
        # The interpreter's own directory first: ansible-playbook is taken from PATH.
        "PATH": f"{Path(sys.executable).parent}:{_SYSTEM_PATH}",
        "LANG": "C.UTF-8",
        "HOME": str(run / "home"),
        "ANSIBLE_CONFIG": str(ansible_cfg),
        "ANSIBLE_HOME": str(run / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(run / "ansible" / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(control),
        # ansible-runner turns host key checking off unless it is set.
        "ANSIBLE_HOST_KEY_CHECKING": "True",
    }
    if session:
        environment["XDG_RUNTIME_DIR"] = runtime_directory(os.environ)
        # A daemon that libvirt started in here would die with the run, and every VM's connection
        # with it.
        environment["LIBVIRT_AUTOSTART"] = "0"
    return environment


def wants_session(document: Mapping[str, object]) -> bool:
    """Whether the run document's stack lives in a user's own libvirt daemon (the default unless
    root).
    """
    stack = document.get("stack")
    uri = stack.get("uri") if isinstance(stack, Mapping) else None
    if isinstance(uri, str):
        return uri.partition("?")[0].endswith("/session")
    return os.geteuid() != 0


@contextmanager
def control_directory(run: Path) -> Iterator[Path]:
    """A 0700 directory for ssh's control sockets, removed at the end.

    Inside the run when its path is short enough; otherwise a temporary one, which stays behind,
    holding dead sockets at most, when its owner is killed.
    """
    control = run / "cp"
    if len(os.fsencode(control)) <= _CONTROL_ROOM:
        control.mkdir(mode=0o700)
    else:
        control = Path(tempfile.mkdtemp(prefix="fj-", dir="/tmp"))
    try:
        yield control
    finally:
        shutil.rmtree(control, ignore_errors=True)
