"""Other tools that make machines, each in the way its users do. They install into a cache of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from machines import SEED, Machines
from measure import ROOT

PACKAGES = ("ansible", "lxml", "pycdlib", "virt-lightning", "kcli", "libvirt-python")
OTHER_POOL = Path("/var/lib/virt-lightning/pool/upstream")
CACHE = Path(os.environ.get("FUYAJO_TEST_CACHE") or ROOT / ".cache") / "bench-peers"


@dataclass(frozen=True)
class Peer:
    """A tool. ``command(count, start)`` writes its files and returns what to run for so many machines."""

    name: str
    command: Callable[[int, bool], list[list[str]]]
    environ: dict[str, str]
    can_only_define: bool = False


def install() -> Path | None:
    """Return the environment of the peers from PyPI, made when it is missing; None when that fails."""
    python = CACHE / "bin" / "python"
    if (CACHE / "complete").exists():
        return CACHE / "bin"
    uv = shutil.which("uv")
    if uv is None:
        return None
    steps = [
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(CACHE)],
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *PACKAGES],
    ]
    for step in steps:
        if subprocess.run(step, check=False).returncode != 0:
            return None
    (CACHE / "complete").touch()
    return CACHE / "bin"


def remove_traces() -> None:
    """Remove the directories that one of the peers wanted outside of the bench, when they are empty."""
    for directory in (OTHER_POOL, *list(OTHER_POOL.parents)[:2]):
        with suppress(OSError):
            directory.rmdir()


def all_peers(machines: Machines) -> tuple[list[Peer], list[str]]:
    """Return (peers that can be measured here, why others cannot)."""
    found, missing = [], []
    place = install()
    if place is None:
        missing.append("community.libvirt, virt-lightning, kcli: not to be had from PyPI")
    else:
        found += [community(machines, place), kcli(machines, place), lightning(machines, place)]
    if shutil.which("virt-install"):
        found.append(virt_install(machines))
    else:
        missing.append("virt-install: apt-get install virtinst")
    return found, missing


def environment(machines: Machines, place: Path | None, home: Path) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    path = os.environ["PATH"] if place is None else f"{place}:{os.environ['PATH']}"
    return {
        "PATH": path,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LIBVIRT_DEFAULT_URI": machines.here.uri,
    }


def community(machines: Machines, place: Path) -> Peer:
    """community.libvirt: overlay, cidata, define and start are a task each, looped over the machines."""
    home = machines.here.directory / "community"

    def command(count: int, start: bool) -> list[list[str]]:
        book = home / f"book-{count}.yml"
        interpreter = {"ansible_python_interpreter": str(place / "python")}
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False}
        tasks = _community_tasks(machines, count, start)
        book.write_text(json.dumps([{**play, "vars": interpreter, "tasks": tasks}]))
        return [[str(place / "ansible-playbook"), "-i", "localhost,", str(book)]]

    environ = environment(machines, place, home)
    return Peer("community.libvirt tasks, looped", command, environ, True)


def _community_tasks(machines: Machines, count: int, start: bool) -> list[dict[str, object]]:
    pool, volumes = machines.here.pool, "community.libvirt.virt_volume"
    overlay = {"pool": pool, "state": "present", "name": "{{ item }}.qcow2"}
    metadata = {"METADATA": {"local-hostname": "{{ item }}"}, "USERDATA": {"users": [SEED["user"]]}}
    cidata = {"pool": pool, "command": "create_cidata_cdrom", "name": "{{ item }}.iso"}
    steps: list[dict[str, object]] = [
        {volumes: {**overlay, "xml": _VOLUME.format(base=machines.base)}},
        {volumes: {**cidata, "cloudinit_config": metadata}},
        {
            "community.libvirt.virt": {
                "command": "define",
                "xml": _DOMAIN.format(directory=machines.here.pool_path),
            }
        },
    ]
    if start:
        steps.append({"community.libvirt.virt": {"name": "{{ item }}", "state": "running"}})
    return [{**step, "loop": machines.names(count)} for step in steps]


# What users of that collection write themselves; doubled braces are Ansible's.
_VOLUME = """<volume><name>{{{{ item }}}}.qcow2</name><capacity unit='G'>1</capacity>
<target><format type='qcow2'/></target>
<backingStore><path>{base}</path><format type='qcow2'/></backingStore></volume>"""
_DOMAIN = """<domain type='qemu'><name>{{{{ item }}}}</name><memory unit='MiB'>256</memory><vcpu>1</vcpu>
<os><type arch='x86_64'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
<source file='{directory}/{{{{ item }}}}.qcow2'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>
<source file='{directory}/{{{{ item }}}}.iso'/><target dev='sda' bus='sata'/><readonly/></disk>
<interface type='user'><model type='virtio'/></interface><serial type='pty'/></devices></domain>"""


def kcli(machines: Machines, place: Path) -> Peer:
    """kcli: a plan file with one entry for every machine."""
    home = machines.here.directory / "kcli"
    (home / ".kcli").mkdir(parents=True)
    default = {"client": "local", "pool": machines.here.pool, "virttype": "qemu", "numcpus": 1}
    default |= {"memory": 256, "disks": [{"size": 1}], "nets": [machines.network]}
    config = {"default": default, "local": {"type": "kvm"}}
    (home / ".kcli" / "config.yml").write_text(json.dumps(config))

    def command(count: int, _start: bool) -> list[list[str]]:
        plan = home / f"plan-{count}.yml"
        plan.write_text(
            json.dumps({n: {"image": machines.base.name} for n in machines.names(count)})
        )
        name = f"{machines.here.tag}-plan"
        return [[str(place / "kcli"), "create", "plan", "-t", "-f", str(plan), name]]

    return Peer("kcli create plan -t", command, environment(machines, place, home))


def lightning(machines: Machines, place: Path) -> Peer:
    """virt-lightning: one file. It takes KVM wherever it is listed, so that is decided for it here."""
    home = machines.here.directory / "vl"
    upstream = machines.here.pool_path / "upstream"
    config = home / "vl.ini"
    run = (
        "import virt_lightning.virt_lightning as v, virt_lightning.shell as s;"
        "v.LibvirtHypervisor.domain_type = 'qemu'; s.main()"
    )

    def command(count: int, _start: bool) -> list[list[str]]:
        for directory in (upstream, OTHER_POOL):
            # It wants a directory of its default pool even where it is told another pool.
            directory.mkdir(parents=True, exist_ok=True)
        shutil.copy(machines.image, upstream / "tiny.qcow2")
        key = home / "id.pub"
        key.write_text("ssh-ed25519 AAAA bench\n")
        settings = {"network_name": machines.network, "storage_pool": machines.here.pool}
        settings |= {"ssh_key_file": str(key), "network_auto_clean_up": "False"}
        lines = "".join(
            f"{k} = {v}\n" for k, v in {"libvirt_uri": machines.here.uri, **settings}.items()
        )
        config.write_text(f"[main]\n{lines}")
        book = home / f"vl-{count}.yaml"
        wanted = [{"distro": "tiny", "name": n, "memory": 256} for n in machines.names(count)]
        book.write_text(json.dumps(wanted))
        words = [str(place / "python"), "-c", run, "--config", str(config), "up"]
        return [[*words, "--virt-lightning-yaml", str(book)]]

    return Peer("virt-lightning up", command, environment(machines, place, home))


def virt_install(machines: Machines) -> Peer:
    """virt-install: one process for every machine, one after the other."""
    home = machines.here.directory / "virt-install"

    def one(name: str) -> list[str]:
        words = [
            "virt-install",
            "--connect",
            machines.here.uri,
            "--virt-type",
            "qemu",
            "--name",
            name,
        ]
        words += [
            "--memory",
            "256",
            "--vcpus",
            "1",
            "--import",
            "--osinfo",
            "detect=off,require=off",
        ]
        disk = (
            f"size=1,backing_store={machines.base},backing_format=qcow2,pool={machines.here.pool}"
        )
        words += ["--disk", f"{disk},bus=virtio", "--network", "user,model=virtio"]
        words += ["--graphics", "none", "--noautoconsole"]
        return words

    def command(count: int, _start: bool) -> list[list[str]]:
        return [one(name) for name in machines.names(count)]

    return Peer("virt-install, in turn", command, environment(machines, None, home))
