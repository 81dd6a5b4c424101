"""The built image in a real guest: it boots without acceleration and without a network."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import seed_image

from fuyajo.engine.images.build import build
from fuyajo.engine.images.catalogue import BUILD_FILES, BUILD_TOOLS, TEMPLATE_PACKAGES
from fuyajo.engine.images.store import Image, ImageStore

NEEDED = {**BUILD_TOOLS, "qemu-system-x86_64": "", "ssh-keygen": "", "ssh": ""}
SBIN = "/usr/sbin:/sbin:/usr/bin:/bin"
MISSING = [tool for tool in NEEDED if shutil.which(tool, path=SBIN) is None]
MISSING += [file for file in BUILD_FILES if not Path(file).exists()]
pytestmark = [
    pytest.mark.guest,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}"),
]
BOOT_DEADLINE = 400.0


class Guest:
    """One qemu process with a disk over the image, a NoCloud seed and a forwarded ssh port."""

    def __init__(self, image: Image, machine: str, work: Path, seeded: bool = True) -> None:
        self.work = work
        self.key = work / "key"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key)
        seed = self._seed()
        disk = work / "disk.qcow2"
        run("qemu-img", "create", "-f", "qcow2", "-F", "qcow2", "-b", image.path, disk, "8G")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        argv = ["qemu-system-x86_64", "-accel", "tcg", "-machine", machine, "-cpu", "max"]
        argv += ["-m", "1024", "-nodefaults", "-display", "none"]
        argv += ["-serial", f"file:{work}/console.log"]
        # Only a test guest may lose its last writes.
        argv += ["-drive", f"file={disk},if=virtio,format=qcow2,cache=unsafe"]
        # The cloud kernel has no AHCI driver, so on q35 the seed cannot be a SATA CD.
        drive = "media=cdrom" if machine == "pc" else "if=virtio"
        if seeded:
            argv += ["-drive", f"file={seed},{drive},format=raw,readonly=on"]
        forward = f"hostfwd=tcp:127.0.0.1:{self.port}-:22"
        argv += ["-netdev", f"user,id=n0,restrict=on,{forward}"]
        argv += ["-device", "virtio-net-pci,netdev=n0", "-device", "virtio-rng-pci"]
        self.started = time.monotonic()
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)

    def _seed(self) -> Path:
        """The seed that the collection makes: what real machines boot with."""
        key = self.key.with_suffix(".pub").read_text().strip()
        seed = self.work / "seed.iso"
        seed.write_bytes(
            seed_image("web", "test-1", {"user": "fuyajo", "ssh_authorized_keys": [key]})
        )
        return seed

    def ssh(self, command: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        argv = ["ssh", "-q", "-i", str(self.key), "-p", str(self.port), "-o", "BatchMode=yes"]
        argv += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
        argv += ["-o", "ConnectTimeout=15", "-F", "none", "fuyajo@127.0.0.1", command]
        return subprocess.run(
            argv, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL
        )

    def wait_for_login(self) -> None:
        while time.monotonic() - self.started < BOOT_DEADLINE:
            if self._banner() and self.ssh("true").returncode == 0:
                return
            self._alive_for(0.3)
        pytest.fail("no login in time; console:\n" + self.console())

    def wait_for_console(self, text: str) -> None:
        while time.monotonic() - self.started < BOOT_DEADLINE:
            if text in self.console():
                return
            self._alive_for(0.5)
        pytest.fail(f"no {text!r} in time; console:\n" + self.console())

    def _banner(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    def _alive_for(self, seconds: float) -> None:
        """Wait a little for qemu to end; that it does is the failure looked for."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        pytest.fail("qemu ended; console:\n" + self.console())

    def console(self) -> str:
        log = self.work / "console.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


@pytest.fixture(scope="session")
def image() -> Image:
    """The image, built once and kept for later test runs."""
    default = Path(__file__).parents[3] / ".cache" / "images"
    return build("debian-12", ImageStore(Path(os.environ.get("FUYAJO_TEST_CACHE", default))))


@pytest.fixture
def guest(image: Image, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Guest]:
    guest = Guest(image, request.param, tmp_path)
    try:
        yield guest
    finally:
        guest.stop()


def test_the_manifest_describes_the_image(image: Image) -> None:
    assert {"systemd", "cloud-init", "openssh-server", "python3-apt"} <= set(
        image.manifest["packages"]
    )
    assert not set(TEMPLATE_PACKAGES) & set(image.manifest["packages"])
    assert image.size < 400 * 2**20


@pytest.mark.parametrize("guest", ["pc"], indirect=True)
def test_a_guest_boots_grows_and_installs_a_template_without_network(guest: Guest) -> None:
    guest.wait_for_login()
    print(f"login after {time.monotonic() - guest.started:.1f} s")

    status = guest.ssh("cloud-init status --wait --long")
    assert "status: done" in status.stdout, status.stdout + guest.console()
    assert guest.ssh("systemctl --failed --no-legend").stdout == ""
    # A restart of sshd would cut off whoever logs in as soon as that is possible.
    assert guest.ssh("sudo grep -c 'Restarted the SSH' /var/log/cloud-init.log").stdout == "0\n"
    assert guest.ssh("hostname").stdout == "web\n"
    assert guest.ssh("cat /dev/null && ls -l /dev/null").stdout.startswith("crw-rw-rw-")
    gib = int(guest.ssh("df --output=size -BM / | tail -1 | tr -dc 0-9").stdout) / 1024
    assert gib > 7, f"the root file system has {gib} GiB"
    keys = guest.ssh("ls /etc/ssh").stdout
    assert "ssh_host_ed25519_key" in keys
    assert "ssh_host_rsa_key" not in keys

    started = time.monotonic()
    wanted = " ".join(TEMPLATE_PACKAGES)
    install = guest.ssh(f"sudo DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes {wanted}")
    print(f"installed after {time.monotonic() - started:.1f} s")
    assert install.returncode == 0, install.stdout + install.stderr
    fetch = "import urllib.request as u; print(u.urlopen('http://127.0.0.1/').status)"
    assert guest.ssh(f'python3 -c "{fetch}"').stdout == "200\n"


@pytest.mark.parametrize("guest", ["q35"], indirect=True)
def test_a_guest_boots_on_the_other_machine_type(guest: Guest) -> None:
    guest.wait_for_login()
    assert guest.ssh("findmnt -no SOURCE /").stdout == "/dev/vda1\n"


def test_a_guest_without_a_seed_still_ends_its_boot(image: Image, tmp_path: Path) -> None:
    guest = Guest(image, "pc", tmp_path, seeded=False)
    try:
        guest.wait_for_console("login:")
    finally:
        guest.stop()
