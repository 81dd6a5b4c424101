"""What an order is made of — VMs, amounts, snapshots, small adverbs — as one letter each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from fuyajo.planner.backends.rules import residue_ops_words_en as words
from fuyajo.planner.backends.rules.again_frames_en import pattern

#: Own VMs, as `again_en.Letters` has them.
VM = r"[\ue000-\ue7ff]"
#: The letters of chunks.
NAMED, POINTED, MUCH, SNAP, BACK, CALLED, ADVERB, PLEASED = (
    0xF000, 0xF100, 0xF200, 0xF300, 0xF340, 0xF380, 0xF800, 0xF801,
)  # fmt: skip
_HEAD = (
    r"(?:virtual machine|virtual server|vm|web ?server|server|machine|box"
    r"|instance|guest|host|computer)s?\b"
)
_ADJ = (
    r"(?:(?:poor|little|stubborn|whole|entire|current|idle|unused|spare|trusty|stupid|bloody|silly"
    r"|temporary|obsolete|redundant|good|basic|plain|two|three|four|five|outdated|useless|dusty|existing"
    r"|overloaded|forgotten|leftover|superfluous|sluggish|lovely|dear|beloved|damn|damned|tired) )*"
)
_DET = (
    rf"(?:(?:both|all|all of|both of|all three|all two|all four)(?: of)? )?"
    rf"(?:(?:the|my|our|that|this|those|these|your) )?{_ADJ}"
)
_ONE = rf"(?<![A-Za-z0-9'-]){_DET}(?:{_HEAD}(?:,? (?:called|named))? )?{VM}(?!')(?: {_HEAD})?"
_JOIN = (
    r"(?:,? and (?:also |then )?|, (?:also |then )?|,? as well as |,? plus | ?& ?| ?\+ ?| ?/ ?|\n)"
)
_CALLED = (
    r"(?:called|named|titled|labelled|labeled|with the name"
    r"|by the name|under the name|(?:its )?name(?: is|:)?)(?: of)?"
)
_SNAP = r"(?:snapshot|checkpoint|restore point|snap)"
_NAME = r"(?:[\ue800-\uefff]|(?!of\b|for\b|the\b|it\b|its\b|to\b)[A-Za-z0-9][A-Za-z0-9-]*)"
_SURE_NAME = r"(?:[\ue800-\uefff]|(?=[A-Za-z0-9-]*[0-9-])[A-Za-z][A-Za-z0-9-]+)"
_LAST = r"(?:latest|last|newest|most recent)"
_PATTERNS = (
    (MUCH, "(?:up |down )?(?:from <ONE> )?(?<![A-Za-z0-9-])"
     "(?:a total of )?<MUCH>(?! (?:more|less|extra|additional))"),
    (
        BACK,
        rf"\b(?:the|its|their|that|my|our) {_LAST} {_SNAP}\b"
        rf"|\b(?:the|its|their|that|my|our) {_SNAP} (?:{_CALLED} )?{_NAME}"
        rf"|(?<=to )(?:the |its )?{_SNAP} (?:{_CALLED} )?{_NAME}|(?<=from )(?:the "
        rf"|its )?{_SNAP} (?:{_CALLED} )?{_NAME}"
        rf"|\b(?:the|its|their|that|my|our) {_NAME} {_SNAP}\b|(?<=back to ){_LAST} {_SNAP}"
        rf"|(?<=back to ){_SURE_NAME}",
    ),
    (
        SNAP,
        rf"\b(?:an?|one|another) (?:(?:new|fresh|quick|current|safety|backup|full"
        rf"|little) )?{_SNAP}(?! of)s?\b"
        rf"|\b(?:an?|one|another) (?:(?:new|fresh|quick|current|safety|backup|full|little) )?{_SNAP}\b"
        rf"|(?<=take )snapshots?\b|(?<=make )snapshots?\b|(?<=create )snapshots?\b",
    ),
    (CALLED, rf"\b{_CALLED} {_NAME}|\band (?:call|name|label) it {_NAME}|\bas {_SURE_NAME}"),
    (NAMED, rf"{_ONE}(?:{_JOIN}{_ONE})*(?: (?:both|each|all three|altogether)\b)?"),
    (
        POINTED,
        r"\b(?:it|them|this one|that one|both of them|all of them|all three of them|all three|both"
        r"|(?:the|that|this) (?:vm|server|machine|box))\b(?!['-])",
    ),
)  # fmt: skip

_PLEASE = re.compile(
    r"\b(?:please|pls|plz|kindly|thank|thanks|thx|cheers|appreciated)\b", re.IGNORECASE
)


@dataclass
class Chunks:
    """The text in letters, and what every letter stands for."""

    text: str
    said: dict[str, str] = field(default_factory=dict)

    def put(self, at: int, found: re.Match[str]) -> str:
        letter = chr(at + sum(at <= ord(c) < at + 0x40 for c in self.said))
        self.said[letter] = self.back(found[0])
        return letter

    def back(self, text: str) -> str:
        return "".join(self.said.get(c, c) for c in text)

    def vms(self, letters: str) -> tuple[str, ...]:
        """The VMs in it, in the order said."""
        return tuple(dict.fromkeys(re.findall(VM, self.back(letters))))


def chunked(text: str) -> Chunks:
    chunks = Chunks(text)
    for at, said in _PATTERNS:
        chunks.text = pattern(said).sub(lambda found, at=at: chunks.put(at, found), chunks.text)  # type: ignore[misc]
    chunks.text = _adverbs().sub(_adverb, chunks.text)
    return chunks


def _adverb(found: re.Match[str]) -> str:
    return chr(PLEASED if _PLEASE.search(found[0]) else ADVERB)


@cache
def _adverbs() -> re.Pattern[str]:
    every = {" ".join(way.split()) for way in re.split(r"[|\n]", words.ADVERBS) if way.strip()}
    either = "|".join(sorted(every, key=len, reverse=True))
    alone = rf"(?<![A-Za-z0-9'-])(?:{either})(?![A-Za-z0-9'-]|, | that| of| if| when)"
    return re.compile(rf"{alone}(?:,? {alone})*", re.IGNORECASE)
