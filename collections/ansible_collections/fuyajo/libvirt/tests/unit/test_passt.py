# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""passt is asked about only where it could work: libvirt also offers it where the program is missing."""

from __future__ import annotations

import shutil

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host


class Connection:
    """What is asked of a connection here: its version."""

    def __init__(self, version: int) -> None:
        self.version = version

    def getLibVersion(self) -> int:  # noqa: N802 - libvirt's name
        return self.version


@pytest.mark.parametrize(
    ("version", "program", "uri", "asked"),
    [
        (11_003_000, "/usr/bin/passt", "qemu:///system", True),
        (11_003_000, None, "qemu:///system", False),
        (9_000_000, "/usr/bin/passt", "qemu:///system", False),
        # Another machine's programs cannot be seen from here; its libvirt has the last word.
        (11_003_000, None, "qemu+ssh://far/system", True),
    ],
)
def test_passt_needs_a_libvirt_that_reports_it_and_the_program(
    version: int, program: str | None, uri: str, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: program)
    assert Host(Connection(version), uri).knows_passt() is asked
