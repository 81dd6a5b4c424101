# SPDX-License-Identifier: GPL-3.0-or-later
"""``wait_for`` as people write it: in tasks of `stack` and `vm`, with guests that never answer."""

from __future__ import annotations

import secrets

import pytest

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

URI = "qemu:///system"
SECONDS = 2
ON = {"state": "started", "memory": 64, "image": "tiny"}
# What each machine waits for, and what is said when that does not come.
QUIET = "the guest agent's channel is not connected"
WAITS = {
    "agent": ({"nics": []}, QUIET),
    "cloud_init": ({"nics": []}, f"cloud-init is asked through the guest agent: {QUIET}"),
    "address": ({"forwards": [{"guest": 22}]}, "forwarded port"),
    "ssh": ({"forwards": [{"guest": 22}]}, "forwarded port"),
}


def short(wait_for):
    return wait_for.replace("_", "-")


def machines(**more):
    """Return a machine for everything that can be waited for in vain."""
    waits = {"wait_timeout": SECONDS, **more}
    return [
        {**ON, **options, "name": short(wait_for), "wait_for": wait_for, **waits}
        for wait_for, (options, _words) in WAITS.items()
    ]


def task(label, module, check=False, **options):
    return {
        "name": label,
        f"fuyajo.libvirt.{module}": options,
        "ignore_errors": True,
        "check_mode": check,
    }


def machines_of(result):
    return {each["name"]: each for each in result["results"] if each["kind"] == "vm"}


def power(site):
    return {n: site.host.power(h)[0] for n, h in site.host.domains().items() if site.tag in n}


def runs(site, playbook):
    """Return the results of one playbook: check mode, made, again, check mode again."""
    options = site.options(*machines())
    return playbook(
        [
            task("dry", "stack", True, **options),
            task("made", "stack", **options),
            task("again", "stack", **options),
            task("dry again", "stack", True, **options),
        ]
    )


def test_machines_that_never_answer_are_waited_for_together_and_stay(site, playbook):
    results = runs(site, playbook)
    for label, changed in (("made", True), ("again", False)):
        result = results[label]
        assert result["error_kind"] == "failed" and result["changed"] is changed
        for wait_for, (_options, words) in WAITS.items():
            name = site.name(short(wait_for))
            one, said = machines_of(result)[name], f"not ready ({wait_for}) within {SECONDS} s: "
            assert one["error"].startswith(said + words), one
            assert f"vm {name}: {one['error']}" in result["msg"]
            waited = one["waited"]
            assert (waited["for"], waited["ready"]) == (wait_for, False)
            assert waited["seen"].startswith(words) and waited["seconds"] >= SECONDS - 0.1
            # What was made is told and kept, though the task fails.
            made = ["create " + name + ".qcow2", "define", "start"]
            assert sorted(one["actions"]) == made * changed
            assert bool(one["changes"]) is changed and one["uuid"] is not None
            assert result["vms"][name]["state"] == "running"
            assert result["vms"][name]["uuid"] == one["uuid"]
    assert set(power(site).values()) == {"running"} and len(power(site)) == len(WAITS)
    # One after the other would take the sum.
    took = [one["waited"]["seconds"] for one in machines_of(results["again"]).values()]
    assert results["again"]["duration"] < sum(took) - SECONDS, (results["again"]["duration"], took)
    check_mode_never_waited(results)


def check_mode_never_waited(results):
    for label, changed in (("dry", True), ("dry again", False)):
        assert "error_kind" not in results[label] and results[label]["changed"] is changed
        assert all(one["waited"] is None for one in machines_of(results[label]).values())
    before, after = (machines_of(results[label]) for label in ("dry", "made"))
    keep = ("path", "before", "effect")
    for name, one in before.items():
        told = [[change[key] for key in keep] for change in one["changes"]]
        assert told == [[change[key] for key in keep] for change in after[name]["changes"]]


def test_running_is_at_once_and_what_is_off_is_not_waited_for(site):
    ready = {"wait_for": "running", "wait_timeout": 30, "nics": []}
    vms = [{**ON, **ready, "name": name} for name in ("one", "two")]
    off = {**ON, **ready, "name": "off", "state": "present", "wait_for": "agent"}
    for actions in (3, 0):
        done = site.run(*vms, off)
        assert not done.errors
        for result in done.results[-3:-1]:
            assert len(result["actions"]) == actions
            assert result["waited"]["ready"] and result["waited"]["seen"] == "running"
            assert result["waited"]["seconds"] < 10
        assert done.results[-1]["name"] == site.name("off") and done.results[-1]["waited"] is None
    # It waits after a restart as well.
    done = site.run({**vms[0], "state": "restarted", "wait_for": "agent", "wait_timeout": 1})
    (result,) = (each for each in done.results if each["kind"] == "vm")
    assert QUIET in result["error"] and result["actions"][-1] == "start"
    assert done.changed and done.vms[site.name("one")]["state"] == "running"


def test_a_guest_that_asks_for_no_address(site):
    """On a real network with its own dnsmasq: the machine and the network come from the same call."""
    lan = {"name": site.name("net"), "cidr": f"10.199.{secrets.randbelow(250)}.0/24"}
    vm = {**ON, "name": "mute", "nics": [{"network": lan["name"]}], "wait_timeout": 1}
    try:
        for wait_for in ("address", "ssh"):
            done = site.run(dict(vm, wait_for=wait_for), networks=[lan])
            (facts,) = done.vms.values()
            words = (
                f"not ready ({wait_for}) within 1 s: no lease yet (network {lan['name']}, 52:54:"
            )
            assert words in done.errors[0] and len(done.errors) == 1
            assert done.changed is (wait_for == "address") and facts["state"] == "running"
            assert facts["addresses"] == [] and facts["address"] is None
    finally:
        gone = {"name": "mute", "state": "absent", "remove_storage": True}
        done = site.run(gone, networks=[{**lan, "state": "absent"}], images=[])
    assert not done.errors, done.errors


def test_one_machine(site, playbook):
    """The module of one machine waits as well; what can never come is refused before anything is made."""
    vm = {"uri": URI, "owner": "tc", "accelerator": "tcg", "name": site.name("idle")}
    vm.update(state="started", memory=64, shutdown_timeout=0)
    results = playbook(
        [
            task("never", "vm", **vm, nics=[], wait_for="address"),
            task("no channel", "vm", **vm, guest_agent=False, wait_for="cloud_init"),
            task("running", "vm", **vm, wait_for="running", wait_timeout=30),
            task("ssh", "vm", **vm, wait_for="ssh", wait_timeout=30),
        ]
    )
    assert "wait_for: address needs a card, and nics is empty" in results["never"]["msg"]
    assert "wait_for: cloud_init needs guest_agent" in results["no channel"]["msg"]
    for label in ("never", "no channel"):
        assert results[label]["error_kind"] == "invalid" and not results[label]["changed"]
    made, refused = results["running"], results["ssh"]
    assert made["changed"] and made["results"][-1]["waited"]["ready"]
    assert made["vm"]["state"] == "running" and "error_kind" not in made
    # Nobody said which cards it has, so this shows at the first look, and not only when the time is up.
    assert "no port 22 is forwarded, so nobody can log in" in refused["msg"]
    assert refused["results"][-1]["waited"]["seconds"] < 10 and not refused["changed"]
    assert refused["vm"]["state"] == "running"
