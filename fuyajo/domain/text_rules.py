"""Which characters a short text may hold. Everything refused here has been used in an attack."""

from __future__ import annotations

import unicodedata

JINJA_MARKS = ("{{", "}}", "{%", "%}", "{#", "#}")
ALLOWED_CONTROLS = frozenset("\n\t")
FORBIDDEN_KEY_PREFIXES = ("__ansible", "ansible_")


def unsafe_reason(value: str) -> str | None:
    """Why this text is refused: `jinja`, `control` (C0/C1, bidi, surrogates…), or None when it is fine."""
    if any(mark in value for mark in JINJA_MARKS):
        return "jinja"
    for char in value:
        if char in ALLOWED_CONTROLS:
            continue
        # Cc control, Cf format (bidi, zero width), Cs surrogate, Co private use, Cn unassigned
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            return "control"
    return None


def told_once(message: str) -> list[str]:
    """The lines of a message without blank ones and those that an earlier line holds already."""
    told: list[str] = []
    for line in (" ".join(line.split()) for line in message.splitlines()):
        if line and not any(line in earlier for earlier in told):
            told.append(line)
    return told


def forbidden_key(key: str) -> bool:
    """Whether a mapping key could mean something to Ansible."""
    return key.startswith(FORBIDDEN_KEY_PREFIXES)
