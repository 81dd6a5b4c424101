"""What a run reports, what it leaves on disk, what it lets in."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from fuyajo.engine.box import outcome
from fuyajo.engine.box.contain import Containment
from fuyajo.engine.runner import Event, read_outcome, run
from tests.integration.runner.support import READ, Site, command, driver

CANARY = "canary-7f3a9c"
ALLOWED = {
    "PATH",
    "LANG",
    "HOME",
    "ANSIBLE_CONFIG",
    "ANSIBLE_HOME",
    "ANSIBLE_LOCAL_TEMP",
    "ANSIBLE_COLLECTIONS_PATH",
    "ANSIBLE_SSH_CONTROL_PATH_DIR",
    "ANSIBLE_HOST_KEY_CHECKING",
    # ansible-runner's own
    "ANSIBLE_CALLBACK_PLUGINS",
    "ANSIBLE_STDOUT_CALLBACK",
    "ANSIBLE_RETRY_FILES_ENABLED",
    "ANSIBLE_CACHE_PLUGIN",
    "ANSIBLE_CACHE_PLUGIN_CONNECTION",
    "AWX_ISOLATED_DATA_DIR",
    "RUNNER_OMIT_EVENTS",
    "RUNNER_ONLY_FAILED_EVENTS",
}


def read_spec(name: str = "prepare: read the document") -> dict[str, object]:
    return {"name": name, "ansible.builtin.set_fact": {"fj": READ}}


def debug(text: str, **more: object) -> dict[str, object]:
    return {"name": "say", "ansible.builtin.debug": {"msg": text}, **more}


def files(directory: Path) -> dict[str, bytes]:
    found = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in found}


def test_success(site: Site, kind: Containment) -> None:
    seen: list[Event] = []
    play = site.play(
        read_spec(), debug("{{ fj.word }}"), command("echo", "{{ fj.word }}", name="configure: do")
    )
    request = site.request(play, kind=kind, document={"word": "{{ 7 * 7 }} é\n$(id)"})
    ended = run(request, seen.append)
    assert (ended.status, ended.rc, ended.changed, ended.failure) == ("successful", 0, 1, None)
    assert ended.stats["here"]["ok"] == 3
    assert [event.stage for event in seen if event.kind == "stage"] == ["prepare", "configure"]
    assert [event.kind for event in seen if event.kind in ("result", "recap")] == [
        "result",
        "result",
        "result",
        "recap",
    ]
    assert seen[4].message == "{{ 7 * 7 }} é\n$(id)", "the text arrives as it was"
    assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
    on_disk = (request.directory / outcome.EVENTS).read_bytes().splitlines()
    assert [Event.from_json(line) for line in on_disk] == seen
    assert read_outcome(request.directory) == ended


def test_failure_names_the_task_that_was_not_rescued(site: Site) -> None:
    rescued: dict[str, object] = {
        "block": [command("false", name="create: rescued")],
        "rescue": [debug("never mind")],
    }
    ignored = command("false", name="create: ignored", ignore_errors=True)
    play = site.play(rescued, ignored, command("sh", "-c", "echo why >&2; exit 3", name="boot: no"))
    seen: list[Event] = []
    ended = run(site.request(play), seen.append)
    assert (ended.status, ended.rc) == ("failed", 2)
    assert ended.failure is not None
    assert (ended.failure.host, ended.failure.task) == ("here", "boot: no")
    assert ended.failure.message == "non-zero return code\nwhy"
    assert [e.task for e in seen if e.kind == "failed"] == ["create: rescued", "boot: no"]


@pytest.mark.skipif(not shutil.which("ssh"), reason="no ssh client here")
def test_unreachable(site: Site) -> None:
    play = site.play({"name": "boot: wait", "ansible.builtin.ping": {}}, hosts="away")
    seen: list[Event] = []
    ended = run(site.request(play), seen.append)
    assert ended.status == "failed"
    assert ended.stats["away"]["unreachable"] == 1
    assert ended.failure is not None and ended.failure.host == "away"
    assert "refused" in ended.failure.message
    assert "unreachable" in [event.kind for event in seen]


def test_broken_playbook_says_why(site: Site) -> None:
    ended = run(
        site.request(site.play({"name": "x", "no_such_module_xyz": {}})), lambda event: None
    )
    assert ended.status == "failed"
    assert ended.failure is not None
    assert "no_such_module_xyz" in ended.failure.message


def test_box_that_cannot_start_says_why(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(site.root / "no-such-python"))
    request = site.request(site.play(debug("x")), kind="bubblewrap")
    ended = run(request, lambda event: None)
    assert ended.status == "failed"
    assert ended.failure is not None and "no-such-python" in ended.failure.message
    monkeypatch.undo()
    request = site.request(site.play(debug("x")), "other", kind="subreaper")
    monkeypatch.setattr("sys.executable", str(site.root / "no-such-python"))
    with pytest.raises(FileNotFoundError):
        run(request, lambda event: None)


def test_check_mode(site: Site) -> None:
    target = site.root / "made"
    play = site.play(
        {"name": "touch", "ansible.builtin.copy": {"content": "", "dest": str(target)}}
    )
    ended = run(site.request(play, check=True), lambda event: None)
    assert (ended.status, ended.changed) == ("successful", 1)
    assert not target.exists()


def test_a_used_directory_is_refused(site: Site) -> None:
    play = site.play(debug("x"))
    request = site.request(play)
    assert run(request, lambda event: None).status == "successful"
    before = files(request.directory)
    with pytest.raises(FileExistsError):
        run(request, lambda event: None)
    assert files(request.directory) == before
    open_to_all = site.root / "shared"
    open_to_all.mkdir(mode=0o755)
    link = site.root / "link"
    link.symlink_to(open_to_all)
    for name in ("shared", "link"):
        with pytest.raises(FileExistsError):
            run(site.request(play, name), lambda event: None)
    assert list(open_to_all.iterdir()) == []
    (site.root / "empty").mkdir(mode=0o700)
    assert run(site.request(play, "empty"), lambda event: None).status == "successful"


def test_everything_in_the_directory_is_private(site: Site) -> None:
    request = site.request(site.play(read_spec()), document={"word": CANARY})
    run(request, lambda event: None)
    assert stat.S_IMODE(request.directory.stat().st_mode) == 0o700
    for name in ("spec.json", "job.json", "run.pid", "events.jsonl", "result.json", "box.log"):
        assert stat.S_IMODE((request.directory / name).stat().st_mode) == 0o600, name
    holders = [name for name, text in files(request.directory).items() if CANARY.encode() in text]
    assert holders == ["spec.json"], "the document is in one place only"


def test_modules_work_inside_the_run(site: Site) -> None:
    request = site.request(site.play({"name": "ping", "ansible.builtin.ping": {}}))
    assert run(request, lambda event: None).status == "successful"
    assert (request.directory / "home" / ".ansible" / "tmp").is_dir()


def test_nothing_of_the_owners_environment_gets_in(
    site: Site, kind: Containment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", CANARY)
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", f"/{CANARY}")
    everything = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c '^SECRET_TOKEN='"
    play = site.play(
        command("env", name="see", register="seen"),
        debug("{{ seen.stdout }}"),
        command("sh", "-c", everything, name="look around", register="around", failed_when=False),
        debug("around {{ around.stdout }}"),
    )
    request = site.request(play, kind=kind)
    seen: list[Event] = []
    assert run(request, seen.append).status == "successful"
    for name, text in files(request.directory).items():
        assert CANARY.encode() not in text, name
    names = {line.partition("=")[0] for line in seen[3].message.splitlines()}
    assert "PATH" in names and "SECRET_TOKEN" not in names
    stored = json.loads((request.directory / "artifacts/run/command").read_text())["env"]
    stored.pop("PWD", None)  # bubblewrap sets it, to the run's own directory
    assert set(stored) == ALLOWED
    assert stored["ANSIBLE_HOST_KEY_CHECKING"] == "True"
    if kind == "bubblewrap":  # in its own /proc there is nobody else
        assert next(e.message for e in seen if e.message.startswith("around")) == "around 0"


def test_two_runs_at_once_do_not_see_each_other(site: Site) -> None:
    play = site.play(
        read_spec(),
        {"name": "keep", "ansible.builtin.set_fact": {"kept": "{{ fj.word }}", "cacheable": True}},
        debug("{{ fj.word }} {{ fj.other | default('none') }}"),
    )
    alice = site.request(play, "alice", document={"word": "alice-1", "other": "alice-2"})
    bob = site.request(play, "bob", document={"word": "bob-1"})
    with driver(alice) as first, driver(bob) as second:
        told = [first.told(), second.told()]
    said = [[event.message for event in events][-2] for events, _ in told]
    assert said == ["alice-1 alice-2", "bob-1 none"]
    assert not any(b"alice" in text for text in files(bob.directory).values())


def test_huge_output_is_bounded(site: Site) -> None:
    shout = ("python3", "-c", "print('x' * 5_000_000)")
    play = site.play(
        command(*shout, name="shout", register="out"),
        debug("{{ 'é' * 3_000_000 }}"),
        debug("{{ item }}", loop="{{ range(60) | list }}"),
    )
    request = site.request(play)
    seen: list[Event] = []
    assert run(request, seen.append).status == "successful"
    assert max(len(event.to_json()) for event in seen) < 20_000
    assert sum(len(text) for text in files(request.directory).values()) < 200_000
    assert len(seen) < 50, "one result per task, not per item"


def test_a_long_path_gets_a_short_place_for_ssh(site: Site) -> None:
    deep = site.root / ("d" * 90)
    deep.mkdir()
    play = site.play(
        debug("{{ lookup('ansible.builtin.env', 'ANSIBLE_SSH_CONTROL_PATH_DIR') }}"),
    )
    seen: list[Event] = []
    assert run(site.request(play, f"{deep.name}/run"), seen.append).status == "successful"
    place = Path(seen[1].message)
    assert len(str(place)) < 40 and not place.exists()


def test_what_is_not_absolute_is_refused(site: Site) -> None:
    good = site.request(site.play(debug("x")))
    for field, bad in (
        ("directory", Path("run")),
        ("playbook", Path("play-0.yml")),
        ("inventory", Path("inventory.yml")),
        ("ansible_cfg", site.root / "missing.cfg"),
        ("timeout", 0.0),
    ):
        with pytest.raises(ValueError):
            run(type(good)(**{**vars(good), field: bad}), lambda event: None)
    assert not good.directory.exists()
