"""Where the shipped Ansible content lives: the repository in development, the wheel's shared data
otherwise.

Everything returned is absolute. Nothing is created and nothing is searched for in the current
directory.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

Playbook = Literal["provision", "facts", "backup", "hypervisor", "deploy"]

_PACKAGE = Path(__file__).resolve().parent.parent


def content_root() -> Path:
    """The directory that holds `playbooks/`, `inventory/` and `ansible.cfg`."""
    return _root_for(_PACKAGE, Path(sys.prefix))


def playbook(name: Playbook) -> Path:
    """A playbook of ours by its name; callers never pass paths."""
    return content_root() / "playbooks" / f"{name}.yml"


def inventory() -> Path:
    """The embedded default inventory: this machine only."""
    return content_root() / "inventory" / "local.yml"


def ansible_cfg() -> Path:
    """The one configuration file; the ones in the home, in /etc and in the current directory do not
    count.
    """
    return content_root() / "ansible.cfg"


def collections_path() -> Path:
    """The directory that holds `ansible_collections/fuyajo`."""
    return _collections_for(_PACKAGE)


def _root_for(package: Path, prefix: Path) -> Path:
    beside = package.parent
    return beside if (beside / "playbooks").is_dir() else prefix / "share" / "fuyajo"


def _collections_for(package: Path) -> Path:
    in_repository = package.parent / "collections"
    # In the wheel both packages lie next to each other in site-packages.
    return in_repository if (in_repository / "ansible_collections").is_dir() else package.parent
