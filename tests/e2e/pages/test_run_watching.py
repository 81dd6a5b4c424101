"""One run, watched: every event once and in order whatever breaks, and the same after a reload."""

from __future__ import annotations

import re
from contextlib import ExitStack
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages.conftest import Visitors
from tests.support.browser import PASSWORD, settled, visiting
from tests.support.command_line import World
from tests.support.relay import relay
from tests.support.run_stories import RUN, going, until
from tests.support.service import Service, service

pytestmark = pytest.mark.browser
PATH = f"/runs/{RUN}"
LIVE = "[data-wire=live]"
SEQS = "[...document.querySelectorAll('#log > li')].map((item) => Number(item.dataset.seq))"
LANES = "[...document.querySelectorAll('#lanes > li')].map((item) => item.innerText)"
BUSY = 3  # times as long as on a machine that does nothing else
STEPS = "[...document.querySelectorAll('.steps > li')].map((item) => item.innerText)"


def shown(page: Page, count: int) -> list[int]:
    """The numbers of the lines, once there are so many."""
    until(page, f"document.querySelectorAll('#log > li').length >= {count}")
    found: list[int] = page.evaluate(SEQS)
    return found


def numbers(count: int) -> list[int]:
    return list(range(1, count + 1))


def test_a_run_is_watched_to_its_end_and_a_reload_shows_the_same(
    window: Visitors, served: Service
) -> None:
    visit = window("mika")
    with going(served.actor("mika"), ["hello", "db"]) as run:
        run.plan = "p-afc13e06"  # gone long ago
        run.tasks(2)
        page = visit.go(PATH)
        page.wait_for_selector(LIVE)
        run.tasks()
        assert shown(page, run.seq) == numbers(run.seq)
        expect(page.locator("[data-step=now] .name")).to_have_text("checking from outside")
        expect(page).to_have_title(re.compile("^5/5 checking from outside · r-"))
        lanes = page.evaluate(LANES)
        page.reload()
        page.wait_for_selector(LIVE)
        assert page.evaluate(LANES) == lanes
        assert shown(page, run.seq) == numbers(run.seq)
        run.recap()
    page.wait_for_selector("#facts[data-status=successful] #undo")
    settled(page)
    expect(page.locator("#live")).to_have_text("successful")
    expect(page).to_have_title(re.compile("^✓ successful · r-"))
    assert page.evaluate("document.querySelector('#bar').value") == 5
    lanes, steps = page.evaluate(LANES), page.evaluate(STEPS)
    assert lanes[0].endswith("ok 2\nchanged 2\nfailed 0"), lanes
    page.reload()
    assert (page.evaluate(LANES), page.evaluate(STEPS)) == (lanes, steps)
    assert page.evaluate(SEQS) == numbers(run.seq)


def test_a_run_that_fails_says_so_as_a_reload_does(window: Visitors, served: Service) -> None:
    visit = window("mika")
    with going(served.actor("mika"), ["hello"], ends="failed") as run:
        page = visit.go(PATH)
        page.wait_for_selector(LIVE)
        run.tasks(4)
        failed = {"stage": "configure", "host": "hello.guest", "task": "Install nginx"}
        run.write(run.event("failed", 2, message="no such package", **failed))
        shown(page, run.seq)
        expect(page.locator("#lanes [data-who=hello]")).to_contain_text("failed")
        page.click("#stop summary")
        page.focus("#stop-now")
    page.wait_for_selector("#facts[data-status=failed]:not(:has(#stop))")
    until(page, "document.activeElement.id === 'title'")  # the button is gone, the place is not
    page.wait_for_selector("[data-step=ended]")
    lanes, steps = page.evaluate(LANES), page.evaluate(STEPS)
    page.reload()
    assert (page.evaluate(LANES), page.evaluate(STEPS)) == (lanes, steps)


def test_no_event_is_lost_or_doubled_over_a_wire_that_is_cut(
    world: World, browser: Browser
) -> None:
    with service(world.home) as api, relay(api.port) as wire:
        api.user("mika", password=PASSWORD)
        with visiting(browser, f"http://127.0.0.1:{wire.port}") as visit:
            visit.sign_in("mika")
            with going(api.actor("mika")) as run:
                run.notes(20)
                page = visit.go(PATH)
                page.wait_for_selector(LIVE)
                wire.cut += [b"id: 45\n", b"id: 90\n", b"id: 91\n"]
                run.notes(100)
                assert shown(page, 120) == numbers(120)
                assert wire.cut == []
                assert len([call for call in wire.calls if b"/stream?after=" in call]) >= 4
            page.wait_for_selector("#facts[data-status=successful]")
            visit.calm()


def test_offline_and_back(window: Visitors, served: Service) -> None:
    visit = window("mika")
    with going(served.actor("mika")) as run:
        run.notes(5)
        page = visit.go(PATH)
        page.wait_for_selector(LIVE)
        page.context.set_offline(True)
        page.wait_for_selector("[data-wire=lost]")
        run.notes(50)
        page.context.set_offline(False)
        assert shown(page, 55) == numbers(55)
        run.notes(5)
        assert shown(page, 60) == numbers(60)


def test_a_service_that_comes_back_at_the_same_place_is_found_again(
    world: World, browser: Browser
) -> None:
    with ExitStack() as first:
        api = first.enter_context(service(world.home))
        port, actor = api.port, api.actor("mika")
        api.user("mika", password=PASSWORD)
        with visiting(browser, f"http://127.0.0.1:{port}") as visit, going(actor) as run:
            visit.sign_in("mika")
            run.notes(10)
            page = visit.go(PATH)
            page.wait_for_selector(LIVE)
            first.close()
            page.wait_for_selector("[data-wire=lost]")
            expect(page.locator("#live")).to_contain_text("trying again")
            run.notes(30)
            with service(world.home, port=port):
                assert shown(page, 40) == numbers(40)
                page.wait_for_selector(LIVE)
                expect(page.locator("#live")).to_have_text("Connected again.")
                run.notes(5)
                assert shown(page, 45) == numbers(45)
                run.save("successful")
                page.wait_for_selector("#facts[data-status=successful]")
            visit.calm()


def test_who_is_signed_out_meanwhile_is_told(window: Visitors, served: Service) -> None:
    visit = window("mika")
    with going(served.actor("mika")) as run:
        run.notes(3)
        page = visit.go(PATH)
        page.wait_for_selector(LIVE)
        for token in served.app.state.people.tokens("mika"):
            served.app.state.people.take_back("mika", token.id)
        page.wait_for_selector("[data-wire=signed_out]")
        way = f"/sign-in?next={PATH.replace('/', '%2F')}"
        expect(page.locator("#wire a")).to_have_attribute("href", way)
        run.notes(3)
        assert page.evaluate(SEQS) == numbers(3)


def test_a_long_run_is_shown_at_once_and_stays_usable(window: Visitors, served: Service) -> None:
    visit = window("mika")
    with going(served.actor("mika")) as run:
        run.notes(19_000)
        began = monotonic()
        page = visit.go(PATH)
        assert monotonic() - began < 3 * BUSY
        assert page.evaluate(SEQS) == list(range(17_001, 19_001))
        assert "17000 earlier lines" in page.inner_text("#earlier")
        page.wait_for_selector(LIVE)
        run.notes(1_000)
        until(page, f"({SEQS}).at(-1) === 20000")
        assert page.evaluate(SEQS) == list(range(18_001, 20_001))
        expect(page.locator("#earlier")).to_contain_text("18000 earlier lines")
        bottom = "document.querySelector('#log-box').scrollTop"
        until(page, f"{bottom} > 10000")  # it follows the end, until somebody scrolls
        page.focus("#log-box")
        page.keyboard.press("Home")
        until(page, f"{bottom} < 200")
        run.notes(10)
        until(page, f"({SEQS}).at(-1) === 20010")
        assert page.evaluate(bottom) < 2000
        page.click("#earlier a")
        page.wait_for_url(f"**{PATH}/log")
        assert page.inner_text("body").count("\n") > 20_000
