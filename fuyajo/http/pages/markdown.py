"""Markdown of models → HTML that shows and does nothing: no raw HTML, no image, links of http(s) alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from fuyajo.views.inert import inert

ELEMENTS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
MOST = 200_000  # characters; what is longer is cut


def html(said: str, table: str = "", under: int = 2) -> Markup:
    """Twice made safe: the reader takes no HTML, and what it made is held against a list.

    `under`: the level of the heading that this stands below; `table`: what a table is called aloud.
    """
    reader = _reader()
    tokens = reader.parse(inert(said[:MOST]))
    _level(tokens, under)
    rendered = reader.renderer.render(tokens, reader.options, {})
    clean = nh3.clean(
        rendered,
        tags=ELEMENTS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https"},
        attribute_filter=_kept,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(_reachable(clean, table))  # noqa: S704 - what nh3 lets through


@cache
def _reader() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False, "breaks": True})
        .enable(["table", "strikethrough"])
        .disable("image")
    )


def _kept(element: str, attribute: str, value: str) -> str | None:
    """A link without a scheme would be one into this service, or (`//…`) to anywhere."""
    if attribute not in ATTRIBUTES.get(element, ()):
        return None
    there = attribute != "href" or value.lower().startswith(("http://", "https://"))
    return value if there else None


def _level(tokens: Sequence[Token], under: int) -> None:
    """Headings in an order that leaves none out, whatever a model began with."""
    above: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, under + len(above))}"


def _reachable(clean: str, table: str) -> str:
    """What is wider than the page scrolls by itself, by keyboard too. In clean HTML `<` begins an element."""
    label = f' role="group" aria-label="{escape(table)}"' if table else ""
    wide = clean.replace("<table>", f'<div class="scroll" tabindex="0"{label}><table>')
    return wide.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')
