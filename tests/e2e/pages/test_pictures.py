"""What the pages look like: pictures in both themes and languages, kept, and what must hold in them.

They lie in `FUYAJO_PICTURES`, else in `.artifacts/pages` of the clone. `FUYAJO_REGENERATE=1` also writes
those of the README.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.e2e.pages.conftest import Visitors
from tests.support.command_line import World
from tests.support.service import Service
from tests.support.showroom import Showroom, facts, showroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REPOSITORY = Path(__file__).resolve().parents[3]
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 780}
#: These two show every page, on a phone too; the others those that people look at most.
WHOLE = [("light", "en-GB"), ("dark", "ja-JP")]
LOOKS = [*WHOLE, ("light", "ja-JP"), ("dark", "en-GB")]
MOST = (
    "home",
    "talk_en",
    "talk_ja",
    "plan",
    "plan_destroys",
    "run",
    "going",
    "machines",
    "machine",
)
#: Those of the README, and their names there.
CHOSEN = {"talk_ja-light-ja": "talk", "going-dark-en": "run", "machines-light-en": "machines"}
FIRST_LOAD_BYTES, FIRST_PAINT_MS, PICTURE_BYTES = 200_000, 1000, 150_000
SENT = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"
PAINTED = """() => new Promise(done => {
  new PerformanceObserver(list => list.getEntriesByName("first-contentful-paint")
    .forEach(one => done(one.startTime))).observe({type: "paint", buffered: true});
})"""
SHIFTED = """() => new Promise(done => {
  const moved = [];
  new PerformanceObserver(list => moved.push(...list.getEntries()))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(moved
    .filter(one => one.value >= 0.001)
    .flatMap(one => one.sources.map(source =>
      `${one.value.toFixed(4)} ${source.node?.outerHTML?.slice(0, 120)}`)))));
})"""
# Everything of the page itself begins where the header ends, and ends where the window does.
OUTSIDE = """() => {
  const bottom = document.querySelector("header.top").getBoundingClientRect().bottom;
  const width = document.documentElement.clientWidth;
  const wrong = [...document.querySelectorAll("main *")].filter(one => {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height || one.closest(".unseen")) return false;
    return box.top < bottom || (box.right > width + 1 && !one.closest(".scroll, pre, .log"));
  });
  return wrong.map(one => one.outerHTML.slice(0, 120));
}"""


def directory() -> Path:
    found = Path(os.environ.get("FUYAJO_PICTURES") or REPOSITORY / ".artifacts" / "pages")
    found.mkdir(parents=True, exist_ok=True)
    return found


def pages(room: Showroom) -> dict[str, str]:
    """Name → address."""
    return {
        "home": "/", "talk": "/talk", "talk_en": room.talk, "talk_ja": room.talk_ja,
        "plans": "/plans", "plan": room.plan, "plan_destroys": room.destroys,
        "plan_change": f"{room.plan}/change", "runs": "/runs", "run": room.run, "going": room.going,
        "machines": "/machines", "machine": "/machines/shop-db", "machine_drift": "/machines/intranet",
        "machine_new": "/machines/new?template=web-server", "trash": "/trash",
        "templates": "/templates", "images": "/images", "hosts": "/hosts",
        "schedules": "/schedules", "alerts": "/alerts", "suggestions": "/suggestions",
        "drift": "/drift", "planners": "/planners", "audit": "/audit",
        "policy": "/policy", "people": "/people", "me": "/me",
    }  # fmt: skip


def test_every_page_in_both_themes_and_languages(
    window: Visitors, world: World, served: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts(monkeypatch)
    wrong: list[tuple[str, str]] = []  # so that all pictures are there when one is wrong
    with showroom(world, served) as room:
        for look in LOOKS:
            scheme, locale = look
            visit = window("mika", color_scheme=scheme, locale=locale, viewport=WIDE)
            for name, path in pages(room).items():
                if look not in WHOLE and name not in MOST:
                    continue
                page, picture = visit.go(path), f"{name}-{scheme}-{locale[:2]}"
                settled(page)
                wrong += [(picture, what) for what in amiss(page)]
                keep(page, picture)
                if os.environ.get("FUYAJO_REGENERATE"):
                    into_readme(page, picture)
                if look in WHOLE:
                    wrong += [(picture, what) for what in on_a_phone(page, picture)]
            visit.calm()
    assert not wrong, "\n".join(map(" ".join, wrong))


def test_what_is_amiss_is_told(
    window: Visitors, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FUYAJO_PICTURES", str(tmp_path))
    page = window("mika", viewport=WIDE).go("/plans")
    assert amiss(page) == []
    page.evaluate("""() => {
      const wide = document.createElement("p");
      wide.textContent = "x";
      wide.style.width = "3000px";
      document.querySelector("main").prepend(wide);
    }""")
    assert {told.partition(":")[0] for told in amiss(page)} == {"moves", "lies outside"}
    assert "is wider than a phone" in on_a_phone(page, "amiss")
    page = window("mika").go("/plans/p-00000000")
    assert amiss(page) == ["is a 404"]


def settled(page: Page) -> None:
    """Marks of the table come a moment after it."""
    page.wait_for_load_state("networkidle" if page.url.endswith("/machines") else "load")


def amiss(page: Page) -> list[str]:
    """It is to be light and at once, and nothing in it moves or hides."""
    found = [f"moves: {what}" for what in page.evaluate(SHIFTED)]
    found += [f"lies outside: {what}" for what in page.evaluate(OUTSIDE)]
    if (status := page.evaluate(STATUS)) != 200:
        found.append(f"is a {status}")
    if (sent := page.evaluate(SENT)) > FIRST_LOAD_BYTES:
        found.append(f"{sent} bytes")
    # A busy machine may be late once: the best of three is the page's own.
    if not any(in_time(page, again) for again in range(3)):
        found.append("paints late")
    return found


def in_time(page: Page, again: int) -> bool:
    if again:
        page.reload()
    spent: float = page.evaluate(PAINTED)
    return spent <= FIRST_PAINT_MS


def keep(page: Page, picture: str) -> None:
    page.screenshot(path=directory() / f"{picture}.png", full_page=True)


def on_a_phone(page: Page, picture: str) -> list[str]:
    page.set_viewport_size(PHONE)
    found = [f"lies outside a phone: {what}" for what in page.evaluate(OUTSIDE)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("is wider than a phone")
    # As long as the page: what sticks to the end of a window is at the end of the picture.
    page.set_viewport_size({**PHONE, "height": page.evaluate("document.body.scrollHeight")})
    keep(page, f"{picture}-390")
    page.set_viewport_size(WIDE)
    return found


def into_readme(page: Page, picture: str) -> None:
    if picture in CHOSEN:
        file = REPOSITORY / "docs" / "images" / f"{CHOSEN[picture]}.png"
        file.parent.mkdir(exist_ok=True)
        page.evaluate(
            "scrollTo({top: 0, behavior: 'instant'})"
        )  # a conversation is read from its end
        page.screenshot(path=file)
        assert file.stat().st_size <= PICTURE_BYTES, picture
