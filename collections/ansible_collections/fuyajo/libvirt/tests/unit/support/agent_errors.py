# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors as libvirt raises them about a guest's agent."""

from __future__ import annotations

import pytest

libvirt = pytest.importorskip("libvirt")


class Refused(libvirt.libvirtError):
    """An error as libvirt would raise it."""

    def __init__(self, text, code=libvirt.VIR_ERR_INTERNAL_ERROR, domain=libvirt.VIR_FROM_QEMU):
        super().__init__(text)
        # What this thread's last real error said does not belong here.
        self.args = (text,)
        self.err = (code, domain, text, 2, None, None, None, 0, 0)


def said(text):
    """Return libvirt's error for what an agent refused in these words."""
    return Refused(
        f"internal error: unable to execute QEMU agent command 'guest-exec': {text}",
    )
