"""The second reading of a Japanese wish that the first did not understand: said more plainly, without
the words around it. What is left is read by the same rules, word for word.
"""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules import again_any_ja, again_own_ja, again_for_ja, rewriting_ja
from fuyajo.planner.backends.rules.stories_ja import MARK, without_stories

#: Nobody wishes at greater length.
_LONGEST = 400
_NAME = re.compile(r"(?<![a-z0-9-])[a-z][a-z0-9-]*(?![a-z0-9-])", re.IGNORECASE)
_QUOTATION = re.compile(r"「([^」\n]*)」|\"([^\"\n]*)\"")
_AWAY = 0xE100
#: web of webサーバー is no name.
_KIND = re.compile(r"[ ]?(?:サーバ|サイト|ページ)")


def said_plainly(text: str, names: frozenset[str]) -> str | None:
    """The text in other words, or None when there are none."""
    if len(text) > _LONGEST:
        return None
    quoted: list[str] = []

    def away(found: re.Match[str]) -> str:
        quoted.append(found[0])
        return chr(_AWAY + len(quoted) - 1)

    plain = _marked(_QUOTATION.sub(away, text), names)
    plain = again_own_ja.below(plain)
    plain = rewriting_ja.plainly(plain, again_any_ja.ANY)
    plain = rewriting_ja.plainly(plain, again_own_ja.OWNS)
    plain = without_stories(plain, names)
    plain = rewriting_ja.plainly(plain, again_any_ja.ANY)
    plain = again_for_ja.without_purposes(rewriting_ja.plainly(plain, again_own_ja.OWNS))
    plain = plain.replace(MARK, "")
    for i, said in enumerate(quoted):
        plain = plain.replace(chr(_AWAY + i), said)
    return plain if plain != text else None


def _marked(text: str, names: frozenset[str]) -> str:
    def mark(found: re.Match[str]) -> str:
        low = found[0].lower()
        kind = low == "web" and _KIND.match(text, found.end())
        return f"{MARK}{low}" if low in names and not kind else found[0]

    return _NAME.sub(mark, text)
