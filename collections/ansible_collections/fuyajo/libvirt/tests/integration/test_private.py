# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault table: every case in `inside`, each file on a private libvirtd."""

from __future__ import annotations

import functools
import importlib.util
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("private", Path(__file__).with_name("private.py"))
private = importlib.util.module_from_spec(_SPEC)
sys.modules["private"] = private
_SPEC.loader.exec_module(private)

FILES = sorted(path.name for path in private.INSIDE.glob("cases_*.py"))
CASES = [(name, case) for name in FILES for case in private.cases(name)]

# One private libvirtd serves a whole file: the first of its tests waits for all of them.
pytestmark = [pytest.mark.libvirt, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="session")
def in_private(request):
    """Run the chosen cases of a file, once; return how each went."""
    reason = private.reason_against()
    if reason is not None:
        pytest.skip(reason)
    chosen: dict[str, list[str]] = {}
    for item in request.session.items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if item.function is test_case:
            chosen.setdefault(parameters["file"], []).append(parameters["case"])

    @functools.lru_cache(None)
    def run(file):
        return private.results(file, chosen[file])

    return run


@pytest.mark.parametrize(("file", "case"), CASES)
def test_case(in_private, file, case):
    result = in_private(file)[case]
    if result.outcome == "skipped":
        pytest.skip(result.text)
    assert result.outcome == "passed", result.text
