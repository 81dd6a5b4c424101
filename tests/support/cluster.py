"""Several machines that share a PostgreSQL server: services and workers, each with a home of its own.

Their host is one file. Whoever asks does so over HTTP, at any of the services.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2

from fuyajo.domain.consent import ASSISTANTS
from fuyajo.domain.people import scopes_of
from fuyajo.service.authenticating import add_user, new_token
from fuyajo.service.context import Actor, load_settings
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.jobs import Job
from tests.support.file_host import FileHost
from tests.support.service_host import LONG, ME, start

SECONDS = 60.0


@dataclass
class Front:
    """One service."""

    process: subprocess.Popen[bytes]
    client: httpx2.Client

    def kill(self) -> None:
        self.client.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()


@dataclass
class Several:
    """`root` has the homes; `environment` is for services and workers."""

    root: Path
    url: str
    environment: dict[str, str] = field(default_factory=dict)
    _made: ExitStack = field(default_factory=ExitStack)
    _tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def host(self) -> FileHost:
        return FileHost(self.root / "host.pickle")

    def home(self, name: str) -> Path:
        path = self.root / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def actor(self, user: str = "mika", home: str = "me") -> Actor:
        said = {"FUYAJO_HOME": str(self.home(home)), "FUYAJO_DATABASE": self.url}
        settings = load_settings({**said, "FUYAJO_URI": "qemu:///system"})
        return Actor(user, settings, opened=Database(Home(settings.home), self.url))

    def token(self, user: str) -> dict[str, str]:
        """Headers. The user is made when asked for the first time."""
        if user not in self._tokens:
            me = self.actor(user)
            add_user(me, user, None, admin=False)
            secret, _ = new_token(me, "test", scopes_of(("apply", "approve")), None)
            self._tokens[user] = {"Authorization": f"Bearer {secret}"}
        return self._tokens[user]

    def worker(self, name: str, slots: int = 3, lease: float = LONG, **more: str) -> Any:
        process = start(self.home(name), slots, lease, **self._environment(more))
        self._made.callback(_end, process)
        return process

    def service(self, name: str) -> Front:
        """It listens when this returns."""
        process = subprocess.Popen(
            [*ME, "serve", "--no-worker", "--port", "0"],
            env={**os.environ, **self._environment({"FUYAJO_HOME": str(self.home(name))})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._made.callback(_end, process)
        url = _listening(process)
        return Front(process, httpx2.Client(base_url=f"{url}/api/v1", timeout=SECONDS))

    def job(self, run: str) -> Job:
        found = self.actor().jobs.get(run)
        assert found is not None
        return found

    def until(self, condition: Callable[[], bool], seconds: float = SECONDS) -> float:
        """Seconds that it took."""
        began, pause = monotonic(), threading.Event()
        while not condition():
            assert monotonic() - began < seconds
            pause.wait(0.03)
        return monotonic() - began

    def state(self, run: str, *states: str) -> float:
        return self.until(lambda: self.job(run).state in states)

    def times_run(self) -> list[str]:
        return [run for run, what, _, _ in self.host.content().done if what == "run"]

    def close(self) -> None:
        self._made.close()

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        clean = dict.fromkeys(ASSISTANTS, "")
        said = {"FUYAJO_DATABASE": self.url, "FUYAJO_URI": "qemu:///system"}
        said["FUYAJO_BACKEND"] = "rules"
        return clean | said | self.environment | more


def plan(front: Front, token: dict[str, str], name: str) -> str:
    wish = {"config": {"vms": [{"name": name, "template": "web-server"}]}}
    answer = front.client.post("/plans", headers=token, json=wish)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["plan"]["id"])


def apply(front: Front, token: dict[str, str], plan_id: str, key: str | None = None) -> Any:
    headers = token | ({"Idempotency-Key": key} if key else {})
    return front.client.post(f"/plans/{plan_id}/apply", headers=headers, json={})


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


def _listening(process: subprocess.Popen[bytes]) -> str:
    """Its address. What it says later is read and forgotten, or it would wait for somebody to read it."""
    assert process.stderr is not None
    stream = process.stderr
    for line in stream:
        with suppress(ValueError):
            said = json.loads(line)
            if said.get("event") == "listening":
                threading.Thread(target=_drain, args=(stream,), daemon=True).start()
                return str(said["url"])
    raise AssertionError("the service ended before it listened")


def _drain(stream: Any) -> None:
    with suppress(ValueError, OSError):  # closed
        for _ in stream:
            pass
