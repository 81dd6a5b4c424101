"""Styles, scripts, fonts: addresses with a digest, kept by browsers for ever, sent compressed.

`vendor/` holds what `scripts/vendor_assets.py` took from npm packages; it is not in git.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

from fuyajo.domain.errors import NotFound, Problem

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FOREVER = "public, max-age=31536000, immutable"
_HERE = Path(__file__).parent / "assets"
routes = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    media: str
    version: str
    body: bytes
    packed: bytes


def address(name: str) -> str:
    """Where a page finds it; "" for what is not vendored here: the page does without."""
    found = _assets().get(name)
    return f"/assets/{found.version}/{name}" if found else ""


@routes.get("/assets/{version}/{name:path}")
def asset(version: str, name: str, request: Request) -> Response:
    # Modules import each other by names without a digest of their own: any that is ours will do.
    found = _assets().get(name)
    if found is None:
        raise NotFound(Problem("", "page_not_found"))
    headers = {"X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    headers["Cache-Control"] = FOREVER if version == found.version else "no-cache"
    body = found.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = found.packed, "gzip"
    return Response(body, 200, headers, media_type=found.media)


@cache
def _assets() -> dict[str, Asset]:
    """All of them, read and compressed once: a few hundred kB."""
    found = (path for path in sorted(_HERE.rglob("*")) if path.suffix in TYPES)
    return {
        path.relative_to(_HERE).as_posix(): _read(path)
        for path in found
        if "node_modules" not in path.parts
    }


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(TYPES[path.suffix], sha256(body).hexdigest()[:16], body, packed)
