"""Whatever ends a run, no process of it is left, however far it got away from its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from fuyajo.engine import runner
from fuyajo.engine.box import control, process
from fuyajo.engine.box.contain import Containment
from fuyajo.engine.runner import Event, cancel, read_outcome, run
from tests.integration.runner.support import (
    PATIENCE,
    Driver,
    Site,
    command,
    driver,
    eventually,
    marked,
    sleepers,
)
from tests.support.pace import within

LATE = 15.0  # a deadline that ends a run which has begun to sleep by then
BOUND = 5.0  # seconds from the order to stop until nothing is left


def gone(site: Site, name: str = "run", seconds: float = BOUND) -> None:
    with within(seconds):
        eventually(lambda: not marked(site.root / name), "nothing survives")


def test_success_takes_its_daemons_along(site: Site, kind: Containment) -> None:
    daemon, _ = sleepers()
    ended = run(site.request(site.play(daemon), kind=kind), lambda event: None)
    assert ended.status == "successful"
    assert marked(site.root / "run") == {}


def test_cancel_from_another_process(site: Site, kind: Containment) -> None:
    with driver(site.request(site.play(*sleepers()), kind=kind)) as other:
        other.wait_asleep()
        assert read_outcome(site.root / "run") is None
        with within(BOUND):
            assert cancel(site.root / "run") is True
        assert marked(site.root / "run") == {}
        events, ended = other.told()
    assert ended.status == "canceled"
    assert read_outcome(site.root / "run") == ended
    assert [event.stage for event in events if event.kind == "stage"] == ["create", "boot"]
    assert cancel(site.root / "run") is False, "it has ended already"


def test_cancel_from_a_process_of_its_own(site: Site) -> None:
    code = (
        "import sys, pathlib; from fuyajo.engine.runner import cancel; "
        "sys.exit(0 if cancel(pathlib.Path(sys.stdin.readline().strip())) else 1)"
    )
    with driver(site.request(site.play(*sleepers()))) as other:
        other.wait_asleep()
        done = subprocess.run(
            [sys.executable, "-c", code], input=str(site.root / "run"), text=True, timeout=20
        )
        assert done.returncode == 0
        assert marked(site.root / "run") == {}
        assert other.told()[1].status == "canceled"


def test_cancel_before_the_start_is_seen(site: Site, kind: Containment) -> None:
    """The mark is there before there is anything to kill; the owner finds it and stops."""
    request = site.request(site.play(*sleepers()), kind=kind)
    seen: list[Event] = []
    before = control.record

    def late(directory: object, tree: object) -> None:
        (request.directory / control.CANCELED).touch()
        before(directory, tree)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(control, "record", late)
        ended = run(request, seen.append)
    assert ended.status == "canceled"
    assert marked(request.directory) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_signal_to_the_owner(site: Site, kind: Containment, number: signal.Signals) -> None:
    with driver(site.request(site.play(*sleepers()), kind=kind)) as other:
        other.wait_asleep()
        other.process.send_signal(number)
        code = other.process.wait(timeout=PATIENCE)
        gone(site)
        told = other.process.stdout.read() if other.process.stdout else ""
    ended = read_outcome(site.root / "run")
    assert ended is not None
    if number == signal.SIGINT:
        assert (code, ended.status) == (130, "canceled")
        assert '"status": "canceled"' in told
    else:
        assert (code, ended.status) == (-number, "interrupted")
        assert not (site.root / "run" / "result.json").exists()
        assert ended.changed == 1, "what had happened is still known"


def test_timeout(site: Site, kind: Containment) -> None:
    request = site.request(site.play(*sleepers()), kind=kind, timeout=LATE)
    with driver(request) as other:
        other.wait_asleep()
        with within(LATE + BOUND):
            _, ended = other.told()
    assert ended.status == "timeout"
    assert ended.seconds >= LATE
    assert marked(request.directory) == {}
    assert read_outcome(request.directory) == ended


def test_ansible_runners_timeout_is_the_second_line(
    site: Site, kind: Containment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An owner that is stuck in its callback does not watch the clock; the box does."""
    monkeypatch.setattr(runner, "BACKSTOP_SECONDS", 0)
    request = site.request(site.play(*sleepers()), kind=kind, timeout=LATE)
    was_stuck = []

    def stuck(event: Event) -> None:
        if event.task == "boot: sleep":
            eventually(lambda: not marked(request.directory), "the box ends itself")
            was_stuck.append(event)

    ended = run(request, stuck)
    assert was_stuck
    assert ended.status == "timeout"
    assert marked(request.directory) == {}


def test_callback_that_raises(site: Site, kind: Containment) -> None:
    def tell(event: Event) -> None:
        if event.task == "boot: sleep":
            raise RuntimeError("the reader is gone")

    request = site.request(site.play(*sleepers()), kind=kind)
    with pytest.raises(RuntimeError, match="the reader is gone"):
        run(request, tell)
    assert marked(request.directory) == {}
    ended = read_outcome(request.directory)
    assert ended is not None and ended.status == "interrupted"


def tree_pids(other: Driver) -> list[int]:
    """The direct child of the driver and what is below it, outermost first."""
    pids = sorted(marked(other.request.directory))
    return [pid for pid in pids if pid != other.process.pid]


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_kill_9_inside_the_tree(site: Site, kind: Containment, depth: int) -> None:
    """Each of the outermost processes: bubblewrap, its first process; the supervisor, the box."""
    with driver(site.request(site.play(*sleepers()), kind=kind)) as other:
        other.wait_asleep()
        os.kill(tree_pids(other)[depth], signal.SIGKILL)
        _, ended = other.told()
    gone(site)
    assert ended.status in {"interrupted", "failed"}


def test_stopped_supervisor_is_killed_all_the_same(site: Site) -> None:
    request = site.request(site.play(*sleepers()), kind="subreaper")
    with driver(request) as other:
        other.wait_asleep()
        os.kill(tree_pids(other)[0], signal.SIGSTOP)
        assert cancel(request.directory) is True
        assert marked(request.directory) == {}
        assert other.told()[1].status == "canceled"


def test_cancel_does_not_touch_a_process_that_only_has_the_number(site: Site) -> None:
    """A recycled pid: same number, other start time. Same start time, but not ours."""
    directory = site.root / "run"
    directory.mkdir(mode=0o700)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            for shift in (-1, 0):
                first = process.identify(stranger.pid)
                assert first
                control.write_json(
                    directory / control.PIDS,
                    {
                        "kind": "bubblewrap",
                        "first": {
                            "pid": first.pid,
                            "start": first.start + shift,
                            "boot": first.boot,
                        },
                    },
                )
                control.write_json(directory / control.JOB, {"owner": None})
                assert cancel(directory) is True
                assert stranger.poll() is None
        finally:
            stranger.kill()


def test_no_such_run(site: Site) -> None:
    assert cancel(site.root / "nothing") is False
    with pytest.raises(FileNotFoundError):
        read_outcome(site.root / "nothing")


def test_sleepers_can_be_found_at_all(site: Site, kind: Containment) -> None:
    """The control for every test above: the search does find processes that are there."""
    with driver(site.request(site.play(command("sleep", "300")), kind=kind)) as other:
        eventually(
            lambda: any(argv[0] == "sleep" for argv in marked(site.root / "run").values()),
            "the module is found",
        )
        assert other.process.poll() is None
