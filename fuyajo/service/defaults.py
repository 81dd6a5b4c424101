"""Where things are when nobody said it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SYSTEM = "qemu:///system"
SESSION = "qemu:///session"


def home_of(environ: Mapping[str, str]) -> Path:
    """Where everything of ours lies."""
    said = environ.get("FUYAJO_HOME")
    return Path(said).expanduser().absolute() if said else _data_home(environ) / "fuyajo"


def _data_home(environ: Mapping[str, str]) -> Path:
    said = environ.get("XDG_DATA_HOME", "")
    return Path(said) if said.startswith("/") else Path.home() / ".local" / "share"


def pool_path_of(uri: str, environ: Mapping[str, str]) -> Path:
    """Beside libvirt's own default pools: QEMU of the system daemon cannot enter a home directory."""
    if uri == SESSION:
        return _data_home(environ) / "libvirt" / "images" / "fuyajo"
    return Path("/var/lib/libvirt/images/fuyajo")
