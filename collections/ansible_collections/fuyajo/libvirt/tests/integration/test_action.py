# SPDX-License-Identifier: GPL-3.0-or-later
"""`stack` in Ansible's worker and `stack` as a module are the same to whoever uses it."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


def stack(label, as_module, **options):
    """Return a task. An environment, even an empty one, is what a module is needed for."""
    task = {"name": label, "fuyajo.libvirt.stack": options, "ignore_errors": True}
    return {**task, "environment": {"ANY": "thing"}} if as_module else task


def shape(result):
    """What a user sees, without times and without the lines that Ansible adds to a module's result."""
    kept = {
        k: v for k, v in result.items() if k not in ("duration", "invocation", "_ansible_no_log")
    }
    kept["results"] = [{**r, "duration": 0} for r in result.get("results", [])]
    return kept


@pytest.mark.parametrize("check", [True, False])
def test_both_ways_give_the_same(site, playbook, check):
    options = site.options({"name": "web", "state": "stopped", "memory": "128M", "cpus": 2})
    words = ("--check", "--diff") if check else ()
    results = playbook([stack("here", False, **options), stack("sent", True, **options)], *words)
    assert "invocation" not in results["here"] and "invocation" in results["sent"]
    here, sent = shape(results["here"]), shape(results["sent"])
    if check:
        assert here == sent and here["changed"]
    else:
        assert here["changed"] and not sent["changed"]
        assert here["vms"] == sent["vms"] and sorted(here) == sorted(sent)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vms": [{"name": "web", "cpus": "many"}]}, "cpus"),
        ({"vms": [{"name": "Web"}]}, "is no name"),
        ({"nonsense": 1}, "nonsense"),
        ({"uri": "qemu+unix:///system?socket=/nonexistent"}, "cannot connect"),
    ],
)
def test_both_ways_refuse_the_same(site, playbook, change, words):
    options = {**site.options(), **change}
    results = playbook([stack("here", False, **options), stack("sent", True, **options)])
    for result in results.values():
        assert words in result["msg"], result
