"""The page of suggestions in a browser: its evidence, its plan, and not now."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from fuyajo.domain.machine import Snapshot
from tests.e2e.pages.conftest import Visitors
from tests.support.command_line import World, machine

pytestmark = pytest.mark.browser
OLD = (Snapshot("a", "2020-01-01T00:00:00Z"),)


def test_a_suggestion_becomes_a_plan_or_is_put_away(window: Visitors, world: World) -> None:
    visit = window("mika")
    page = visit.go("/suggestions")
    expect(page.locator("main")).to_contain_text("Nothing to suggest")
    assert visit.accessibility() == []
    world.have(machine("web", snapshots=OLD, state="stopped"), machine("other", owner="jun"))
    visit.go("/suggestions")
    card = page.locator("section.card")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("web")
    assert visit.accessibility() == []
    card.get_by_role("button", name="Make the plan").click()
    page.wait_for_url("**/plans/p-*")
    expect(page.locator("main")).to_contain_text("snapshot")
    visit.go("/suggestions")
    card.get_by_role("button", name="Do not show").click()
    expect(page.locator(".done")).to_contain_text("not shown for a while")
    expect(card).to_have_count(0)
    page.click("text=Show dismissed ones too")
    expect(card).to_have_count(1)
    assert not world.runs
