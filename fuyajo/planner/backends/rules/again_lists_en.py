"""A heading and a line for each machine: "New sizes please:\\nweb 4 GB\\nmail 2 GB"."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.again_frames_en import VM_LETTER, pattern

_THINGS = r"(?:sizes?|specs?|resources?|allocations?|limits?|values?|changes?)"
_HEADING = (
    r"(?:(?:hi|hello|hey|good morning)[,.!]? )?(?:(?:please|pls|kindly|<BEG>) )?"
    r"(?:(?:resize|change|set|apply|adjust|update|use|make|rescale|scale)\b"
    rf"(?: (?:the|these|those|their|following|new|updated))*(?: (?:{_THINGS}|(?P<of><LABEL>)|<HEAD>))?"
    rf"|(?:the )?(?:new|updated|desired|target|requested) (?:{_THINGS}|(?P<its><LABEL>))"
    rf"|(?:{_THINGS}|resizes?|resizing)(?=,? (?:please|pls)))"
    r"(?: (?:as follows|like this|to|below|for))?(?:,? (?:please|pls|needed|requested|wanted))*"
)
_LINE = r"[-*•]? ?(?P<n><NL>)(?::| -|,| =| to| gets)? (?P<much><MUCH>)"
#: "worker-1 through worker-3".
_RANGE = re.compile(
    r"\b(?P<stem>[A-Za-z][A-Za-z0-9-]*?)(?P<first>\d{1,2}) (?:through|thru) (?:to )?"
    r"(?P<again>[A-Za-z][A-Za-z0-9-]*?)(?P<last>\d{1,2})(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_BARE = re.compile(r"\?P<\w+>")


def listed(text: str) -> str:
    """One order for each line; a text with anything else in it stays."""
    if len(VM_LETTER.findall(text)) < 2:
        return text
    line = _BARE.sub("?:", _LINE)
    lines = rf"{line}(?:(?:[,;.]|,? and)?\s+{line})+"
    whole = rf"^{_HEADING}[:.]?\s+(?P<all>{lines})[.!]?(?:\s*(?:thanks|thank you)[.!]?)?$"
    found = pattern(whole).match(text)
    if not found:
        return text
    label = found["of"] or found["its"] or ""
    parts = pattern(_LINE).finditer(found["all"])
    return " ".join(f"Please resize {p['n']} to {_much(p['much'], label)}." for p in parts)


def _much(much: str, label: str) -> str:
    return much if not label or pattern("<LABEL>").search(much) else f"{much} {label}"


def ranged(text: str, names: tuple[str, ...]) -> str:
    """A range of own VMs as their names, where each of them is there."""

    def names_of(found: re.Match[str]) -> str:
        first, last, stem = int(found["first"]), int(found["last"]), found["stem"].lower()
        every = [f"{stem}{i:0{len(found['first'])}}" for i in range(first, last + 1)]
        known = len(every) > 1 and set(every) <= {name.lower() for name in names}
        if not known or found["again"].lower() != stem:
            return found[0]
        return f"{', '.join(every[:-1])} and {every[-1]}"

    return _RANGE.sub(names_of, text)
