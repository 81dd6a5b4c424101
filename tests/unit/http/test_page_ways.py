"""Where somebody comes back to after signing in: a page of ours, whatever an address says."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.http.pages.visitor import MOST_ADDRESS, local

HERE = "http://fuyajo.example:8080/sign-in"
ELSEWHERE = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)",
    "data:text/html,x", "evil.example", "@evil.example", "", "/x\r\nSet-Cookie: a=b", "/\u2215evil.example",
    "/\x00", "/" + "x" * MOST_ADDRESS, "/talk\\..\\..\\\\evil.example",
)  # fmt: skip
OURS = ("/", "/talk/c-1", "/plans/p-1?owner=mika", "/machines?q=%E4%B8%83&sort=-name", "/a?b=//c")


@pytest.mark.parametrize("said", ELSEWHERE)
def test_nobody_is_sent_elsewhere(said: str) -> None:
    assert local(said) == "/"


@pytest.mark.parametrize("said", OURS)
def test_pages_of_ours_are_found_again(said: str) -> None:
    assert local(said) == said


@given(st.text(alphabet="/\\.:@?#%\t\n\r ae0", max_size=12).map("/".__add__))
def test_whatever_is_said_stays_on_this_host(said: str) -> None:
    # A browser drops tabs and ends of lines, and takes a backslash for a slash.
    read = local(said).translate({9: None, 10: None, 13: None, 92: "/"})
    assert urlsplit(urljoin(HERE, read)).netloc == "fuyajo.example:8080"
