"""What can be done about a run, the table of all, and words of strangers that stay words."""

from __future__ import annotations

import re
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.conftest import Visitors
from tests.integration.http.test_runs import work
from tests.support.browser import fits, focused, settled
from tests.support.command_line import World
from tests.support.run_stories import RUN, Story, going, until
from tests.support.service import Service
from tests.support.service_host import HOLD, worker

pytestmark = pytest.mark.browser
PATH = f"/runs/{RUN}"
WITHIN = 5.0  # seconds from a click to the end
HOSTILE = (
    "<img src=x onerror=window.__hurt=1><script>window.__hurt=1</script>"
    "\x1b[31mred\x1b]0;title\x07\x00\u202egnp.exe {{ 7*7 }} </li></ol> javascript:alert(1)"
)


def queued(served: Service, name: str = "hello") -> str:
    """Id of a run of mika's that waits."""
    token = served.token("mika")
    made = served.call("POST", "/api/v1/plans", token, {"words": f"a web server called {name}"})
    path = f"/api/v1/plans/{made.json()['plan']['id']}/apply"
    run: str = served.call("POST", path, token, {}).json()["run"]["id"]
    return run


def test_a_run_that_waits_says_why_and_is_stopped_by_keyboard(
    window: Visitors, served: Service
) -> None:
    visit = window("mika")
    first, run = queued(served, "first"), queued(served)
    page = visit.go(f"/runs/{run}")
    assert "number 2 in the queue" in page.inner_text("#facts")
    assert page.title().startswith("… waiting")
    page.focus("#stop summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#stop-now")
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers):
        pass  # it looks again by itself, and what was opened stays open
    settled(page)
    page.keyboard.press("Tab")
    focused(page, "stop-now")
    asked = monotonic()
    page.keyboard.press("Enter")
    page.wait_for_selector("#facts[data-status=canceled]")
    assert monotonic() - asked < WITHIN
    expect(page.locator("#state")).to_have_text("stopped")
    visit.go(f"/runs/{first}")
    assert "number 1 in the queue" in page.inner_text("#facts")


def test_a_run_that_goes_on_is_stopped_within_seconds(
    window: Visitors, served: Service, tmp_path: Path, world: World
) -> None:
    visit = window("mika")
    run = queued(served)
    page = visit.go(f"/runs/{run}")
    hold = tmp_path / "hold"
    hold.touch()
    with worker(world.home, lease=20, **{HOLD: str(hold)}):
        page.wait_for_selector("#facts[data-status=running]", timeout=60_000)
        page.click("#stop summary")
        asked = monotonic()
        page.click("#stop-now")
        page.wait_for_selector("#facts[data-status=canceled]")
        assert monotonic() - asked < WITHIN
        page.wait_for_selector("#continue")


def test_a_run_that_failed_goes_on_from_its_page(
    window: Visitors, served: Service, world: World
) -> None:
    visit = window("mika")
    run = queued(served)
    world.status, world.makes, world.fails_at = "failed", frozenset({"hello"}), "configure"
    work(served)
    page = visit.go(f"/runs/{run}")
    assert page.inner_text("#state") == "failed"
    assert page.title().startswith("✗ failed")
    assert "left half-way" in page.inner_text("[aria-labelledby=why]")
    world.status = "successful"
    page.dblclick("#continue")
    page.wait_for_selector("#facts[data-status=queued]")
    assert len(served.actor("mika").jobs.of("mika", ["queued"])) == 1
    assert page.url != visit.base + f"/runs/{run}"
    work(served)
    page.wait_for_selector("#facts[data-status=successful]")
    visit.go(f"/runs/{run}")
    page.click("#continue")
    expect(page.locator(".note")).to_contain_text("Nothing is left to do")


def test_undo_makes_a_plan_and_shows_it(window: Visitors, served: Service) -> None:
    visit = window("mika")
    run = queued(served)
    work(served)
    page = visit.go(f"/runs/{run}")
    with page.expect_response(lambda answer: answer.request.method == "POST") as undone:
        page.click("#undo")
    newest = served.actor("mika").plans.newest("mika")
    assert undone.value.headers["location"] == f"/plans/{newest}"
    page.wait_for_url(f"**/plans/{newest}")


def test_hostile_words_stay_words(window: Visitors, served: Service) -> None:
    visit = window("mika")
    with going(served.actor("mika"), ["<b>x</b>"]) as run:

        def hostile() -> None:
            for kind in ("note", "failed", "result", "task", "stage", "recap", "<i>", "__proto__"):
                more = {"stage": HOSTILE, "host": HOSTILE, "task": HOSTILE, "message": HOSTILE}
                run.raw(kind=kind, data={"stats": {HOSTILE: {HOSTILE: 1}}}, **more)
            run.raw(kind=7, message={"a": 1}, host=["x"], task=None, stage="constructor", data=None)

        hostile()
        page = visit.go(PATH)
        page.wait_for_selector("[data-wire=live]")
        first = page.evaluate("[...document.querySelectorAll('#log > li')].map((i) => i.innerText)")
        hostile()
        until(page, "document.querySelectorAll('#log > li').length === 18")
        both = page.evaluate("[...document.querySelectorAll('#log > li')].map((i) => i.innerText)")
        assert both[9:] == first == both[:9]
        assert "<img src=x" in both[0]
        assert not {c for c in "".join(both) if ord(c) < 32 and c != "\n"} | {"\u202e"} & {
            *"".join(both)
        }
        assert page.locator("#log img, #log script, #log i, #lanes i").count() == 0
        assert page.evaluate("window.__hurt") is None
        run.vms, run.plan = ("<b>x</b>",), "p-afc13e06"
    run.save("failed", failure=HOSTILE, reason=HOSTILE)
    page.reload()
    assert "<img src=x" in page.inner_text(".failure")
    plain = page.request.get(visit.base + f"{PATH}/log")
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert "\x1b" not in plain.text()
    visit.go("/runs")
    assert page.evaluate("window.__hurt") is None


def test_the_log_is_filtered_while_one_types_and_without_scripts(
    window: Visitors, served: Service
) -> None:
    visit = window("mika")
    plainly = window("mika", java_script_enabled=False)
    with going(served.actor("mika"), ["hello", "db"]) as run:
        run.tasks()
        page = visit.go(PATH)
        page.wait_for_selector("[data-wire=live]")
        page.focus("#filter-text")
        page.keyboard.type("NGINX")
        expect(page.locator("#shown")).to_have_text(f"3 of {run.seq} lines")
        page.select_option("#filter-machine", "db")
        page.check("[name=only]")
        expect(page.locator("#shown")).to_have_text(f"1 of {run.seq} lines")
        run.tasks()
        until(page, f"document.querySelector('#shown').textContent === '2 of {run.seq} lines'")
        other = plainly.go(PATH)
        assert other.locator("#log > li").count() == run.seq
        other.fill("#filter-text", "nginx")
        other.check("[name=only]")
        other.select_option("#filter-machine", "db")
        other.click("#filter-go")
        expect(other.locator("#shown")).to_have_text(f"2 of {run.seq} lines")
        expect(other.locator("#log > li:visible")).to_have_count(2)
        expect(other.locator("#again")).to_be_visible()
        other.click("#stop summary")
        expect(other.locator("#stop-now")).to_be_visible()


def test_the_table_is_filtered_and_keeps_itself_up_to_date(
    window: Visitors, served: Service
) -> None:
    visit = window("mika")
    actor = served.actor("mika")
    Story(actor, id="r-20261120-100000-0001").save("failed")
    Story(actor, id="r-20261120-100000-0002").save("successful")
    with going(actor):
        page = visit.go("/runs")
        assert page.locator("#rows tr").count() == 3
        assert page.inner_text("#going") == "1 in progress"
        page.click("#which-failed")
        page.wait_for_selector("#which-failed[aria-current=page]")
        expect(page).to_have_url(re.compile(r"/runs\?state=failed$"))
        expect(page.locator("#rows tr")).to_have_count(1)
        focused(page, "which-failed")
        settled(page)
        page.go_back()
        page.wait_for_selector("#which-all[aria-current=page]")
        settled(page)
        page.focus(f"#to-{RUN}")
    page.wait_for_selector(f"#rows tr:has(#to-{RUN}) .state.good")
    focused(page, f"to-{RUN}")
    until(page, "document.querySelector('#going').textContent === ''")


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_runs_are_accessible_and_fit_a_phone(
    window: Visitors, served: Service, scheme: str, locale: str
) -> None:
    phone = {"width": 320, "height": 640}
    visit = window("mika", color_scheme=scheme, locale=locale, viewport=phone)
    run = queued(served)
    bad = Story(served.actor("mika"), plan="p-afc13e06", id="r-20261120-100000-0001")
    bad.tasks(4)
    bad.save("failed", failure="configure: Install nginx (hello.guest): no such package")
    with going(served.actor("mika"), ["a-machine-with-a-long-name-" + "0123456789" * 3]) as story:
        story.tasks()
        for path in ("/runs", PATH, f"/runs/{bad.id}", f"/runs/{run}"):
            page = visit.go(path)
            assert visit.accessibility() == [], path
            assert fits(page), path
