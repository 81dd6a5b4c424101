"""The page of a machine's logs in a browser: chosen by a form, and inert whatever a guest wrote."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.conftest import Visitors
from tests.e2e.pages.test_house import HOSTILE
from tests.support.command_line import World, machine

pytestmark = pytest.mark.browser


def test_a_guest_writes_what_it_likes(
    window: Visitors, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = f"2026-11-24T02:00:01.5+0000 web {HOSTILE}\n2026-11-24T02:00:02.5+0000 web </pre>fine\n"
    monkeypatch.setattr("fuyajo.engine.guest_log.read_journal", lambda *_: lines)
    world.have(machine("hello"))
    visit = window("mika")
    page = visit.go("/machines/hello")
    page.click("main >> text=Logs")
    page.wait_for_url("**/machines/hello/logs")
    expect(page.locator("main")).to_contain_text("No such lines")
    page.select_option("#source", "journal")
    page.click("main >> text=Show")
    expect(page.locator("pre")).to_contain_text("<img src=x")
    assert page.locator("pre img").count() == 0 and page.locator("pre").count() == 1
    assert visit.accessibility() == []
    page.fill("#grep", "fine")
    page.click("main >> text=Show")
    expect(page.locator("pre")).to_contain_text("fine")
    expect(page.locator("pre")).not_to_contain_text("img")


def test_a_guest_that_does_not_answer(window: Visitors, world: World) -> None:
    world.have(machine("hello"))
    page = window("mika").go("/machines/hello/logs?source=journal")
    expect(page.locator("#problems")).to_contain_text("the guest does not say")
