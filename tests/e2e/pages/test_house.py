"""The frame, the first page, and people: what somebody does there, and what stays secret."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from fuyajo.service.hosts import Host
from tests.e2e.pages.conftest import Visitors
from tests.support.browser import PASSWORD, fits
from tests.support.command_line import World, machine
from tests.support.service import Service

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)>\u202e"
PAGES = (
    "/", "/people", "/policy", "/templates", "/images", "/hosts", "/audit",
    "/schedules", "/suggestions", "/alerts", "/drift", "/planners", "/me", "/people/users/mika",
)  # fmt: skip
HOSTS = [
    Host("kvm1", "qemu:///system", "ready", machines=1, cpus=4, memory_mib=8192,
         memory_free_mib=500, disk_free_gib=9, accelerator="tcg"),
    Host("kvm2", "qemu+ssh://kvm2/system", "silent", detail=HOSTILE),
]  # fmt: skip


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where machines run is a value in these tests, and so is what is known of it."""
    monkeypatch.setattr("fuyajo.http.pages.rooms.catalogue.list_hosts", lambda _actor: HOSTS)


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_pages_are_accessible_and_fit_a_phone(
    window: Visitors, world: World, scheme: str, locale: str
) -> None:
    world.have(machine("hello"), machine("db-1", state="stopped"))
    visit = window("mika", admin=True, color_scheme=scheme, locale=locale)
    for path in PAGES:
        page = visit.go(path)
        assert visit.accessibility() == [], path
        page.set_viewport_size({"width": 320, "height": 640})
        assert fits(page), path
        page.set_viewport_size({"width": 1280, "height": 720})


def test_the_menu_works_by_keyboard(window: Visitors) -> None:
    page = window("mika").page
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(menu.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/templates")
    assert page.get_attribute("details.menu a[href='/templates']", "aria-current") == "page"


def test_everything_works_without_scripts(window: Visitors) -> None:
    visit = window("mika", java_script_enabled=False)
    page = visit.page
    page.click("details.menu summary")
    page.click("details.menu a[href='/people']")
    page.check("input[value='read']")
    page.click("form[action='/people/tokens'] button")
    expect(page.locator("#secret")).to_have_text(re.compile("^fuyajo_"))


def test_the_first_page_says_what_waits_and_takes_words(
    window: Visitors, world: World, served: Service
) -> None:
    world.have(machine("hello"), machine("sekret", owner="noriko"))
    visit = window("mika")
    token = served.token("mika")
    for words in ("delete hello", "a web server called shop"):
        assert served.call("POST", "/api/v1/plans", token, {"words": words}).status_code == 201
    page = visit.go("/")
    waits = page.locator("section", has=page.locator("#waits"))
    expect(waits.locator("li", has_text="hello")).to_contain_text("needs an approval")
    expect(waits.locator("li", has_text="shop")).to_contain_text("ready to be applied")
    expect(page.locator("main")).to_contain_text("1 in all, 1 running")
    assert "sekret" not in page.content()
    page.fill("#words", "a server called ねこ")
    with page.expect_request("**/talk") as asked:
        page.click("form.ask button")
    assert asked.value.method == "POST"
    assert "words=a+server" in (asked.value.post_data or "")
    world.down = True
    page = visit.go("/")
    expect(page.locator("section", has=page.locator("#yours"))).to_contain_text("gone")
    expect(waits).to_contain_text("shop")


def test_a_token_is_shown_once_and_nowhere_else(
    window: Visitors, served: Service, caplog: pytest.LogCaptureFixture
) -> None:
    visit = window("mika", permissions=["clipboard-read", "clipboard-write"])
    page = visit.go("/people")
    page.click("form[action='/people/tokens'] button")
    expect(page.locator("#problems")).to_contain_text("opens nothing")
    page.fill("#label", HOSTILE)
    page.check("input[value='read']")
    page.click("form[action='/people/tokens'] button")
    expect(page.locator("#secret")).to_have_text(re.compile("^fuyajo_"))
    assert visit.accessibility() == []
    secret = page.inner_text("#secret")
    page.click("button[data-copy]")
    expect(page.locator("button[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    header = {"Authorization": f"Bearer {secret}"}
    assert served.call("GET", "/api/v1/me", header).json()["scopes"] == ["read"]
    assert secret not in page.url

    page.goto(page.url)  # the same address, asked for again
    assert page.url.split("?")[0].endswith("/people")
    assert secret not in page.content()
    assert secret not in caplog.text
    rows = "".join(row.body for row in served.actor("mika").audit.rows())
    assert "token.given" in rows
    assert secret not in rows
    page.locator("tr", has_text="onerror").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("opens nothing any more")
    assert served.call("GET", "/api/v1/me", header).status_code == 401


def test_a_new_password_signs_out_elsewhere_and_not_here(window: Visitors) -> None:
    there, here = window("mika"), window("mika")
    page = here.go("/people")
    page.click("text=Change your password")
    for old, told in (("not this one at all", "not right"), (PASSWORD, "")):
        if told:
            page.fill("#old", old)
        else:
            page.click("text=Change your password")
            page.fill("#old", old)
        page.fill("#new", "five words in a row")
        page.fill("#again", "five words in a row")
        page.click("form[action='/people/password'] button")
        if told:
            expect(page.locator("#problems")).to_contain_text(told)
    expect(page.get_by_role("status")).to_contain_text("new password")
    here.go("/people")
    assert page.inner_text("h1") == "People and tokens"
    assert "/sign-in" in there.go("/people").url
    there.sign_in("mika", "five words in a row")


def test_an_administrator_lets_people_in_and_locks_them_out(window: Visitors) -> None:
    page = window("mika", admin=True).go("/people")
    form = page.locator("form[action='/people/users']")
    for name, told in (("No Name", "cannot be a user"), ("noriko", "The user is there")):
        form.locator("#name").fill(name)
        form.locator("#password").fill(PASSWORD)
        form.locator("button").click()
        expect(page.locator("main")).to_contain_text(told)
    hers = window()
    assert hers.sign_in("noriko").inner_text("header .user") == "noriko"
    assert "Users" not in hers.go("/people").inner_text("main")
    page.get_by_role("button", name="Lock noriko out").click()
    expect(page.locator("tr", has_text="noriko")).to_contain_text("disabled")
    assert "/sign-in" in hers.go("/people").url
    page.get_by_role("button", name="Let noriko in again").click()
    expect(page.locator("tr", has_text="noriko")).not_to_contain_text("disabled")
    page.get_by_role("button", name="Make noriko an administrator").click()
    expect(page.locator("tr", has_text="noriko").locator(".state.on")).to_have_text("administrator")
    page.get_by_label("New password of noriko").fill("six words are in this row")
    page.locator("tr", has_text="noriko").get_by_role("button", name="Set").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile("new password"))
    hers.sign_in("noriko", "six words are in this row")
    assert "Users" in hers.go("/people").inner_text("main")


def test_an_administrator_settles_how_somebody_comes_in(
    window: Visitors, served: Service, caplog: pytest.LogCaptureFixture
) -> None:
    served.user("noriko")
    theirs = served.token("noriko", "read", label=HOSTILE)
    visit = window("mika", admin=True)
    page = visit.go("/people")
    page.get_by_role("link", name="noriko").click()
    expect(page.locator("h1")).to_have_text("noriko")
    secret = theirs["Authorization"].removeprefix("Bearer ")
    assert secret not in page.content()
    page.fill("#subject", "2482<b>97")
    page.fill("#issuer", "https://login.example.org")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("comes in as this user")
    expect(page.locator("tr", has_text="2482<b>97")).to_contain_text("login.example.org")
    assert visit.accessibility() == []
    page.get_by_role("button", name="Unlink").click()
    expect(page.locator("main")).to_contain_text("Nobody comes in as this user from elsewhere")
    page.check("input[value='plan']")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#secret")).to_have_text(re.compile("^fuyajo_"))
    made = page.inner_text("#secret")
    header = {"Authorization": f"Bearer {made}"}
    assert served.call("GET", "/api/v1/me", header).json()["user"] == "noriko"
    assert made not in caplog.text
    page.goto(page.url)
    expect(page.locator("h1")).to_have_text("noriko")
    assert made not in page.content()
    page.locator("tr", has_text="onerror").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_contain_text("opens nothing any more")
    assert served.call("GET", "/api/v1/me", theirs).status_code == 401
    assert served.call("GET", "/api/v1/me", header).status_code == 200
    page = visit.go("/people/users/nobody-here")
    expect(page.locator("main")).to_contain_text("no user")
