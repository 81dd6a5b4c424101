# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module `stack` without a module's start, where the controller is the place it would run anyway.

Packing a module, starting Python and compiling it anew takes longer than making a machine. So on a local
connection, as the same user and with the same interpreter, the same code runs in Ansible's own worker.
In every other case the module is sent as usual.
"""

from __future__ import annotations

import gc
import os
import sys

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase


class _Ended(Exception):
    """What a module does by leaving its process."""

    def __init__(self, result):
        super().__init__()
        self.result = result


class _Here:
    """As much of an AnsibleModule as the ends in ``_rim`` use."""

    def __init__(self, params, check_mode):
        self.params, self.check_mode = params, check_mode
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)

    def exit_json(self, **values):
        raise _Ended(self._with_warnings(values))

    def fail_json(self, **values):
        raise _Ended(self._with_warnings({**values, "failed": True}))

    def _with_warnings(self, values):
        return {**values, "warnings": self.warnings} if self.warnings else values


class ActionModule(ActionBase):
    """Runs here when that is the same, and as a module otherwise."""

    _supports_async = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        """Return the module's result."""
        result = super().run(tmp, task_vars)
        if not self._is_here(task_vars or {}):
            wrapped = bool(self._task.async_val)
            done = self._execute_module(task_vars=task_vars, wrap_async=wrapped)
        else:
            done = self._run_here()
        result.update(done)
        return result

    def _is_here(self, task_vars):
        """Say whether a module would be this user's, on this machine, with this interpreter."""
        if getattr(self._connection, "transport", None) != "local" or self._task.async_val:
            return False
        if self._task.become or self._task.environment not in (None, [], [{}]):
            return False
        asked = self._templar.template(task_vars.get("ansible_python_interpreter"))
        if not asked or asked.startswith("auto"):
            return False
        return _same_interpreter(asked)

    def _run_here(self):
        # This worker ends with the task, and what is read in now stays until then: collecting garbage
        # meanwhile is a fifth of the start and finds none.
        gc.disable()
        # Imported late: Ansible loads every action plugin of a play, used or not.
        from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import ALL
        from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.ends import run_stack
        from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_stack import (
            stack_spec,
        )

        checked = ArgumentSpecValidator(stack_spec()).validate(self._task.args)
        if checked.error_messages:
            return {"failed": True, "msg": "; ".join(_said(error) for error in checked.errors)}
        here = _Here(checked.validated_parameters, self._task.check_mode)
        try:
            run_stack(here, ALL)
        except _Ended as ended:
            return ended.result
        raise AssertionError("run_stack does not return")


def _said(error):
    """Return a problem with the arguments in a module's words."""
    if isinstance(error, UnsupportedError):
        return f"Unsupported parameters for (fuyajo.libvirt.stack) module: {error.msg}"
    return error.msg


def _same_interpreter(asked):
    """Compare without following links: a virtual environment is a link to a bare interpreter."""
    return os.path.abspath(os.path.expanduser(asked)) == os.path.abspath(sys.executable)
