"""What models write shows and does nothing, whatever it is."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuyajo.http.pages import markdown

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "![a picture](https://elsewhere.example/p.png)",
    "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](java&#x73;cript:alert(1))",
    "[d](data:text/html,<script>alert(1)</script>) <data:text/html,x>",
    "[v](vbscript:x) [f](file:///etc/passwd) [r](//elsewhere.example) [q](/sign-out)",
    '[t](https://a.example "x\\" onmouseover=alert(1)")',
    "<a href='https://x' onclick='alert(1)' style='position:fixed'>x</a>",
    "<svg><style><img src=x onerror=alert(1)></style></svg><!-- <b> -->",
    '```"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```',
    "| <b>x</b> |\n|---|\n| <table><tr onclick=x> |",
    "</div></main><form action=https://elsewhere.example><input name=password>",
    "[a]: javascript:alert(1)\n[a]",
    "<table></table> &lt;table&gt; `<pre>`",
)
PIECES = st.sampled_from(
    (*HOSTILE, "*", "_", "[", "](", ")", "<", ">", "`", "\n", "|", "- ", "# ", "&")
)


class Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(said: str) -> list[tuple[str, dict[str, str | None]]]:
    """All elements of it. Asserts that every one is closed and none is anything but text in a shape."""
    reader = Read()
    reader.feed(markdown.html(said, "a <table>"))
    reader.close()
    assert reader.open == []
    for tag, attributes in reader.found:
        assert tag in markdown.ELEMENTS | {"div"}
        allowed = {"href", "rel", "start", "tabindex", "role", "class", "aria-label"}
        assert set(attributes) <= allowed
        assert re.match("https?://", attributes.get("href") or "https://"), attributes
        assert attributes.get("class") in (None, "scroll")
    return reader.found


@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_of_it_would_run_or_ask_another_host(said: str) -> None:
    read(said)


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES | st.text(max_size=20), max_size=12).map("".join))
def test_whatever_is_written_stays_inside(said: str) -> None:
    read(said)


def test_characters_that_turn_the_direction_are_gone() -> None:
    assert "\u202e" not in markdown.html("abc\u202edef `x\u202e` [\u2066y](https://a.example)")


def test_headings_leave_no_level_out() -> None:
    said = "#### a\n\n# b\n\n###### c\n\n###### d\n\n## e\n\n# f"
    assert [tag for tag, _ in read(said)] == ["h3", "h3", "h4", "h4", "h4", "h3"]


def test_what_is_wide_scrolls_by_itself_and_by_keyboard() -> None:
    found = read("| a |\n|---|\n| b |\n\n```sh\nx\n```")
    frame = {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": "a <table>"}
    assert ("div", frame) in found
    assert ("pre", {"tabindex": "0"}) in found


@pytest.mark.parametrize(
    "piece", ["> ", "- ", "[", "*a_", "`", "<", "![", "**a ", "(", "[a](", "|", "~~"]
)
def test_nesting_costs_no_minutes(piece: str) -> None:
    begun = process_time()
    read(piece * (20_000 // len(piece)))
    read(f"{piece}\n" * 5000)
    assert process_time() - begun < 10
