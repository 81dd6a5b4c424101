"""The serial console in the page, as a person uses it; its guest is only a value."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.conftest import Visitors
from tests.support.browser import fits, focused
from tests.support.command_line import World, machine
from tests.support.consoles import Guest, rows
from tests.support.service import Service

pytestmark = pytest.mark.browser


@pytest.fixture
def guest(served: Service, world: World) -> Guest:
    made = Guest()
    served.app.state.consoles.dial = made.dial
    world.have(machine("web"))
    return made


def printed(page: Page, text: str) -> None:
    expect(page.locator(".xterm-rows")).to_contain_text(text)


def closed(page: Page, why: str) -> None:
    expect(page.locator("#console-state")).to_have_text("closed")
    expect(page.locator("#console-why")).to_contain_text(why)


def test_typing_reading_and_leaving_by_keyboard(
    window: Visitors, served: Service, guest: Guest
) -> None:
    page = window("mika").go("/machines/web")
    page.click("text=Open the console")
    expect(page.locator("#console-state")).to_have_text("connected")
    printed(page, "login:")
    page.keyboard.type("root")
    page.keyboard.press("Tab")
    printed(page, "login: root")
    guest.until(lambda: guest.typed == b"root\t")
    guest.print(b"\r\n\x1b[1;38;2;200;0;100mred\x1b[0m \xe4\xb8\x8d\xe5\xa4\x9c\xe5\x9f\x8e")
    printed(page, "red 不夜城")
    page.keyboard.press("Control+]")
    focused(page, "leave")
    page.click("#console-end")
    closed(page, "You have disconnected")
    guest.until(lambda: guest.lines[-1].closed)
    page.click("#console-again")
    expect(page.locator("#console-state")).to_have_text("connected")
    guest.stop()
    closed(page, "the machine has stopped")
    focused(page, "console-again")
    guest.until(lambda: guest.lines[-1].closed)
    told = rows(served.actor("mika"), 4)
    opened, over, _, _ = told
    assert (opened["event"], opened["vm"], opened["door"]) == ("console.opened", "web", "web")
    assert (over["event"], over["why"], over["typed_bytes"]) == ("console.closed", "left", 5)
    assert "root" not in str(told)


def test_what_a_guest_prints_stays_in_the_terminal(
    window: Visitors, served: Service, guest: Guest
) -> None:
    visit = window("mika", permissions=["clipboard-read", "clipboard-write"])
    page = visit.go("/machines/web/console")
    printed(page, "login:")
    page.evaluate("navigator.clipboard.writeText('mine')")
    title, outside = page.title(), page.inner_html("header")
    styled = page.evaluate("getComputedStyle(document.body).backgroundColor")
    guest.typed.clear()
    for hostile in (
        b"\x1b]0;owned\x07\x1b]2;owned\x1b\\\x1b]52;c;b3duZWQ=\x07",
        b"\x1b]8;;javascript:document.title='owned'\x07link\x1b]8;;\x07",
        b"\x1b]10;?\x07\x1b]11;?\x07\x1b]4;1;?\x07\x1b[21t\x1b[20t\x1bP$qm\x1b\\\x05",
        b"\x1b]1337;File=inline=1:AAAA\x07\x1b[?1049h\x1b[?1049l\x1b[2147483647b\x1b[999999999;1H",
        b"<img src=x onerror=document.title='owned'><script>document.title='owned'</script>",
        b"\r\n\x1b[31mhttp://example.org/ over\x1b[0m\r\n",
    ):
        guest.print(hostile)
    printed(page, "<script>document.title='owned'</script>")
    page.locator(".xterm-rows").get_by_text("http://example.org/").click()
    page.keyboard.type("q")
    guest.until(lambda: bool(guest.typed))
    assert bytes(guest.typed) == b"q"
    assert (page.title(), page.inner_html("header")) == (title, outside)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == styled
    assert page.evaluate("navigator.clipboard.readText()") == "mine"
    assert page.locator(".xterm-rows a, .xterm-rows img, .xterm-rows script").count() == 0
    assert page.context.pages == [page]


def test_a_second_window_takes_over(window: Visitors, guest: Guest) -> None:
    visit = window("mika")
    first = visit.go("/machines/web/console")
    printed(first, "login:")
    second = first.context.new_page()
    second.goto(first.url)
    closed(second, "in use already")
    second.click("#console-take")
    expect(second.locator("#console-state")).to_have_text("connected")
    closed(first, "took the console over")
    expect(first.locator("#console-take")).to_be_hidden()


def test_signing_out_closes_it(window: Visitors, guest: Guest) -> None:
    page = window("mika").go("/machines/web/console")
    printed(page, "login:")
    other = page.context.new_page()
    other.goto(page.url.replace("/machines/web/console", "/me"))
    other.click("form[action='/sign-out'] button")
    closed(page, "you are signed out")
    guest.until(lambda: guest.lines[-1].closed)


def test_without_scripts_it_says_what_to_type(window: Visitors, guest: Guest) -> None:
    page = window("mika", java_script_enabled=False).go("/machines/web/console")
    expect(page.locator("#console-plain code")).to_have_text(
        "virsh -c qemu:///system console uuid-web"
    )
    expect(page.locator("#console")).to_be_hidden()


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_it_is_accessible_and_fits_a_phone(
    window: Visitors, world: World, guest: Guest, scheme: str, locale: str
) -> None:
    guest.greeting = b"\x1b[31mred \x1b[33myellow \x1b[90mgrey \x1b[47mon white\x1b[0m login: "
    world.have(machine("off", state="stopped"))
    visit = window("mika", color_scheme=scheme, locale=locale)
    visit.page.set_viewport_size({"width": 320, "height": 640})
    page = visit.go("/machines/web/console")
    printed(page, "login:")
    assert fits(page)
    assert visit.accessibility() == []
    page.check("#console-reader")
    expect(page.locator(".xterm-accessibility-tree")).to_contain_text("login:")
    assert fits(page)
    assert visit.accessibility() == []
    visit.go("/machines/off/console")
    expect(visit.page.locator("#console-again")).to_be_visible()
    assert visit.accessibility() == []
