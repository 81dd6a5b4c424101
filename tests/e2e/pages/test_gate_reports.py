"""Reports that decided about planners: listed, read and compared; what a planner said stays text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from fuyajo.store.home import Home
from fuyajo.store.reports import ReportStore
from tests.e2e.pages.conftest import Visitors
from tests.e2e.pages.test_house import HOSTILE
from tests.support.browser import fits
from tests.support.command_line import World

pytestmark = pytest.mark.browser


def report(day: int, share: float, **more: Any) -> dict[str, Any]:
    score = {"n": 20, "pass_at_1": share, "pass_k": share, "wilson": [0.5, 1.0]}
    case = {"id": "g-1", "class": "greeting", "runs": 5, "passes": 4, "words": HOSTILE}
    return {
        "backend": "openai", "model": HOSTILE, "k": 5, "seconds": 90.0,
        "begun": datetime(2026, 11, day, 9, tzinfo=UTC).isoformat(),
        "verdict": {"passed": share == 1, "shortfalls": []},
        "classes": {"greeting": score, "create": score}, "wishes": score, "overall": score,
        "cases": [{**case, "why": ["", HOSTILE], "replies": [[], [HOSTILE]]}], **more,
    }  # fmt: skip


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_reports_are_read_and_compared(
    window: Visitors, world: World, scheme: str, locale: str
) -> None:
    store = ReportStore(Home(world.home))
    store.keep(report(20, 0.95), admitted=False)
    store.keep(report(21, 1.0), admitted=True)
    visit = window("mika", admin=True, color_scheme=scheme, locale=locale)
    page = visit.go("/planners")
    assert visit.accessibility() == []
    rows = page.locator("div:has(> #reports) tbody tr")
    expect(rows).to_have_count(2)
    rows.first.locator("a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/planners/reports/openai-20261121-090000")
    page.locator("details.more summary").click()
    expect(page.locator("pre.quote").last).to_have_text("<img src=x onerror=alert(1)>\ufffd")
    page.locator("form.filters button").click()
    page.wait_for_url("**with=openai-20261120-090000")
    expect(page.locator("tbody tr").first).to_contain_text("+5.0")
    assert visit.accessibility() == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert fits(page)
