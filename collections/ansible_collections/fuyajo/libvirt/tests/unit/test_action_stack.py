# SPDX-License-Identifier: GPL-3.0-or-later
"""When `stack` may run inside Ansible's worker: only where a module would be the very same."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from ansible_collections.fuyajo.libvirt.plugins.action.stack import ActionModule


class Templar:
    """Interpreters in these tests are plain texts."""

    def template(self, value):
        return value


def is_here(transport="local", interpreter=sys.executable, **task):
    """Ask the plugin about a task that differs from the plain one in the given ways."""
    plain = {"async_val": 0, "become": False, "environment": None}
    plugin = ActionModule(
        task=SimpleNamespace(**{**plain, **task}),
        connection=SimpleNamespace(transport=transport),
        play_context=None,
        loader=None,
        templar=Templar(),
        shared_loader_obj=None,
    )
    return plugin._is_here({"ansible_python_interpreter": interpreter})


def test_the_plain_local_task_is():
    assert is_here()
    assert is_here(environment=[{}])


@pytest.mark.parametrize(
    "different",
    [
        {"transport": "ssh"},
        {"transport": "fuyajo.libvirt.guest_agent"},
        {"interpreter": None},
        {"interpreter": "auto_silent"},
        {"interpreter": "/usr/bin/another-python"},
        {"become": True},
        {"async_val": 60},
        {"environment": [{"LIBVIRT_AUTH_FILE": "/x"}]},
    ],
    ids=str,
)
def test_a_module_is_sent_wherever_it_would_be_another(different):
    assert not is_here(**different)
