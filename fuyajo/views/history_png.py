"""Measured history in pixels. Its words are English: the font that Pillow brings has no Japanese letters."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.history import Curve, History
from fuyajo.domain.texts import text
from fuyajo.views.graph import INK, LINE
from fuyajo.views.history import DRAWN, amount, duration, summary, top
from fuyajo.views.inert import inert

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

WIDTH, HEAD, EACH = 900, 34, 130
LEFT, RIGHT, ABOVE, BELOW = 90, 20, 22, 14
PAPER, FRAME, CURVE = "#ffffff", "#dadce0", "#1a73e8"


def history_png(found: History) -> bytes:
    """A chart below the other. Raises `Unavailable` where Pillow is not installed."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise Unavailable(Problem("", "history_png")) from error
    drawn = () if found.empty else DRAWN
    image = Image.new("RGB", (WIDTH, HEAD + EACH * len(drawn)), PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13)
    pen.text((10, 10), _head(found), fill=INK, font=font)
    for place, name in enumerate(drawn):
        _chart(pen, font, found, name, HEAD + EACH * place)
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


def _head(found: History) -> str:
    name = inert(found.vm).replace("\n", "\ufffd").replace("\t", "\ufffd")
    if found.empty:
        return text("ui.nothing_measured", "en", name=name)
    since, until = (f"{at.astimezone():%Y-%m-%d %H:%M}" for at in (found.since, found.until))
    each = duration(found.step)
    return text("ui.metrics_head", "en", name=name, since=since, until=until, step=each)


def _chart(
    pen: ImageDraw, font: FreeTypeFont | ImageFont, found: History, name: str, y: int
) -> None:
    curve, end = found.metrics[name], top(found, name)
    upper, lower = y + ABOVE, y + EACH - BELOW
    said = zip(("now", "mean", "most"), summary(curve), strict=True)
    told = "   ".join(f"{text(f'ui.metric_{key}', 'en')} {value}" for key, value in said)
    pen.text((LEFT, y), f"{text(f'ui.metric.{name}', 'en')}   {told}", fill=INK, font=font)
    pen.rectangle((LEFT, upper, WIDTH - RIGHT, lower), PAPER, FRAME)
    for value, at in ((end, upper - 4), (0.0, lower - 10)):
        pen.text((8, at), amount(value, curve.unit), fill=LINE, font=font)
    for part in _pieces(found, curve, end, (upper, lower)):
        if len(part) == 1:  # a line needs two ends
            part.append((part[0][0] + 2, part[0][1]))
        for piece in pairwise(part):
            pen.line(piece, fill=CURVE, width=2)


def _pieces(
    found: History, curve: Curve, end: float, edges: tuple[int, int]
) -> Iterator[list[tuple[float, float]]]:
    """Points that follow one another; between two pieces nobody knows."""
    begin, whole = found.since.timestamp(), (found.until - found.since).total_seconds()
    upper, lower = edges
    part: list[tuple[float, float]] = []
    for at, value in zip(found.at, curve.mean, strict=True):
        if value is None:
            if part:
                yield part
            part = []
            continue
        share = min(1.0, max(0.0, (at + found.step / 2 - begin) / whole))
        x = LEFT + share * (WIDTH - RIGHT - LEFT)
        part.append((x, lower - min(1.0, value / end) * (lower - upper)))
    if part:
        yield part
