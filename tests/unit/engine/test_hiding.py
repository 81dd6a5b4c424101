"""What a run tells: no secret, no NUL, no escape, and not more than anybody can hold in memory."""

from __future__ import annotations

import json
import os
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from fuyajo.engine.box import narrator
from fuyajo.engine.box.hiding import HIDDEN, Secrets, known
from fuyajo.engine.box.narrator import Narrator

PASSWORD = "correct horse battery"
KEY_LINE = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW"


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    key = tmp_path / "id_ed25519"
    begin, end = (f"-----{word} OPENSSH PRIVATE KEY-----" for word in ("BEGIN", "END"))
    key.write_text(f"{begin}\n{KEY_LINE}\n{end}\n")
    document = {
        "ssh": {"private_key": str(key), "user": "fuyajo"},
        "guests": [{"name": "web", "vars": {"db_password": PASSWORD, "port": "8080"}}],
        "token": ["short"],
    }
    return known(document, {"MY_API_KEY": "sk-1234567890", "PATH": "/usr/bin:/bin:/usr/local"})


def told(directory: Path, secrets: Secrets, *raw: dict[str, Any]) -> str:
    """The file, which is what goes through the pipe as well."""
    reader, writer = os.pipe()
    drain = threading.Thread(target=lambda: [0 for _ in iter(lambda: os.read(reader, 65536), b"")])
    drain.start()
    try:
        with Narrator(directory, writer, secrets) as made:
            for one in raw:
                made.handle(one)
    finally:
        os.close(writer)
        drain.join()
        os.close(reader)
    return (directory / "events.jsonl").read_text()


def failed(**res: Any) -> dict[str, Any]:
    data = {"host": "web", "task": "configure: x", "res": res}
    return {"event": "runner_on_failed", "event_data": data}


def test_secrets_are_hidden_by_their_value(tmp_path: Path, secrets: Secrets) -> None:
    found = told(
        tmp_path,
        secrets,
        failed(msg=f"argument was {PASSWORD}!"),
        failed(msg="x", stderr=f"read: {KEY_LINE}", module_stdout="key sk-1234567890"),
        failed(msg="a" * 1990 + PASSWORD),  # cut in its middle otherwise
        failed(msg=f"{PASSWORD[:7]}\x1b[0m{PASSWORD[7:]}"),
        failed(msg="-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc"),
        failed(msg="token fuyajo_" + "x" * 43),
        {"event": "verbose", "stdout": f"[ERROR] {PASSWORD}"},
        failed(msg="port 8080 at /usr/bin:/bin:/usr/local is short"),
    )
    for secret in (PASSWORD, PASSWORD[:12], KEY_LINE, "sk-1234567890", "MIIE", "xxxxxxxx"):
        assert secret not in found, secret
    lines = [json.loads(line)["message"] for line in found.splitlines()]
    assert lines[0] == f"argument was {HIDDEN}!"
    assert lines[-1] == "port 8080 at /usr/bin:/bin:/usr/local is short"


def test_facts_and_names_of_the_stack_are_hidden_as_well(tmp_path: Path, secrets: Secrets) -> None:
    res = {"vms": {"web": {"note": PASSWORD, PASSWORD: [PASSWORD]}}, "msg": "\0\x1b[31mred"}
    data = {"host": "web", "resolved_action": "fuyajo.libvirt.stack", "res": res}
    found = told(tmp_path, secrets, {"event": "runner_on_ok", "event_data": data})
    assert PASSWORD not in found
    assert json.loads(found)["message"] == "red"
    assert json.loads(found)["data"]["vms"]["web"] == {"note": HIDDEN, HIDDEN: [HIDDEN]}


def test_far_too_many_events_are_bounded(
    tmp_path: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrator, "MAX_EVENTS", 200)
    one = {"event": "verbose", "stdout": "y" * 200}
    tracemalloc.start()
    try:
        found = told(tmp_path, secrets, *[one] * 5_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.count("\n") == 201
    assert "too many events" in found.splitlines()[-1]
    assert peak < 2 * 2**20
