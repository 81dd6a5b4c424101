"""Building an image from the page: how far it is, after a reload too, its failure, and what becomes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from playwright.sync_api import expect

from fuyajo.engine.images.store import ImageStore
from fuyajo.service import building, job
from fuyajo.service.carrying import outcome
from fuyajo.service.images import _failed
from tests.e2e.pages.conftest import Visitors
from tests.e2e.pages.test_house import HOSTILE
from tests.support.command_line import World
from tests.support.service import Service

pytestmark = pytest.mark.browser
CARD = ".card:has(h3:has-text('debian-13'))"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, world: World) -> Queue[Any]:
    """What a build comes to next: a (step, share), an error, or None for its end."""
    told: Queue[Any] = Queue()

    def build(_actor: object, name: str, progress: Callable[[str, float], None]) -> None:
        while (step := told.get(timeout=30)) is not None:
            if isinstance(step, Exception):
                raise step
            progress(*step)
        store = ImageStore(world.home / "images")
        store.prepare()
        part = Path(store.directory / "part")
        part.write_bytes(b"qcow2")
        store.add(part, name, source="built", virtual_size=3 << 30, manifest={})

    monkeypatch.setattr(building, "build_image", build)
    return told


@pytest.fixture
def works(served: Service) -> Iterator[Callable[[], None]]:
    """Takes the next job, as a worker does, and carries it out beside the test."""
    threads: list[threading.Thread] = []

    def work() -> None:
        actor, now = served.actor("mika"), datetime.now(UTC)
        found = actor.jobs.claim("w", now, timedelta(minutes=5), 5)
        assert found is not None
        actor.jobs.move(found, "running", now)

        def carry() -> None:
            code = job.perform(actor, found.run, found.fence, watched=False)
            state, problems = outcome(actor, found, code)
            actor.jobs.move(found, state, datetime.now(UTC), problems)

        threads.append(threading.Thread(target=carry))
        threads[-1].start()

    yield work
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_a_build_is_watched_to_its_end(
    window: Visitors, steps: Queue[Any], works: Callable[[], None]
) -> None:
    visit = window("mika", admin=True)
    page = visit.go("/images")
    card = page.locator(CARD)
    card.get_by_role("button", name="Build the image debian-13").focus()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("waits for a worker")
    works()
    steps.put(("installing packages", 0.28))
    expect(card).to_contain_text("28 %")
    page.reload()
    expect(card).to_contain_text("installing packages")
    assert visit.accessibility() == []
    card.locator("a").click()
    page.wait_for_selector("[data-wire=live]")
    steps.put(("making it bootable", 0.88))
    expect(page.locator("#share")).to_have_text("88 %")
    expect(page.locator("#doing")).to_have_text("making it bootable")
    assert visit.accessibility() == []
    steps.put(None)
    page.wait_for_selector("#facts[data-status=successful]")
    expect(page.locator("#bar")).to_have_js_property("value", 1)
    page.click("#to-image")
    expect(page.locator("#images tbody th")).to_have_text("debian-13")
    expect(page.locator(CARD)).to_have_count(0)


def test_a_build_that_fails_says_what_to_do(
    window: Visitors, steps: Queue[Any], works: Callable[[], None]
) -> None:
    page = window("mika", admin=True, locale="ja-JP").go("/images")
    page.click("#build-debian-13")
    works()
    steps.put((HOSTILE, 0.3))
    expect(page.locator(CARD)).to_contain_text("<img src=x onerror=alert(1)>\ufffd")
    steps.put(_failed("mmdebstrap は終了コード 25 で失敗しました", "apt-get install x"))
    expect(page.locator(CARD)).to_contain_text("前回の作成は失敗しました")
    expect(page.locator(CARD)).to_contain_text("apt-get install x")
    expect(page.locator("#build-debian-13")).to_have_text("もう一度作成する")


def test_a_build_is_for_administrators(window: Visitors) -> None:
    page = window("noriko").go("/images")
    expect(page.locator(CARD)).to_contain_text("fuyajo image build debian-13")
    assert page.locator("main button").count() == 0
