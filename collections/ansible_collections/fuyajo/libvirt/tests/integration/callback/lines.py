# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback for tests: one line of JSON for each result."""

from __future__ import annotations

import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: lines
type: stdout
short_description: One line of JSON for each result
description: For tests.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lines"

    def _line(self, result):
        task = getattr(result, "task", None) or result._task
        values = getattr(result, "result", None) or result._result
        print(json.dumps({"task": task.get_name(), "result": values}, default=str))

    def v2_runner_on_ok(self, result):
        self._line(result)

    def v2_runner_on_unreachable(self, result):
        self._line(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._line(result)
