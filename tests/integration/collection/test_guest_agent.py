"""A playbook, programs and waits in a real guest that has no network at all. It boots once."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import Program
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.agent import AgentError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import Outcome, converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.waits import waiter

from fuyajo.domain.vm_logs import journal_lines
from fuyajo.engine.guest_log import read_journal
from tests.support.images import NAME, ready_store

ROOT = Path(__file__).resolve().parents[3]
URI = "qemu:///system"
MAC = "52:54:00:7a:67:01"
BOOT_SECONDS = 600
pytestmark = [pytest.mark.libvirt, pytest.mark.guest, pytest.mark.slow, pytest.mark.timeout(900)]


class Guest:
    """One machine without a network card, in a pool of its own; everything goes with it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.name = f"tvw-{secrets.token_hex(3)}"
        self.path = Path("/var/lib/libvirt/images") / self.name
        self.handle: Any = None
        self.made = Outcome(False, False)

    def options(self, **more: Any) -> dict[str, Any]:
        """Return the options of `stack`, with more of the machine's own."""
        store = ready_store()
        image = json.loads((store / f"{NAME}.json").read_text(encoding="utf-8"))
        file = store / f"{image['sha256']}.qcow2"
        vm = {"name": self.name, "state": "started", "image": NAME, "nics": [], **more}
        # One processor and little memory: the fewer of the host's cores it wants, the steadier its pace.
        vm.update(cpus=1, memory="512M")
        # Without a card the guest would wait 20 s for a network before it goes on.
        skip = ["systemctl", "stop", "--no-block", "systemd-networkd-wait-online.service"]
        vm["cloud_init"] = {"user": "fuyajo", "user_data": {"bootcmd": [skip]}}
        return {
            "uri": URI,
            "owner": "tvw",
            "accelerator": "tcg",
            "pool": {"name": self.name, "path": str(self.path)},
            "images": [{"name": NAME, "path": str(file), "sha256": image["sha256"]}],
            "vms": [vm],
        }

    def converge(self, networks: Sequence[dict[str, Any]] = (), **more: Any) -> Outcome:
        options = {**self.options(**more), "networks": list(networks)}
        return converge(self.host, wanted_of_all(options), check=False)

    def make(self) -> None:
        """Make, start and wait until cloud-init is done: one call."""
        self.made = self.converge(wait_for="cloud_init", wait_timeout=BOOT_SECONDS)
        assert not self.made.errors, self.made.errors
        self.handle = self.host.find(self.made.vms[self.name]["uuid"])

    def wait(self, wait_for: str, seconds: int) -> dict[str, Any]:
        step = Step("vm", self.name)
        vm = WantedVm(self.name, "started", wait_for=wait_for, wait_timeout=seconds)
        wait = waiter(SimpleNamespace(host=self.host), vm, step)  # type: ignore[arg-type]
        assert wait is not None
        wait(step)
        assert step.waited is not None
        return step.waited

    def run(self, *argv: str, **more: Any) -> str:
        ran = self.host.run_in_guest(self.handle, Program(argv, **more))
        assert ran.code == 0, ran
        return ran.out.decode()

    def clean(self) -> None:
        handle = self.host.lookup(self.name)
        if handle is not None:
            self.host.destroy(handle)
            self.host.undefine(handle)
        network = self.host.network_handle(self.name)
        if network is not None:
            self.host.stop_network(network)
            self.host.undefine_network(network)
        pool = self.host.pool_handle(self.name)
        if pool is not None:
            if self.host.is_active(pool):
                pool.destroy()
            pool.undefine()
        shutil.rmtree(self.path, ignore_errors=True)


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    try:
        host = Host.open(URI)
    except FuyajoError as error:
        pytest.skip(str(error))
    with host:
        made = Guest(host)
        try:
            made.make()
            yield made
        finally:
            made.clean()


@pytest.fixture
def play(guest: Guest, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run tasks in the guest by the real ansible-playbook; return {task name: result}."""

    def run(tasks: list[dict[str, Any]], *, check: bool = True, **variables: Any) -> dict[str, Any]:
        inventory = {"all": {"hosts": {guest.name: {"libvirt_uri": URI, **variables}}}}
        (tmp_path / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
        book = [{"hosts": "all", "gather_facts": False, "tasks": tasks}]
        book[0]["connection"] = "fuyajo.libvirt.guest_agent"
        (tmp_path / "book.json").write_text(json.dumps(book), encoding="utf-8")
        collection = ROOT / "collections/ansible_collections/fuyajo/libvirt"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
            "ANSIBLE_CALLBACK_PLUGINS": str(collection / "tests/integration/callback"),
            "ANSIBLE_STDOUT_CALLBACK": "lines",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
            "ANSIBLE_PIPELINING": "1",
        }
        argv = [Path(sys.executable).parent / "ansible-playbook", "-i", "hosts.json", "book.json"]
        done = subprocess.run(
            argv, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=400
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return {line["task"]: line["result"] for line in lines}

    return run


def task(label: str, module: str, **options: Any) -> dict[str, Any]:
    return {"name": label, f"ansible.builtin.{module}": options}


def test_one_call_makes_it_and_waits(guest: Guest) -> None:
    """What the call that made the machine said of the wait; and the same call again."""
    (vm,) = (result for result in guest.made.results if result["kind"] == "vm")
    print(f"cloud-init done after {vm['waited']['seconds']} s")
    assert guest.made.changed and vm["actions"][-1] == "start"
    waited = {key: vm["waited"][key] for key in ("for", "ready", "seen")}
    assert waited == {"for": "cloud_init", "ready": True, "seen": "cloud-init is done"}
    assert 1 < vm["waited"]["seconds"] <= vm["duration"]
    facts = guest.made.vms[guest.name]
    # The agent was asked as well, and there is no card that it could tell an address of.
    assert (facts["state"], facts["networks"], facts["addresses"]) == ("running", [], [])
    for wait_for, seen in (("agent", "the guest agent answers"), ("cloud_init", waited["seen"])):
        again = guest.converge(wait_for=wait_for, wait_timeout=60)
        assert not again.changed and not again.errors
        assert again.results[-1]["waited"]["seen"] == seen
        assert again.results[-1]["waited"]["seconds"] < 30


def test_its_journal_is_read_through_the_agent(guest: Guest) -> None:
    """`fuyajo vm logs --source journal`: a fixed program, and what it printed as lines with times."""
    uuid = guest.handle.UUIDString()
    everything = journal_lines(read_journal(URI, uuid, False, None))
    assert any("systemd[1]" in line.text for line in everything)
    assert len([line for line in everything if line.at is not None]) > 50
    cloud = journal_lines(read_journal(URI, uuid, True, None))
    assert any("cloud-init" in line.text for line in cloud) and len(cloud) < len(everything)
    guest.run("logger", "-t", "proof", "$(touch /x) \x1b[2J")
    since = max(line.at for line in everything if line.at is not None)
    late = journal_lines(read_journal(URI, uuid, False, since))
    assert any("proof" in line.text and "$(touch /x)" in line.text for line in late)
    assert all(line.text.isprintable() for line in late) and len(late) < len(everything)


def test_a_playbook_runs_without_any_network(guest: Guest, play: Any, tmp_path: Path) -> None:
    """Python takes seconds to start in an emulated guest: few tasks, and each of another kind."""
    assert guest.run("ls", "/sys/class/net").split() == ["lo"]
    raw = os.urandom(1_500_000)
    (tmp_path / "big").write_bytes(raw)
    # As without any settings: files instead of pipelining, and another user who may not read them.
    user = {"vars": {"ansible_pipelining": False}, "become": True, "become_user": "fuyajo"}
    copy = {"src": str(tmp_path / "big"), "dest": "/tmp/big", "mode": "0640"}
    fetch = {"src": "/tmp/big", "dest": f"{tmp_path}/back", "flat": True}
    raw_words = "pwd; echo '$(id)' \"a  b\"; echo no >&2; exit 3"
    begin = time.monotonic()
    results = play(
        [
            {**task("copy", "copy", **copy), **user},
            task("fetch", "fetch", **fetch),
            {"name": "raw", "ansible.builtin.raw": raw_words, "failed_when": False},
        ],
        ansible_libvirt_vm=guest.handle.UUIDString(),
    )
    print(f"three tasks in {time.monotonic() - begin:.1f} s")
    assert results["copy"]["checksum"] == hashlib.sha1(raw).hexdigest()
    assert (results["copy"]["owner"], results["copy"]["mode"]) == ("fuyajo", "0640")
    assert (tmp_path / "back").read_bytes() == raw
    said = results["raw"]
    assert said["stdout"].splitlines() == ["/root", "$(id) a  b"]
    assert (said["rc"], said["stderr"].strip()) == (3, "no")
    # Nothing stays but the two files of the very question.
    assert guest.run("ls", "-A", "/tmp").count(".fuyajo") == 2


def test_problems_of_a_connection_are_sentences(guest: Guest, play: Any) -> None:
    slow = {"name": "slow", "ansible.builtin.raw": "sleep 30"}
    missing = task("fetch", "fetch", src="/no/such", dest="/tmp/x", flat=True)
    results = play(
        [{**slow, "ignore_unreachable": True}, {**missing, "ignore_errors": True}],
        ansible_guest_agent_command_timeout=1,
        check=False,
    )
    assert "it goes on in the guest" in results["slow"]["msg"]
    gone = play([task("ping", "ping")], check=False, ansible_libvirt_vm="no-such")
    assert "has no machine 'no-such'" in gone["ping"]["msg"]


def module(options: dict[str, Any], check: bool = False, called: str = "vm_exec") -> dict[str, Any]:
    """Run a module of ours as ansible does, in a process of its own."""
    arguments = {"ANSIBLE_MODULE_ARGS": {"uri": URI, "_ansible_check_mode": check, **options}}
    name = f"ansible_collections.fuyajo.libvirt.plugins.modules.{called}"
    code = (
        "from ansible.module_utils.testing import patch_module_args; import runpy, json, sys\n"
        f"with patch_module_args(json.load(sys.stdin)['ANSIBLE_MODULE_ARGS']):\n"
        f"    runpy.run_module({name!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(arguments),
        env={**os.environ, "PYTHONPATH": str(ROOT / "collections")},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.stdout.strip().startswith("{"), done.stdout + done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_vm_exec(guest: Guest) -> None:
    words = ["printf", "%s|", "$(id)", "a b", ""]
    ran = module({"vm": guest.name, "argv": words})
    assert (ran["rc"], ran["stdout"], ran["changed"]) == (0, "$(id)|a b||", True)
    assert ran["actions"] == ["run"] and ran["changes"][0]["after"] == words
    assert ran["start"] < ran["end"] and ran["delta"] > 0 and not ran["truncated"]
    options = {
        "vm": guest.handle.UUIDString(),
        "argv": ["sh", "-c", 'read -r x; echo "$x $A" >&2; exit 3'],
        "stdin": "in",
        "env": {"A": "b c"},
    }
    failed = module(options)
    assert (failed["rc"], failed["stderr"], failed["failed"]) == (3, "in b c\n", True)
    assert "ended with 3" in failed["msg"] and failed["changed"]
    assert "no such program" in module({"vm": guest.name, "argv": ["/nope"]})["msg"]
    cut = module({"vm": guest.name, "argv": ["seq", "1000"], "capture_bytes": 5, "timeout": 30})
    assert (cut["stdout"], cut["truncated"]) == ("1\n2\n3"[:5], True)
    raw = {"vm": guest.name, "argv": ["cat"], "stdin": "x", "stdin_add_newline": False}
    assert module(raw)["stdout"] == "x"


def test_vm_exec_once(guest: Guest) -> None:
    once = {"vm": guest.name, "argv": ["touch", "/run/once"], "creates": "/run/once"}
    before = module(once, check=True)
    assert before["changed"] and before["rc"] is None and before["actions"] == []
    made = module(once)
    assert made["changed"] and made["rc"] == 0 and made["changes"] == before["changes"]
    for again in (module(once), module(once, check=True)):
        assert not again["changed"] and "exists in the guest" in again["msg"]
    gone = {"vm": guest.name, "argv": ["rm", "/run/once"], "removes": "/run/once"}
    assert module(gone)["changed"] and not module(gone)["changed"]


def test_a_card_that_is_plugged_in_gets_an_address(guest: Guest) -> None:
    for wait_for in ("address", "ssh"):
        with pytest.raises(FuyajoError, match="no network card"):
            guest.wait(wait_for, 5)
    name = guest.name
    lan = {"name": name, "cidr": f"10.{secrets.randbelow(50) + 200}.7.0/24"}
    card: dict[str, Any] = {"nics": [{"network": name, "mac": MAC}], "wait_timeout": 100}
    try:
        plugged = guest.converge([lan], **card, wait_for="address")
        assert plugged.changed and not plugged.errors, plugged.errors
        lease = plugged.results[-1]["waited"]["seen"]
        assert lease.startswith("lease 10.") and "start" not in plugged.results[-1]["actions"]
        assert f"lease {plugged.vms[name]['address']}" == lease
        ready = guest.converge([lan], **card, wait_for="ssh")
        assert not ready.changed and not ready.errors, ready.errors
        assert ready.results[-1]["waited"]["seen"] == f"{lease}, SSH banner at port 22"
        facts_of_the_card(guest, lease)
    finally:
        # Two calls: a network that a machine still has when a call begins is not removed by it.
        unplugged = guest.converge()
        gone = guest.converge([{**lan, "state": "absent"}])
    assert not unplugged.errors and not unplugged.restart_required
    assert gone.changed and not gone.errors, gone.errors


def facts_of_the_card(guest: Guest, lease: str) -> None:
    """See what vm_info says of a machine with a card, asked in each of its ways."""
    # An address that the guest alone knows of.
    guest.run("ip", "address", "add", "192.0.2.9/32", "dev", "eth0")
    known: dict[str, list[str]] = {}
    for label, options in (
        ("plain", {}),
        ("agent", {"agent": True}),
        ("off", {"addresses": False}),
    ):
        (facts,) = module({"name": guest.name, **options}, called="vm_info")["vms"]
        known[label] = [one["source"] for one in facts["addresses"]]
        if label != "off":
            assert f"lease {facts['address']}" == lease and facts["addresses"][0]["mac"] == MAC
    assert known == {"plain": ["lease"], "agent": ["lease", "agent"], "off": []}


def test_a_frozen_agent_ends_at_its_deadline(guest: Guest) -> None:
    freeze = (
        "(sleep 1; kill -STOP $(pidof qemu-ga); sleep 16; kill -CONT $(pidof qemu-ga)) >&- 2>&- &"
    )
    guest.run("sh", "-c", freeze)
    begin = time.monotonic()
    with pytest.raises(AgentError, match="does not answer"):
        guest.host.run_in_guest(guest.handle, Program(["sleep", "9"]), answer=2)
    with pytest.raises(
        FuyajoError, match=r"not ready \(agent\) within 1 s: the guest agent does not"
    ):
        guest.wait("agent", 1)
    assert time.monotonic() - begin < 16
    assert guest.wait("agent", 100)["ready"]


def test_zz_a_guest_that_blocks_guest_exec_says_so(guest: Guest, play: Any) -> None:
    """Last: the guest cannot be asked anything afterwards."""
    config = "[general]\nblacklist=guest-exec\n"
    guest.run("sh", "-c", "mkdir -p /etc/qemu; cat >/etc/qemu/qemu-ga.conf", stdin=config.encode())
    # Timers are a minute late otherwise.
    exact = ["--timer-property=AccuracySec=100ms"]
    guest.run("systemd-run", "--on-active=1", *exact, "systemctl", "restart", "qemu-guest-agent")
    with guest.host.watching(guest.handle) as watch:
        while guest.host.agent_channel(guest.handle) == "connected":
            assert watch.wait(60)
    guest.wait("agent", 60)
    with pytest.raises(AgentError, match="guest-exec is blocked by the guest's agent config"):
        guest.run("true")
    assert "BLACKLIST_RPC" in play([task("ping", "ping")], check=False)["ping"]["msg"]
    begin = time.monotonic()
    with guest.host.watching(guest.handle):
        guest.host.destroy(guest.handle)
        with pytest.raises(FuyajoError, match="not running: it was destroyed"):
            guest.wait("cloud_init", 60)
    assert time.monotonic() - begin < 30
    with pytest.raises(AgentError, match="not running"):
        guest.run("true")
