"""One sentence becomes a page: real libvirt, a real guest, the real command line.

The tests of this file share one guest and build on each other in their order: a boot takes a minute or
more under emulation.
"""

from __future__ import annotations

import hashlib
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, domains, volumes

pytestmark = [
    pytest.mark.guest,
    pytest.mark.libvirt,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
]
HOSTILE = "</h1><script>alert(1)</script> $(touch x) `id` %s"


def request(installation: Installation, **options: str) -> dict[str, Any]:
    """The document of the same wish."""
    vm = {"name": f"{installation.name}-web", "template": "web-server", "memory": "1GB"}
    return {"vms": [{**vm, "vars": options} if options else vm]}


def listed(installation: Installation) -> list[dict[str, Any]]:
    """This test's machines: the same user may own others on this host."""
    found = json.loads(installation.fuyajo("vm", "list", "--json").stdout)
    return [vm for vm in found if vm["name"].startswith(installation.name)]


def page(installation: Installation) -> str:
    with urllib.request.urlopen(listed(installation)[0]["url"], timeout=30) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


@pytest.fixture(scope="module")
def plan_id(installation: Installation) -> str:
    """The plan of the sentence, carried out."""
    words = f"a web server called {installation.name}-web with 1 GB of memory"
    planned = installation.fuyajo("plan", "--json", words)
    assert planned.returncode == 0, planned.stderr
    plan = json.loads(planned.stdout)["plan"]
    assert [c["action"] for c in plan["changes"]] == ["create"]
    applied = installation.fuyajo("apply", plan["id"])
    assert applied.returncode == 0, applied.stderr
    assert re.search(r"http://127\.0\.0\.1:\d+/", applied.stdout)
    return str(plan["id"])


def test_the_page_is_the_guests_own(installation: Installation, plan_id: str) -> None:
    assert f"{installation.name}-web" in page(installation)


def test_it_is_listed_as_running_and_owned(installation: Installation, plan_id: str) -> None:
    (vm,) = listed(installation)
    assert vm["name"] == f"{installation.name}-web"
    assert (vm["state"], vm["memory_mib"]) == ("running", 1024)
    assert vm["owner"]
    assert vm["template"] == "web-server"


def test_the_second_apply_has_nothing_to_do(installation: Installation, plan_id: str) -> None:
    again = installation.fuyajo("apply", plan_id)
    assert again.returncode == 0, again.stderr
    assert "Nothing to do" in again.stdout


def test_check_mode_after_apply_changes_nothing(installation: Installation, plan_id: str) -> None:
    checked = installation.fuyajo("apply", plan_id, "--check", "--json")
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["run"]["changed"] == 0


@pytest.mark.parametrize("options", [(), ("--check",)])
def test_the_playbook_by_hand_changes_nothing(
    installation: Installation, plan_id: str, options: tuple[str, ...]
) -> None:
    ran = installation.playbook(request(installation), *options)
    assert ran.returncode == 0, ran.stdout
    recap = ran.stdout.split("PLAY RECAP")[1]
    assert re.findall(r"changed=(\d+)", recap) == ["0", "0"], recap
    assert re.findall(r"failed=(\d+)", recap) == ["0", "0"], recap


def test_other_options_reach_the_page_as_text(installation: Installation, plan_id: str) -> None:
    file = installation.home / "env.json"
    file.write_text(json.dumps(request(installation, title=HOSTILE)), encoding="utf-8")
    applied = installation.fuyajo("apply", "-f", str(file))
    assert applied.returncode == 0, applied.stderr
    body = page(installation)
    assert "<script>" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $(touch x) `id` %s" in body


def test_what_passed_every_check_would_still_be_text(
    installation: Installation, plan_id: str, tmp_path: Path
) -> None:
    """A template in a value, put past the schema into the document of a run, reaches the page as it is."""
    canary = tmp_path / "canary"
    payload = f"{{{{ lookup('pipe', 'touch {canary}') }}}}"
    document = json.loads(newest_document(installation).read_text(encoding="utf-8"))
    document["guests"][0] |= {"vars": {"title": payload, "message": payload}, "digest": "other"}
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    ran = installation.play({"fuyajo_spec_path": str(path)})
    assert ran.returncode == 0, ran.stdout
    assert not canary.exists()
    assert f"{{{{ lookup(&#39;pipe&#39;, &#39;touch {canary}&#39;) }}}}" in page(installation)


def newest_document(installation: Installation) -> Path:
    """The document of the last run that had a guest to configure."""
    found = sorted((installation.home / "runs").glob("*/r-*/spec.json"))
    return next(p for p in reversed(found) if json.loads(p.read_text(encoding="utf-8"))["guests"])


def test_deleted_and_undone_is_the_same_guest(installation: Installation, plan_id: str) -> None:
    """Byte for byte, and it boots and answers as before."""
    name = f"{installation.name}-web"
    disk = installation.pool_path / f"{name}.qcow2"
    assert installation.fuyajo("vm", "stop", name).returncode == 0
    before, was = sha256(disk), listed(installation)
    deleted = installation.fuyajo("vm", "delete", name, "--yes", "--json")
    assert deleted.returncode == 0, deleted.stderr
    assert (disk.exists(), listed(installation)) == (False, [])
    undone = installation.fuyajo("undo", json.loads(deleted.stdout)["run"]["id"], "--json")
    assert undone.returncode == 0, undone.stdout
    back = installation.fuyajo("apply", json.loads(undone.stdout)["plan"]["id"])
    assert back.returncode == 0, back.stderr
    assert (sha256(disk), listed(installation)) == (before, was)
    file = installation.home / "env.json"
    file.write_text(json.dumps(request(installation, title="Back again")), encoding="utf-8")
    applied = installation.fuyajo("apply", "-f", str(file))
    assert applied.returncode == 0, applied.stderr
    assert "Back again" in page(installation)


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def test_delete_without_a_yes_is_refused(installation: Installation, plan_id: str) -> None:
    refused = installation.fuyajo("vm", "delete", f"{installation.name}-web")
    assert refused.returncode == 3
    assert f"{installation.name}-web" in domains()


def test_delete_leaves_nothing_behind(installation: Installation, plan_id: str) -> None:
    name = f"{installation.name}-web"
    deleted = installation.fuyajo("vm", "delete", name, "--purge", "--yes")
    assert deleted.returncode == 0, deleted.stderr
    assert name not in domains()
    assert {v for v in volumes(installation) if not v.startswith("base-")} == set()
    assert listed(installation) == []
