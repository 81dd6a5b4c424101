"""The whole way in a real browser: a sentence in Japanese becomes the page of a real guest, and goes again.

One guest; its boot and its configuration take a minute and a half under emulation.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PASSWORD, Visit, chromium, visiting
from tests.support.installation import Installation, machines_of, volumes
from tests.support.serve_process import Served, serving

pytestmark = [
    pytest.mark.guest,
    pytest.mark.libvirt,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
]
#: Stages that are seen while they go on; each is given so many ms.
STAGES = ("boot", "configure")
PATIENCE = 400_000.0


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def served(installation: Installation) -> Iterator[Served]:
    (installation.home / "config.toml").write_text('backend = "rules"\n', encoding="utf-8")
    with serving(installation) as running:
        yield running


def test_a_sentence_in_japanese_becomes_a_page(
    browser: Browser, served: Served, installation: Installation
) -> None:
    name = f"{installation.name}-web"
    with visiting(browser, served.url) as visit:
        first_admin(visit, served.secret)
        page = in_japanese(visit)
        asked(page, name)
        watched(page)
        the_guest_answers(browser, visit, name)
        deleted(visit, name)
        assert name not in machines_of(installation)  # its disk stays for three days
        assert [volume[:6] for volume in own_volumes(installation)] == ["trash-", "trash-"]
        trash_emptied(visit, name)
        visit.calm()
    assert machines_of(installation) == set()
    assert own_volumes(installation) == []


def own_volumes(installation: Installation) -> list[str]:
    """Without the images that machines share."""
    return [volume for volume in volumes(installation) if not volume.startswith("base-")]


def first_admin(visit: Visit, secret: str) -> None:
    page = visit.go("/")
    page.fill("#secret", secret)
    page.fill("#user", "mika")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("header .user")).to_have_text("mika")


def in_japanese(visit: Visit) -> Page:
    page = visit.page
    page.get_by_role("button", name="日本語").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    return page


def asked(page: Page, name: str) -> None:
    """In the conversation; the plan is a card in it."""
    page.fill("#words", f"ウェブサーバーを1台、名前は{name}、メモリ1GBで")
    page.locator("form.ask button").click()
    page.wait_for_url("**/talk/c-*")
    card = page.locator("#turn-1 article.plan")
    expect(card.locator(".changes .mono")).to_have_text(name)
    expect(card.locator(".changes")).to_contain_text("1024 MiB")
    card.get_by_role("button", name="承認して適用").click()
    page.wait_for_url("**/runs/r-*")


def watched(page: Page) -> None:
    """Until it is over, without asking for the page again."""
    page.evaluate("window.same = true")
    for stage in STAGES:
        page.wait_for_selector(f"[data-stage={stage}][data-step=now]", timeout=PATIENCE)
    page.wait_for_selector("#facts[data-status=successful]", timeout=PATIENCE)
    expect(page.locator(".steps [data-step=done]")).to_have_count(5)
    assert page.evaluate("window.same") is True


def the_guest_answers(browser: Browser, visit: Visit, name: str) -> None:
    """At the address that its page shows; a browser opens it too, in a context of its own."""
    page = visit.go(f"/machines/{name}")
    link = page.locator("main a[rel=noreferrer]")
    url = link.inner_text()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
    assert link.get_attribute("href") == url
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert answer.status == 200
    with visiting(browser, url) as guest:
        assert name in guest.go("").title()


def deleted(visit: Visit, name: str) -> None:
    page = visit.go(f"/machines/{name}")
    page.locator("form[action$='/delete'] button").click()
    agreed_by_typing(page, name)


def trash_emptied(visit: Visit, name: str) -> None:
    page = visit.go("/trash")
    expect(page.locator("tbody th")).to_have_text(name)
    page.locator("button[value=empty]").click()
    agreed_by_typing(page, name)
    expect(visit.go("/trash").locator(".empty")).to_be_visible()


def agreed_by_typing(page: Page, name: str) -> None:
    page.wait_for_url("**/plans/p-*")
    page.locator("form.agree input[name=typed]").fill(name)
    page.locator("form.agree button.danger").click()
    page.wait_for_url("**/runs/r-*")
    page.wait_for_selector("#facts[data-status=successful]", timeout=PATIENCE)
