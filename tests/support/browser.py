"""The distribution's Chromium on pages of ours; every visit also counts what no page may do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

SECONDS = 30.0  # of patience with a busy machine: who waits for what comes at once loses nothing
ASSETS = Path(__file__).resolve().parents[2] / "fuyajo" / "http" / "pages" / "assets"
PASSWORD = "four words in a row"
_VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


@dataclass
class Visit:
    """One person at one browser window. `foreign`: requests to other hosts; `errors`: what scripts threw."""

    page: Page
    base: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def sign_in(self, user: str, password: str = PASSWORD) -> Page:
        self.go("/sign-in")
        self.page.fill("#user", user)
        self.page.fill("#password", password)
        self.page.click("main button.main")
        # As far as its scripts have run: the words of a page are there before them.
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page

    def violations(self) -> list[str]:
        """Of the content security policy, on this page and those before it."""
        return [*self.blocked, *self.page.evaluate("window.__violations || []")]

    def accessibility(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA, one line for each finding, once nothing moves any more."""
        self.page.wait_for_load_state("load")
        settled(self.page)
        # By the devtools, not by a script element: the page's policy stays as strict as it is.
        self.page.evaluate((ASSETS / "node_modules" / "axe-core" / "axe.min.js").read_text())
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = self.page.evaluate("tags => axe.run({runOnly: tags})", tags)
        return [
            f"{one['id']}: {one['help']}: {node['html'][:160]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    def calm(self) -> None:
        """Nothing was asked of another host, nothing was blocked, no script failed."""
        self.page.wait_for_load_state("load")
        assert (self.foreign, self.violations(), self.errors) == ([], [], [])


def focused(page: Page, element: str) -> None:
    """The focus is at the element with that id, or comes there: a piece is swapped first, then settles."""
    page.wait_for_function("id => document.activeElement.id === id", arg=element)


def settled(page: Page) -> None:
    """htmx has done its work: until then a piece has values of the last one, and links are only links."""
    busy = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
    expect(page.locator(busy)).to_have_count(0)


def fits(page: Page, width: int = 320) -> bool:
    """Whether nothing of it is wider, once the window is so wide: a page hears of that a moment later."""
    page.wait_for_function("width => innerWidth === width", arg=width)
    found: bool = page.evaluate("width => document.documentElement.scrollWidth <= width", width)
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")  # else Playwright's own, where it is installed
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, base: str, **options: Any) -> Iterator[Visit]:
    """A window of its own, with cookies of its own; `options` are Playwright's for a context."""
    context = browser.new_context(**{"locale": "en-GB", "timezone_id": "Asia/Tokyo", **options})
    context.set_default_timeout(SECONDS * 1000)
    context.add_init_script(_VIOLATIONS)
    yield _visit(context, base)
    context.close()


def _visit(context: BrowserContext, base: str) -> Visit:
    visit = Visit(context.new_page(), base)
    host = urlsplit(base).netloc

    def asked(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            visit.foreign.append(url)

    def said(kind: str, text: str) -> None:
        if "Content Security Policy" in text:
            visit.blocked.append(text)
        elif kind == "error" and "Failed to load resource" not in text:
            visit.errors.append(text)

    visit.page.on("request", lambda request: asked(request.url))
    visit.page.on("websocket", lambda socket: asked(socket.url))
    visit.page.on("console", lambda message: said(message.type, message.text))
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    return visit
