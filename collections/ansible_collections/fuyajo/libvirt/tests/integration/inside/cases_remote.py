# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypervisors that are elsewhere: over SSH and TLS, and modules that run on the hypervisor itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

SYSTEM_PYTHON = "/usr/bin/python3"
PORT = 2222
SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {here}/host
AuthorizedKeysFile {here}/user.pub
PidFile {here}/sshd.pid
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
"""
TLS = """\
listen_tls = 1
auth_tls = "none"
ca_file = "{here}/cacert.pem"
cert_file = "{here}/servercert.pem"
key_file = "{here}/serverkey.pem"
"""


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    """An sshd of our own with throw-away keys; yields their directory."""
    if not Path("/usr/sbin/sshd").exists():
        pytest.skip("no sshd: install openssh-server")
    here = tmp_path_factory.mktemp("sshd")
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", here / name]
        subprocess.run(command, check=True)
    (here / "config").write_text(SSHD.format(here=here, port=PORT))
    subprocess.run(["/usr/sbin/sshd", "-f", here / "config"], check=True)
    assert until((here / "sshd.pid").exists, 10)
    yield here
    os.kill(int((here / "sshd.pid").read_text()), signal.SIGKILL)


def ssh_uri(sshd) -> str:
    key, hosts = quote(str(sshd / "user")), quote(str(sshd / "known"))
    more = f"keyfile={key}&known_hosts={hosts}&no_verify=1&no_tty=1"
    return f"qemu+ssh://root@127.0.0.1:{PORT}/system?{more}"


@pytest.fixture
def tls(libvirt, tmp_path):
    """libvirtd listening with certificates of a throw-away authority; yields its URI."""
    make_certificates(tmp_path)
    (tmp_path / "libvirtd.conf").write_text(TLS.format(here=tmp_path))
    libvirt.main.kill()
    plain = libvirt.main.command
    libvirt.main.command = [*plain, "--listen", "--config", str(tmp_path / "libvirtd.conf")]
    libvirt.heal()
    yield f"qemu+tls://localhost/system?pkipath={quote(str(tmp_path))}"
    libvirt.main.kill()
    libvirt.main.command = plain


def make_certificates(here: Path) -> None:
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=here, check=True, capture_output=True)

    authority = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={ca} -keyout ca.key -out cacert.pem"
    )
    openssl(*authority.format(ca="throw-away").split())
    for who, name in (("server", "localhost"), ("client", "client")):
        (here / f"{who}.ext").write_text(f"subjectAltName=DNS:{name}\n")
        request = "req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {who}key.pem -out {who}.csr"
        openssl(*request.format(name=name, who=who).split())
        sign = "x509 -req -in {who}.csr -CA cacert.pem -CAkey ca.key -CAcreateserial -days 2"
        sign += " -extfile {who}.ext -out {who}cert.pem"
        openssl(*sign.format(who=who).split())


def life_of_a_machine(site, uri):
    """Make, see, start and remove a machine over there; no file of this machine is involved."""
    wish = {"name": site.name("far"), "state": "stopped", "memory": 64, "disk": "1G", "nics": []}
    options = {**site.options(), "uri": uri, "images": [], "vms": [wish]}
    with Host.open(uri) as far:
        assert not far.is_local and far.list_vms() == site.host.list_vms()
        assert converge(far, wanted_of_all(options), check=True).changed
        made = converge(far, wanted_of_all(options), check=False)
        assert not made.errors, made.errors
        assert made.vms[site.name("far")]["state"] == "stopped"
        assert not converge(far, wanted_of_all(options), check=False).changed
        options["vms"] = [{**wish, "state": "started"}]
        assert not converge(far, wanted_of_all(options), check=False).errors
        assert site.host.vm(site.name("far"))["state"] == "running"
        options["vms"] = [{**wish, "state": "started", "name": site.name("seed")}]
        options["vms"][0]["cloud_init"] = {"user": "x"}
        refused = converge(far, wanted_of_all(options), check=False)
        assert "on the hypervisor" in refused.errors[0]
        options["vms"] = [{**wish, "state": "absent", "remove_storage": True}]
        assert not converge(far, wanted_of_all(options), check=False).errors
    assert site.files() == set()


def test_over_ssh(site, sshd):
    life_of_a_machine(site, ssh_uri(sshd))


def test_over_tls(site, tls, libvirt):
    site.host.close()
    site.host = Host.open("qemu:///system")
    life_of_a_machine(site, tls)


def test_tls_without_the_right_authority_is_refused(tls, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    make_certificates(other)
    with pytest.raises(FuyajoError) as caught:
        Host.open(f"qemu+tls://localhost/system?pkipath={quote(str(other))}")
    assert caught.value.kind == "unavailable"


def test_a_host_that_is_away_or_hangs_is_said_in_seconds(libvirt, sshd):
    begin = time.monotonic()
    for uri in (ssh_uri(sshd).replace(str(PORT), "2"), "qemu+tls://127.0.0.1:2/system"):
        with pytest.raises(FuyajoError, match="cannot connect") as caught:
            Host.open(uri)
        assert caught.value.kind == "unavailable"
    libvirt.main.send(signal.SIGSTOP)
    with pytest.raises(FuyajoError, match="did not answer within 3 s"):
        Host.open(ssh_uri(sshd), deadline=3)
    assert time.monotonic() - begin < 10


@pytest.fixture
def on_hypervisor(sshd, libvirt, tmp_path):
    """Run tasks on the hypervisor by ansible-playbook over SSH; return {task name: result}."""

    def run(tasks, interpreter=SYSTEM_PYTHON, code=0):
        host = {
            "ansible_host": "127.0.0.1",
            "ansible_port": PORT,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(sshd / "user"),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={sshd}/known -o StrictHostKeyChecking=no",
            "ansible_python_interpreter": str(interpreter),
            "ansible_remote_tmp": str(tmp_path / "remote"),
        }
        inventory, book = tmp_path / "hosts.json", tmp_path / "book.json"
        inventory.write_text(json.dumps({"all": {"hosts": {"hypervisor": host}}}))
        play = {"hosts": "hypervisor", "gather_facts": False, "tasks": tasks}
        book.write_text(json.dumps([play]))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parents[1] / "callback"),
            "ANSIBLE_STDOUT_CALLBACK": "lines",
        }
        tool = Path(sys.executable).parent / "ansible-playbook"
        done = subprocess.run(
            [tool, "-i", inventory, book], env=environment, cwd=tmp_path, text=True,
            capture_output=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        lines = (json.loads(x) for x in done.stdout.splitlines() if x.startswith("{"))
        return {entry["task"]: entry["result"] for entry in lines}

    return run


def has_binding() -> bool:
    done = subprocess.run(
        [SYSTEM_PYTHON, "-I", "-c", "import libvirt"], capture_output=True, check=False
    )
    return done.returncode == 0


@pytest.mark.skipif(not has_binding(), reason="no python3-libvirt for /usr/bin/python3")
def test_modules_run_on_the_hypervisor(site, on_hypervisor):
    wish = {"name": "web", "state": "started", "memory": 64, "disk": "1G", "image": "tiny"}
    wish.update(nics=[], cloud_init={"user": "x", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]})
    options = site.options(wish)
    stack = {"fuyajo.libvirt.stack": options}
    results = on_hypervisor(
        [
            {"name": "make", **stack},
            {"name": "again", **stack},
            {"name": "see", "fuyajo.libvirt.vm_info": {"name": site.name("web")}},
        ]
    )
    assert results["make"]["changed"] and not results["again"]["changed"]
    (seen,) = results["see"]["vms"]
    assert seen == site.host.vm(site.name("web"))
    assert (seen["state"], seen["unfinished"]) == ("running", False)


def test_a_bare_interpreter_is_told_what_it_lacks(on_hypervisor, tmp_path):
    bare = tmp_path / "bare"
    subprocess.run([SYSTEM_PYTHON, "-m", "venv", "--without-pip", bare], check=True)
    task = {"name": "see", "fuyajo.libvirt.vm_info": {}, "register": "x"}
    said = on_hypervisor([task], interpreter=bare / "bin" / "python", code=2)["see"]
    assert said["error_kind"] == "unavailable"
    assert str(bare / "bin" / "python") in said["msg"]
    assert "python3-libvirt" in said["msg"] or "libvirt-python" in said["msg"]
    assert "ansible_python_interpreter" in said["msg"]
    assert "Traceback" not in json.dumps(said)
