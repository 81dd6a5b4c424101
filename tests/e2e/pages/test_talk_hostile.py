"""What models and users write stays text; what is somebody's is nobody else's."""

from __future__ import annotations

import pytest

from tests.e2e.pages.conftest import Visitors
from tests.e2e.pages.test_talk import answered, say
from tests.support.scripted_backend import CHAT, Dictated, stand_in

pytestmark = pytest.mark.browser
EVIL = "\n\n".join(
    [
        "<img src=x onerror=\"document.title='taken'\">",
        "<script>document.title='taken'</script>",
        "![remote](https://elsewhere.example/pixel.png)",
        "[a](javascript:document.title='taken') [b](data:text/html,<script>alert(1)</script>)",
        "[c](//elsewhere.example/) [d](/sign-out) [e](https://elsewhere.example/)",
        "<style>body{display:none}</style><iframe src=https://elsewhere.example></iframe>",
        "</div></li></ol></main><form action=https://elsewhere.example><button>Sign in</button></form>",
        "bi\u202edi \u2066x",
        "> " * 2000 + "deep",
        "[" * 2000 + "deep",
        "```\n</code></pre><img src=x onerror=document.title='taken'>\n```",
        "| <b onclick=document.title='taken'>x</b> |\n|---|\n| <a href=javascript:1>y</a> |",
    ]
)


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Dictated:
    made = Dictated({**CHAT, "message": EVIL})
    stand_in(monkeypatch, made)
    return made


def test_hostile_markdown_is_inert_while_it_comes_and_afterwards(
    window: Visitors, planner: Dictated
) -> None:
    page = window("mika").go("/talk")
    say(page, EVIL[:3000], "claude")
    planner.say(EVIL[:900], EVIL[900:])
    page.wait_for_selector("#turn-1 .so-far td")
    after = (("#turn-1 .so-far", None), ("#turn-1 .md", planner.done), ("#turn-1 .md", page.reload))
    for where, comes in after:
        if comes is not None:
            comes()
            answered(page, 1)
        links = [link.get_attribute("href") for link in page.locator(f"{where} a[href]").all()]
        # What was a picture is a link: nothing is asked of anybody until somebody follows it.
        assert links == ["https://elsewhere.example/pixel.png", "https://elsewhere.example/"]
        foreign = "img, script, style, iframe, form, input, svg, [onerror], [onclick], [style]"
        assert page.locator(f":is({where}) :is({foreign})").count() == 0
        assert "<img src=x onerror" in page.inner_text(where)
        assert "\u202e" not in page.content()
        assert page.title() != "taken"
        assert page.locator("main .foot form.composer").is_visible()
    assert "<script>" in page.inner_text("#turn-1 .words")


def test_two_people_see_nothing_of_each_other(window: Visitors) -> None:
    mika, aki = window("mika"), window("aki")
    page = mika.go("/talk")
    say(page, "a web server called secret")
    answered(page, 1)
    path = page.url.removeprefix(mika.base).partition("#")[0]
    other = aki.go("/talk?q=secret")
    assert other.locator(".list a").count() == 0
    told = []
    for where in (path, "/talk/c-0000000000000000"):
        other = aki.go(where)
        told.append(other.inner_text("main").replace(where.removeprefix("/talk/"), "ID"))
    assert told[0] == told[1]
    assert "secret" not in told[0]
