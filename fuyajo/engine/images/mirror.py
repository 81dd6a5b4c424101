"""Where packages come from: this host's own mirror when it runs Debian, else the public one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from fuyajo.engine.images.errors import ImageError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_SAFE_URL = re.compile(r"https?://[A-Za-z0-9._~:/@%+-]+")
_ONE_LINE = re.compile(r"deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)")


class Mirror(BaseModel):
    """A Debian archive and its security archive; both are written into the guest's sources."""

    model_config = ConfigDict(frozen=True)

    main: str = "http://deb.debian.org/debian"
    security: str = "http://deb.debian.org/debian-security"

    def lines(self, suite: str) -> list[str]:
        """The lines of sources.list for `suite`.

        Raises:
            ImageError: an address is not a plain http or https one.
        """
        for url in (self.main, self.security):
            if not _SAFE_URL.fullmatch(url):
                raise ImageError(
                    f"The mirror {url!r} is not a plain http or https address.",
                    "Give one like: http://deb.debian.org/debian",
                )
        signed = f"deb [signed-by={KEYRING}]"
        return [
            f"{signed} {self.main} {suite} main",
            f"{signed} {self.main} {suite}-updates main",
            f"{signed} {self.security} {suite}-security main",
        ]


def host_mirror(etc: Path = Path("/etc")) -> Mirror:
    """The mirror this host uses, as far as it is a Debian one that a guest could reach too."""
    found: dict[str, str] = {}
    if "ID=debian" in _read(etc / "os-release").splitlines():
        for url, suite in _sources(etc / "apt"):
            field = "security" if suite.endswith(("-security", "/updates")) else "main"
            if _usable(url, field):
                found.setdefault(field, url.rstrip("/"))
    return Mirror(**found)


def _usable(url: str, field: str) -> bool:
    """Whether `url` looks like that Debian archive and means the same machine to a guest."""
    parts = urlsplit(url)
    if parts.hostname in (None, "localhost", "127.0.0.1", "::1") or parts.username:
        return False
    tail = "/debian-security" if field == "security" else "/debian"
    return _SAFE_URL.fullmatch(url) is not None and parts.path.rstrip("/").endswith(tail)


def _sources(apt: Path) -> Iterator[tuple[str, str]]:
    """Pairs of address and suite from both formats of apt's sources."""
    parts = apt / "sources.list.d"
    for path in [apt / "sources.list", *sorted(parts.glob("*.list"))]:
        for line in _read(path).splitlines():
            if match := _ONE_LINE.match(line.strip()):
                yield match.group(1), match.group(2)
    for path in sorted(parts.glob("*.sources")):
        for paragraph in re.split(r"\n\s*\n", _read(path)):
            yield from _paragraph(paragraph)


def _paragraph(text: str) -> Iterator[tuple[str, str]]:
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith(("#", " ", "\t")):
            fields[key.strip().lower()] = value.split()
    if "deb" not in fields.get("types", []) or fields.get("enabled", ["yes"])[0] == "no":
        return
    for url in fields.get("uris", []):
        for suite in fields.get("suites", []):
            yield url, suite


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        # Missing or unreadable sources only mean that the public mirror is used.
        return ""
