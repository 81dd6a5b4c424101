"""The page of alerts in a browser: one comes, fires on the first page and the machine's, and goes."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from fuyajo.domain.alerts import Standing, State
from fuyajo.service import alerting
from fuyajo.store.alerts import AlertStore
from tests.e2e.pages.conftest import Visitors
from tests.e2e.pages.test_house import HOSTILE
from tests.support.command_line import World, machine
from tests.support.service import Service

pytestmark = pytest.mark.browser


def test_an_alert_comes_fires_and_goes(window: Visitors, world: World, served: Service) -> None:
    world.have(machine("hello"))
    visit = window("mika")
    page = visit.go("/alerts")
    expect(page.locator("main")).to_contain_text("No alert yet")
    page.fill("#title", HOSTILE.removesuffix("\u202e"))
    page.fill("#vms", "hallo")
    page.fill("#threshold", "120")
    page.click("text=Add the alert")
    expect(page.locator("#problems")).to_contain_text("hallo")
    expect(page.locator("#problems")).to_contain_text("120")
    assert page.input_value("#vms") == "hallo"
    page.fill("#vms", "hello")
    page.fill("#threshold", "90")
    page.fill("#clear", "70")
    page.select_option("#severity", "critical")
    page.click("text=Add the alert")
    row = page.locator("tbody tr")
    expect(row).to_contain_text("cpu > 90 %, 600s")
    expect(row).to_contain_text("quiet")
    actor = served.actor("mika")
    (alert,) = alerting.of(actor)
    assert (alert.rule.clear, alert.rule.lasting, alert.rule.severity) == (70.0, 600, "critical")
    state = State("firing", None, int(time.time()))
    uuid = world.found["hello"].uuid
    AlertStore(actor.database).keep([Standing(alert.id, uuid, "hello", state, 97.5)], [])
    for path in ("/", "/machines/hello", "/alerts"):
        visit.go(path)
        assert page.locator(".state.bad").count() == 1, path
        assert page.locator("script:not([src])").count() == 0, path
        assert visit.accessibility() == [], path
    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("off")
    visit.go("/")
    assert page.locator(".state.bad").count() == 0
    visit.go("/alerts")
    row.get_by_role("button", name="Enable").click()
    expect(row).to_contain_text("quiet")
    row.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("No alert yet")


def test_down_needs_no_number(window: Visitors, served: Service) -> None:
    page = window("mika").go("/alerts")
    page.select_option("#metric", "down")
    page.click("text=Add the alert")
    expect(page.locator("tbody tr")).to_contain_text("all that you see")
    (alert,) = alerting.of(served.actor("mika"))
    assert (alert.rule.side, alert.rule.threshold) == ("above", 0.5)
