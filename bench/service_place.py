"""A real `fuyajo serve` for the benches of the service: started, asked, measured, gone afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from fuyajo.domain.people import scopes_of
from fuyajo.service.authenticating import add_user, new_token
from fuyajo.service.context import Actor, load_settings

SERVE = (sys.executable, "-m", "fuyajo.cli.main", "serve")
#: The same service on a host that is a file: what a run does there costs next to nothing.
SERVE_FILE = (sys.executable, "-m", "tests.support.service_host", "serve")
DEADLINE_SECONDS = 60.0


@dataclass
class Serving:
    """The process and how it is reached."""

    process: subprocess.Popen[str]
    url: str
    environ: Mapping[str, str]

    def actor(self, user: str) -> Actor:
        return Actor(user, load_settings(self.environ), door="bench")

    def user(self, name: str) -> dict[str, str]:
        """A new one. The headers of a token that may do everything but administer."""
        add_user(self.actor("root"), name, None, admin=False)
        wanted = scopes_of(("apply", "approve"))
        secret, _ = new_token(self.actor(name), "bench", wanted, timedelta(days=1))
        return {"Authorization": f"Bearer {secret}"}

    def client(self, headers: Mapping[str, str]) -> httpx2.Client:
        base = f"{self.url}/api/v1"
        return httpx2.Client(base_url=base, headers=dict(headers), timeout=DEADLINE_SECONDS)

    def resident_mib(self) -> float:
        """Memory of the service's own process, not of its jobs."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextmanager
def serving(
    environ: Mapping[str, str], *options: str, command: Sequence[str] = SERVE
) -> Iterator[Serving]:
    """Ready to be asked; its log lies in the home, and it ends with the block."""
    home = Path(environ["FUYAJO_HOME"])
    with (home / "serve.log").open("w+") as log:
        process = subprocess.Popen(
            [*command, "--port", "0", *options],
            env={**environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield Serving(process, _url(process, home / "serve.log"), environ)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(DEADLINE_SECONDS)


def _url(process: subprocess.Popen[str], log: Path) -> str:
    """Where it listens, once it says so."""
    with log.open() as lines:
        while process.poll() is None:
            line = lines.readline()
            if '"listening"' in line and line.endswith("\n"):
                return str(json.loads(line)["url"])
    raise SystemExit(f"fuyajo serve ended: {log.read_text()[-2000:]}")


def posted(client: httpx2.Client, path: str, body: Any) -> Any:
    """The answer's JSON; anything but success ends the bench with what was said."""
    answer = client.post(path, json=body)
    if answer.status_code not in (200, 201, 202):
        raise SystemExit(f"{path}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def request_of(name: str) -> dict[str, Any]:
    """A request for one small machine."""
    vm = {"name": name, "template": "basic-server", "memory": "256MiB", "disk": "4GiB"}
    return {"config": {"version": 1, "vms": [vm]}}
