"""The conversation as a person has it: typed, read as it is written, stopped, found again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.conftest import Visitors
from tests.support.browser import PASSWORD, fits, focused
from tests.support.command_line import World
from tests.support.scripted_backend import CHAT, Dictated, stand_in
from tests.support.service import Service

pytestmark = pytest.mark.browser
WISH = "a web server called hello"
RICH = """\
# Yours

| name | state | address |
|---|---|---|
| hello | running | `http://192.168.122.10:8080/x` |

```sh
ssh hello && echo a line that is quite a lot wider than any telephone ever was
```

### Then

- **one**
"""


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Dictated:
    made = Dictated({**CHAT, "message": "one two three"})
    stand_in(monkeypatch, made)
    return made


def say(page: Page, words: str, backend: str = "") -> None:
    """Enter sends from when the scripts have run; before, it is a new line."""
    page.wait_for_load_state()
    page.fill("#words", words)
    page.select_option("select[name=backend]", backend)
    page.press("#words", "Enter")


def answered(page: Page, number: int) -> None:
    page.wait_for_selector(f"#turn-{number} .note")
    page.wait_for_load_state()


def test_a_conversation_by_keyboard(window: Visitors, world: World) -> None:
    page = window("mika").go("/talk")
    focused(page, "words")
    page.keyboard.type(WISH)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("please")
    page.keyboard.press("Enter")
    page.wait_for_url("**/talk/c-*")
    answered(page, 1)
    expect(page.locator("#turn-1 .words")).to_have_js_property("innerText", f"{WISH}\nplease")
    expect(page.locator("h1")).to_have_text(f"{WISH} please")
    expect(page.locator("#turn-1 .answer a").first).to_have_attribute(
        "href", re.compile("^/plans/")
    )
    page.evaluate("window.same = true")
    page.focus("#words")
    page.keyboard.type("what do I have?")
    page.keyboard.press("Control+Enter")
    answered(page, 2)
    assert page.evaluate("window.same")  # the page was never left
    focused(page, "words")
    expect(page.locator("#words")).to_have_value("")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator("#turn-2 .answer")).to_have_attribute("aria-busy", "false")
    page.reload()
    assert page.locator(".turn .note").count() == 2


def test_a_plan_is_carried_out_from_the_conversation(window: Visitors, served: Service) -> None:
    page = window("mika").go("/talk")
    say(page, WISH)
    answered(page, 1)
    plan = page.locator("#turn-1 article.plan")
    expect(plan.locator("h3")).to_be_visible()
    expect(plan.locator(".changes")).to_contain_text("hello")
    with page.expect_response("**/apply") as told:
        plan.locator("button.main").click()
    assert told.value.status == 303
    page.wait_for_url("**/runs/*")
    page.go_back()
    say(page, "a web server called other")
    page.wait_for_selector("#turn-2 article.plan")


def test_the_enter_that_ends_a_japanese_composition_sends_nothing(window: Visitors) -> None:
    page = window("mika", locale="ja-JP").go("/talk")
    page.fill("#words", "こんにちは")
    page.evaluate(
        """() => {
          const box = document.querySelector("#words");
          const press = (more) => box.dispatchEvent(new KeyboardEvent("keydown",
            {key: "Enter", bubbles: true, cancelable: true, ...more}));
          window.kept = [press({isComposing: true}), press({keyCode: 229})];
        }"""
    )
    assert page.evaluate("window.kept") == [True, True]  # nobody took them
    assert page.url.endswith("/talk")
    page.press("#words", "Enter")
    page.wait_for_url("**/talk/c-*")
    answered(page, 1)
    assert page.inner_text("h1") == "こんにちは"


def test_found_renamed_forgotten(window: Visitors, served: Service) -> None:
    visit = window("mika")
    for words in (WISH, "please stop the machine 七夕"):
        say(visit.go("/talk"), words)
        visit.page.wait_for_url("**/talk/c-*")
        answered(visit.page, 1)
    page = visit.go("/talk")
    expect(page.locator(".list a")).to_have_text(["please stop the machine 七夕", WISH])
    page.locator("#q").press_sequentially("WEB-server")
    expect(page.locator(".list a")).to_have_text([WISH])
    expect(page.locator("#found")).to_contain_text("1")
    page.fill("#q", "nobody <said> this")
    expect(page.locator("#talks .empty")).to_contain_text("nobody <said> this")
    visit.go("/talk?q=%E4%B8%83%E5%A4%95")
    page.click(".list a")
    page.wait_for_url("**/talk/c-*")
    page.click(".rename summary")
    page.fill("#title", "  ご挨拶 <b>x</b> ")
    page.press("#title", "Enter")
    expect(page.locator("h1")).to_have_text("ご挨拶 <b>x</b>")
    page.click(".remove")
    page.wait_for_url("**/delete")
    page.click("main a.button")  # not yet
    page.click(".remove")
    page.wait_for_url("**/delete")
    page.click("button.danger")
    page.wait_for_url("**/talk")
    expect(page.locator(".list a")).to_have_text([WISH])


def test_an_answer_is_read_as_it_is_written_and_survives_a_broken_connection(
    window: Visitors, planner: Dictated
) -> None:
    visit = window("mika")
    page = visit.go("/talk")
    say(page, "tell me", "claude")
    so_far = page.locator("#turn-1 .so-far")
    planner.say("one ")
    expect(so_far).to_have_text("one")
    expect(page.locator("#turn-1 .answer")).to_have_attribute("aria-busy", "true")
    page.context.set_offline(True)
    expect(page.locator("#connection")).not_to_be_empty()
    planner.say("**two** ")  # while nobody hears it
    page.context.set_offline(False)
    expect(so_far).to_have_text("one two")
    expect(page.locator("#connection")).to_be_empty()
    expect(so_far.locator("strong")).to_have_text("two")
    page.reload()
    expect(so_far).to_have_text("one two")
    planner.say("three")
    expect(so_far).to_have_text("one two three")
    planner.done()
    answered(page, 1)
    expect(page.locator("#turn-1 .answer .md")).to_have_text("one two three")
    page.click("#turn-1 .note summary")
    expect(page.locator("#turn-1 .note dl")).to_be_visible()
    expect(page.locator("#turn-1 .note")).to_contain_text("scripted-1")
    expect(page.locator("#turn-1 .note")).to_contain_text("0.2500 USD")


def test_stopped_by_the_button_and_asked_again(window: Visitors, planner: Dictated) -> None:
    page = window("mika").go("/talk")
    say(page, "tell me", "claude")
    planner.say("one ")
    expect(page.locator("#turn-1 .so-far")).to_have_text("one")
    page.wait_for_load_state()
    page.focus("#turn-1 .going button")
    page.keyboard.press("Enter")
    expect(page.locator("#turn-1 .answer .state")).to_contain_text("Stopped")
    focused(page, "words")  # the button is gone
    expect(page.locator("#turn-1 .answer")).to_have_attribute("aria-busy", "false")
    page.click("#turn-1 .answer form button")
    answered(page, 2)
    expect(page.locator("#turn-2 .words")).to_have_text("tell me")


def test_while_one_is_answered_another_waits_and_its_words_stay(
    window: Visitors, planner: Dictated
) -> None:
    page = window("mika").go("/talk")
    say(page, "tell me", "claude")
    planner.say("one ")
    page.wait_for_selector("#turn-1 .so-far")
    say(page, "and this?")
    page.wait_for_selector("#problems .problems")
    expect(page.locator("#words")).to_have_value("and this?")
    planner.done()
    answered(page, 1)
    page.press("#words", "Enter")
    answered(page, 2)
    expect(page.locator("#problems")).to_be_empty()


def test_a_session_that_ends_loses_no_words(
    window: Visitors, served: Service, planner: Dictated
) -> None:
    visit = window("mika")
    page = visit.go("/talk")
    say(page, "tell me", "claude")
    planner.say("one ")
    expect(page.locator("#turn-1 .so-far")).to_have_text("one")
    talk = page.url.partition("#")[0]
    page.locator("#words").press_sequentially("and this?")
    served.actor("root").people.take_back_all("mika")
    way = page.locator("#connection a")
    expect(page.locator("#connection")).to_contain_text("You are signed out")
    address = talk.removeprefix(visit.base).replace("/", "%2F")
    expect(way).to_have_attribute("href", f"/sign-in?next={address}")
    page.press("#words", "Enter")  # nobody may ask: the page goes to sign in by itself
    page.wait_for_url(f"**/sign-in?next={address}")
    page.fill("#user", "mika")
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_url(talk)
    expect(page.locator("#words")).to_have_value("and this?")
    planner.done()
    answered(page, 1)
    page.press("#words", "Enter")
    answered(page, 2)
    page.reload()
    assert page.input_value("#words") == ""


def test_words_of_the_first_page_survive_too(window: Visitors, served: Service) -> None:
    visit = window("mika")
    page = visit.go("/")
    page.locator("#words").press_sequentially(WISH)
    served.actor("root").people.take_back_all("mika")
    page.click("form.ask button")
    page.wait_for_url("**/sign-in")
    visit.sign_in("mika")
    expect(page.locator("#words")).to_have_value(WISH)
    page.click("form.ask button")
    page.wait_for_url("**/talk/c-*")
    answered(page, 1)
    assert visit.go("/").input_value("#words") == ""


def test_everything_goes_without_scripts(
    window: Visitors, served: Service, planner: Dictated
) -> None:
    served.user("mika", password="four words in a row")
    visit = window(java_script_enabled=False)
    visit.sign_in("mika")
    page = visit.go("/talk")
    page.fill("#words", "tell me\nsomething")
    page.select_option("select[name=backend]", "claude")
    page.click("form.composer button.main")
    page.wait_for_url("**/talk/c-*")
    assert planner.began.wait(20)
    page.fill("#words", "and this?")
    page.click("form.composer button.main")  # too early
    expect(page.locator("#problems .problems")).to_have_count(1)
    expect(page.locator("#words")).to_have_value("and this?")
    page.click("#turn-1 .look")
    page.click("#turn-1 .going button")
    _look_until(page, ".answer form input[name=words]")
    page.click("#turn-1 .answer form button")
    _look_until(page, "#turn-2 .note")
    assert page.inner_text("#turn-2 .words") == "tell me\nsomething"
    assert page.inner_text("#turn-2 .md")


def _look_until(page: Page, selector: str) -> None:
    """An answer that is over has nothing to look at again: each page is asked once it is whole."""
    page.locator(selector).or_(page.locator(".look")).first.wait_for(state="attached")
    page.wait_for_load_state()
    while not page.locator(selector).count():
        page.click(".look")
        page.wait_for_load_state()


def test_problems_say_what_to_do(window: Visitors, world: World) -> None:
    page = window("mika", locale="ja-JP").go("/talk")
    world.down = True
    say(page, "ウェブサーバー hello を作って")
    problems = page.locator("#turn-1 .problems")
    expect(problems).to_contain_text("libvirt")
    expect(problems.locator(".hint")).to_contain_text("fuyajo doctor")


def test_code_is_copied(window: Visitors, planner: Dictated) -> None:
    planner.replies = ({**CHAT, "message": RICH},)
    visit = window("mika", permissions=["clipboard-read", "clipboard-write"])
    visit.page.clock.install()
    page = visit.go("/talk")
    say(page, "tell me", "claude")
    planner.done()
    answered(page, 1)
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # it says so for two seconds
    page.click("#turn-1 .copy")
    expect(page.locator("#turn-1 .copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("ssh hello && echo")
    page.clock.run_for(2000)
    expect(page.locator("#turn-1 .copy")).to_have_text("Copy")


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ja-JP")])
def test_it_is_accessible_and_fits_a_phone(
    window: Visitors, planner: Dictated, world: World, scheme: str, locale: str
) -> None:
    planner.replies = ({**CHAT, "message": RICH},)
    visit = window(
        "mika", color_scheme=scheme, locale=locale, viewport={"width": 320, "height": 640}
    )
    page = visit.go("/talk")
    say(page, WISH, "rules")
    answered(page, 1)
    say(page, "W" * 90, "claude")
    planner.say(RICH)
    page.wait_for_selector("#turn-2 .so-far h3")
    assert visit.accessibility() == []  # while it is written
    planner.done()
    answered(page, 2)
    world.down = True
    say(page, "a web server called other", "rules")
    page.wait_for_selector("#turn-3 .problems")
    page.click(".rename summary")
    page.click("#turn-2 .note summary")
    talk = page.url
    for path in ("", "/talk", "/talk?q=nothing", f"{talk.removeprefix(visit.base)}/delete"):
        if path:
            visit.go(path)
        assert visit.accessibility() == [], path
        assert fits(page), path
