"""Every sentence that a template names is there, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fuyajo.domain.texts import TABLES
from fuyajo.http.pages import render

TEMPLATES = Path(render.__file__).parent / "templates"
NAMED = re.compile(r"\b(t|say)\(\s*'([^']+)'\s*([~,)])")
#: Words of the language itself, and marks, that need no translation.
_PLAIN = re.compile(r"<(script|style)\b.*?</\1>|\{[{%#].*?[}%#]\}|<!--.*?-->|<[^>]*>", re.S)


def test_every_key_of_a_template_is_known() -> None:
    unknown = []
    for path in TEMPLATES.rglob("*.html"):
        for call, key, after in NAMED.findall(path.read_text(encoding="utf-8")):
            whole = f"page.{key}" if call == "t" else key
            there = (
                any(known.startswith(whole) for known in TABLES["en"])
                if after == "~"
                else whole in TABLES["en"]
            )
            unknown += [] if there else [f"{path.name}: {whole}"]
    assert unknown == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_says_nothing_by_itself(path: Path) -> None:
    words = re.findall(r"[A-Za-z]{3,}", _PLAIN.sub(" ", path.read_text(encoding="utf-8")))
    assert [word for word in words if word not in ("Fuyajo", "MiB", "GiB")] == []


def test_the_rooms_have_names() -> None:
    assert [key for _, key in render.NAV if f"page.{key}" not in TABLES["en"]] == []
