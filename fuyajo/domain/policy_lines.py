"""In which line of `policy.toml` a rule stands. Good for saying it, not for deciding anything. Pure."""

from __future__ import annotations

import re

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")
_INLINE = re.compile(r"""[{,]\s*([A-Za-z0-9_-]+)\s*=""")


def lines_of(text: str) -> dict[str, int]:
    """Line number (from 1) by dotted path, for tables, keys and the keys of inline tables."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.fullmatch(line):
            table = _plain(match[1])
            parts = table.split(".")
            for length in range(2, len(parts) + 1):  # [roles.x.needs] begins the role as well
                found.setdefault(".".join(parts[:length]), number)
        elif match := _KEY.match(line):
            path = ".".join(p for p in (table, _plain(match[1])) if p)
            found.setdefault(path, number)
            rest = line[match.end() :].lstrip()
            if rest.startswith("{"):
                for inner in _INLINE.finditer(rest):
                    found.setdefault(f"{path}.{inner[1]}", number)
    return found


def line_of(lines: dict[str, int], path: str) -> int | None:
    """The line of that path, else of the nearest one around it that has a line."""
    plain = re.sub(r"\[\d+\]", "", path)
    while plain:
        if plain in lines:
            return lines[plain]
        plain = plain.rpartition(".")[0]
    return None


def _plain(key: str) -> str:
    """`roles . "default"` → `roles.default`."""
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
