"""`fuyajo serve` as a process: its lock, its first administrator, its logs and its end."""

from __future__ import annotations

import json
import queue
import re
import shlex
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fuyajo.http import logs
from fuyajo.service.authenticating import add_user
from fuyajo.service.context import Actor
from tests.support.command_line import World
from tests.support.service import settings_at

REPOSITORY = Path(__file__).resolve().parents[3]
SECONDS = 60.0
PASSWORD = "four words in a row"


@dataclass
class Running:
    process: subprocess.Popen[str]
    client: httpx2.Client
    url: str
    lines: list[dict[str, Any]]
    said: list[str]
    more: queue.Queue[dict[str, Any]] = field(repr=False)
    printed: queue.Queue[str] = field(repr=False)

    def line(self, event: str) -> dict[str, Any]:
        """The next line of that event."""
        while True:
            line = self.more.get(timeout=SECONDS)
            if line["event"] == event:
                return line

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'collections'}",
        "FUYAJO_HOME": str(home),
        "FUYAJO_URI": "test:///default",
        "FUYAJO_BACKEND": "rules",
    }


def start(home: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fuyajo.cli.main", "serve", "--port", "0", *options]
    return subprocess.Popen(
        command,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(home: Path, *options: str, verify: Any = True) -> Iterator[Running]:
    home.mkdir(mode=0o700, exist_ok=True)
    process = start(home, *options)
    lines: list[dict[str, Any]] = []
    said: list[str] = []
    more: queue.Queue[dict[str, Any]] = queue.Queue()
    printed: queue.Queue[str] = queue.Queue()

    def read_errors() -> None:
        for line in process.stderr or ():
            lines.append(json.loads(line))  # every line is JSON
            more.put(lines[-1])

    def read_output() -> None:
        for line in process.stdout or ():
            said.append(line)
            printed.put(line)

    readers = [
        threading.Thread(target=read_errors),
        threading.Thread(target=read_output),
    ]
    for reader in readers:
        reader.start()
    try:
        found = Running(process, httpx2.Client(), "", lines, said, more, printed)
        found.url = found.line("listening")["url"]
        with httpx2.Client(base_url=found.url, timeout=SECONDS, verify=verify) as client:
            found.client = client
            yield found
    finally:
        process.kill()
        process.wait()
        for reader in readers:
            reader.join(SECONDS)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_whole_life(home: Path) -> None:
    with serving(home) as service:
        assert service.client.get("/healthz").json() == {"status": "ok"}
        assert service.client.get("/readyz").status_code in (200, 503)
        body, path = first_admin(service)
        wrong = {**body, "secret": "setup_" + "x" * 40}
        assert service.client.post(path, json=wrong).status_code == 401
        assert service.client.post(path, json={**body, "password": "short"}).status_code == 422
        assert service.client.post(path, json=body).json()["admin"] is True
        assert service.client.post(path, json={**body, "name": "eve"}).status_code == 401
        asked = {"user": "mika", "password": PASSWORD}
        token = service.client.post("/api/v1/sign-in", json=asked).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert service.client.get("/api/v1/users", headers=headers).status_code == 200
        service.client.get(f"/{token}", headers=headers)
        metrics = service.client.get("/metrics", headers=headers).text
        assert 'route="/api/v1/sign-in",status="200"' in metrics
        assert "fuyajo_runs_waiting 0.0" in metrics
        answer = service.client.get("/nothing", headers={"User-Agent": "x\ty"})
        assert service.line("call")
        assert service.end() == 0
    calls = [line for line in service.lines if line["event"] == "call"]
    assert answer.headers["x-request-id"] in [line["id"] for line in calls]
    assert {"mika", None} == {line["user"] for line in calls}
    everything = json.dumps(service.lines)
    for secret in (token, body["secret"], PASSWORD, "argon2"):
        assert secret not in everything
    assert [line["event"] for line in service.lines[-2:]] == ["draining", "stopped"]


def first_admin(service: Running) -> tuple[dict[str, str], str]:
    """The command that it printed, as a body and a path."""
    while "curl" not in (command := service.printed.get(timeout=SECONDS)):
        pass
    words = shlex.split(command)
    body = json.loads(words[words.index("-d") + 1])
    assert re.fullmatch(r"setup_[\w-]{43}", body["secret"])
    return {**body, "name": "mika", "password": PASSWORD}, words[-1].removeprefix(service.url)


def test_there_is_one_service_of_a_home(home: Path) -> None:
    settings = settings_at(home)
    add_user(Actor("root", settings), "mika", None, admin=True)
    with serving(home, "--no-worker") as service:
        assert service.said == []  # there is an administrator by now
        second = start(home)
        _, told = second.communicate(timeout=SECONDS)
        assert second.returncode == 4
        assert str(home) in told
        service.process.kill()  # a lock does not outlive its process
        service.process.wait()
        with serving(home, "--no-worker") as third:
            assert third.client.get("/healthz").status_code == 200
            assert third.end() == 0


def test_tls(home: Path, tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    out = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run(["openssl", *made.split(), *names, *out], check=True, capture_output=True)
    trusted = ssl.create_default_context(cafile=str(cert))
    options = ("--no-worker", "--cert", str(cert), "--key", str(key))
    with serving(home, *options, verify=trusted) as service:
        assert service.url.startswith("https://")
        assert service.client.get("/healthz").status_code == 200
        assert service.end() == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--host", "0.0.0.0"), 2),
        (("--host", "no.such.host.invalid"), 2),
        (("--host", "192.0.2.1"), 5),
        (("--cert", "/nowhere"), 2),
        (("--cert", "/nowhere", "--key", "/nowhere"), 2),
        (("--port", "99999"), 2),
    ],
)
def test_what_cannot_be_served_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], code: int
) -> None:
    monkeypatch.setattr(logs, "to", lambda: None)  # the test's own process goes on
    found, _, told = world.call("serve", *options)
    assert found == code, told
