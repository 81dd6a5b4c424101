"""From a submit over HTTP to the first task of its playbook, against an empty playbook's own start.

The run gives a machine that is off another size: no guest takes a core from what is measured. The floor is
`ansible-playbook` with one play and one task, from its process to the line that names the task: the least
that "a run of Ansible" can take to begin.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import httpx2
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from apply_to_started import emptied
from measure import ROOT, Site, report, site, spread, take_turns
from service_place import posted, request_of, serving

ROUNDS, ALLOWED_SECONDS = 25, 0.3
TASK = "the only task"
OWNER = "bench"  # whose machines `emptied` may take away


def main(rounds: int = ROUNDS) -> None:
    with (
        site() as here,
        Host.open(here.uri) as host,
        emptied(host, here),
        serving(here.environ()) as service,
        service.client(service.user(OWNER)) as client,
    ):
        request = request_of(f"{here.tag}-1")
        request["config"]["vms"][0]["state"] = "stopped"
        _apply(client, request)  # warm: the image is in the pool, the machine is defined
        measured = {"floor": lambda: _floor(here), "submit": lambda: _submit(client, here)}
        found = take_turns(rounds, measured)
        gone = posted(client, f"/vms/{here.tag}-1/delete", {"purge": True})
        _run(client, gone["id"])
    above = median(found["submit"]) - median(found["floor"])
    met = "met" if above <= ALLOWED_SECONDS else "MISSED"
    report(
        "POST plans/ID/apply until the first task of its playbook",
        f"A service that works itself, 1 user; {rounds} rounds in turns; median (least–most) in seconds.",
        [
            ["", "seconds", "above", "target"],
            ["ansible-playbook until its first task", spread(found["floor"]), "0", ""],
            [
                "submit until the first task",
                spread(found["submit"]),
                f"{above:.2f}",
                f"≤ {ALLOWED_SECONDS}: {met}",
            ],
        ],
    )


def _submit(client: httpx2.Client, here: Site) -> float:
    """Give it one more processor, or take that back."""
    name = f"{here.tag}-1"
    cpus = 3 - client.get(f"/vms/{name}").json()["cpus"]
    plan = posted(client, f"/vms/{name}/resize", {"cpus": cpus})["id"]
    begin = time.perf_counter()
    run = posted(client, f"/plans/{plan}/apply", {"yes": True})["run"]["id"]
    first = 0.0
    with client.stream("GET", f"/runs/{run}/events") as events:
        for (
            line
        ) in events.iter_lines():  # to the end, so that the next round begins on a quiet machine
            if not first and line.startswith("data: ") and _is_task(line):
                first = time.perf_counter() - begin
    return first


def _is_task(line: str) -> bool:
    return json.loads(line.removeprefix("data: ")).get("kind") == "task"


def _apply(client: httpx2.Client, request: dict[str, object]) -> None:
    _run(client, posted(client, "/plans", request)["plan"]["id"])


def _run(client: httpx2.Client, plan: str) -> None:
    """To its end, which must be a good one."""
    run = posted(client, f"/plans/{plan}/apply", {"yes": True})["run"]["id"]
    with client.stream("GET", f"/runs/{run}/events") as events:
        *_, last = (line for line in events.iter_lines() if line.startswith("data: "))
    if json.loads(last.removeprefix("data: "))["status"] != "successful":
        raise SystemExit(last)


def _floor(here: Site) -> float:
    book = here.directory / "empty.yml"
    task = {"name": TASK, "ansible.builtin.meta": "noop"}
    book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-v"]
    command += ["-i", str(ROOT / "inventory" / "local.yml"), str(book)]
    begin = time.perf_counter()
    with subprocess.Popen(
        command, env=here.environ(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if TASK in line:
                return time.perf_counter() - begin
    raise SystemExit("the playbook never began")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
