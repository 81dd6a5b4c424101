"""What a guest's journal says, through its agent: a fixed program, a deadline, a bound."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import Program
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

from fuyajo.domain.errors import Conflict, Problem, shown

MOST_BYTES = 1024 * 1024
MOST_LINES = 10_000
RUN_SECONDS, ANSWER_SECONDS = 20.0, 10.0
# `--all`: lines with colours in them are told as well; what is no text becomes inert here.
_ALWAYS = ("journalctl", "--no-pager", "--quiet", "--all", "--utc", "-o", "short-iso-precise")
#: The units of cloud-init, old and new.
_CLOUD_INIT = ("local", "main", "network")
_UNITS = ("cloud-init", "cloud-config", "cloud-final", *(f"cloud-init-{u}" for u in _CLOUD_INIT))


def read_journal(uri: str, uuid: str, cloud_init: bool, since: datetime | None) -> str:
    """The end of it. Raises `Conflict` where nobody answers, or the guest has no such thing."""
    words = [*_ALWAYS, "-n", str(MOST_LINES)]
    if since is not None:
        words.append(f"--since=@{int(since.timestamp())}")
    if cloud_init:
        words += [f"--unit={unit}.service" for unit in _UNITS]
    program = Program(words, env=["LC_ALL=C"], seconds=RUN_SECONDS, most=MOST_BYTES)
    try:
        with Host.open(uri) as host:
            handle = host.find(uuid)
            if handle is None or not host.is_active(handle):
                raise _silent("the machine does not run")
            ran = host.run_in_guest(handle, program, ANSWER_SECONDS)
    except FuyajoError as error:
        raise _silent(str(error)) from error
    if ran.code != 0:
        said = ran.err.decode("utf-8", "replace").strip() or f"exit code {ran.code}"
        raise _silent(f"journalctl: {said}")
    return ran.out.decode("utf-8", "replace")


def _silent(detail: str) -> Conflict:
    """The host is there; it is the machine's state that speaks against it."""
    return Conflict(Problem("", "vm_log_guest", {"detail": shown(detail, 200)}))
