"""The second reading of an English wish that the first did not understand: said more plainly.

Own VMs and quotations are single letters while the words are turned. What comes out is read by the same
rules, word for word; what they do not understand is still asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuyajo.planner.backends.rules.again_done_en import each_done
from fuyajo.planner.backends.rules.again_frames_en import NAME_AT, QUOTE_AT, plainly
from fuyajo.planner.backends.rules.again_lists_en import listed, ranged
from fuyajo.planner.backends.rules.again_named_en import named
from fuyajo.planner.backends.rules.again_settings_en import without_settings
from fuyajo.planner.backends.rules.again_sizes_en import sized
from fuyajo.planner.backends.rules.again_told_en import without_stories
from fuyajo.planner.backends.rules.scene import Vms

#: Nobody wishes at greater length.
_LONGEST = 400
_QUOTATION = re.compile(r"\"([^\"\n]*)\"|(?<![A-Za-z0-9])'([^'\n]*)'(?![A-Za-z0-9])")
_AWAY = re.compile(r"[\ue000-\uefff]")
_WORD = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9][A-Za-z0-9_-]*")
#: "a web server": what it is, not which.
_KIND = re.compile(r" ?(?:-?servers?|site|page|app)\b", re.IGNORECASE)
#: Whatever the words, what was asked about is no wish.
_NO_WISH = frozenset({"injection", "greeting", "thanks", "bye", "smalltalk"})
#: "… up to 400 GB, thanks".
_THANKS_END = re.compile(
    r"(?<=[a-z0-9])[,.!]? *\b(?:many )?(?:thanks|thank you|thx|cheers|ty)[.! ]*$", re.IGNORECASE
)
#: It speaks against an order that only tells beside it what a story may tell.
_AGAINST = frozenset({"negation", "hypothetical", "past", "schedule"})


def said_plainly(text: str, vms: Vms, asked: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The text in other words, and then without what is only told beside it.

    Each with what must not have been asked about the one before; `asked` is that for the text itself.
    """
    if len(text) > _LONGEST or _AWAY.search(text):
        return
    thanked = asked == "thanks" and (thanks := _THANKS_END.search(text))
    if asked in _NO_WISH and not thanked:
        return
    letters = Letters(tuple(vm.name for vm in vms))
    plain = letters.put(ranged(text[: thanks.start()] if thanked and thanks else text, letters.own))
    plain = without_settings(plainly(listed(plain), "first"))
    plain = sized(plainly(plainly(plain, "loose"), "opened"))
    plain = sized(plainly(plainly(plain, "plain"), "who"))
    for stage in ("turned", "makes", "sizes", "acts"):
        plain = plainly(plain, stage)
    plain = plainly(each_done(named(plain)), "last")
    turned = letters.back(plain)
    if turned != text:
        yield turned, frozenset()
    elif asked in _AGAINST:
        return
    if "?" in plain and asked == "how_to":
        return
    told = letters.back(without_stories(plain))
    if told != turned:
        yield told, _AGAINST


class Letters:
    """One letter for every own VM and for every quotation."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.own = names
        self._names = {name.lower(): chr(NAME_AT + i) for i, name in enumerate(names[:1000])}
        self._said: dict[str, str] = {}

    def put(self, text: str) -> str:
        return _WORD.sub(self._name, _QUOTATION.sub(self._quoted, text))

    def back(self, text: str) -> str:
        return _AWAY.sub(lambda found: self._said.get(found[0], ""), text)

    def _name(self, found: re.Match[str]) -> str:
        letter = self._names.get(found[0].lower())
        kind = found[0].lower() in ("web", "basic") and _KIND.match(found.string, found.end())
        if letter is None or kind:
            return found[0]
        self._said[letter] = found[0]
        return letter

    def _quoted(self, found: re.Match[str]) -> str:
        inside = (found[1] or found[2] or "").lower()
        if inside in self._names:
            return inside
        letter = chr(QUOTE_AT + sum(c >= chr(QUOTE_AT) for c in self._said))
        self._said[letter] = found[0]
        return letter
