"""The same picture in pixels. Pillow is asked for only here, and only when somebody wants a PNG."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.plan import Plan
from fuyajo.views.graph import BOX_H, INK, LINE, PAD, Box, Curve, arrow, picture

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

STEPS = 24  # straight pieces of a curve


def graph_png(plan: Plan) -> bytes:
    """Raises `Unavailable` where Pillow is not installed."""
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise Unavailable(Problem("", "graph_png")) from error
    drawn = picture(plan)
    image = Image.new("RGB", (drawn.width, drawn.height), "#ffffff")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13)
    for curve in drawn.curves:
        _curve(pen, curve)
    for box in drawn.boxes:
        _box(pen, box, font)
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


def _curve(pen: ImageDraw, curve: Curve) -> None:
    points = list(_points(curve))
    pieces = list(pairwise(points))
    for piece in pieces[::2] if curve.dashed else pieces:
        pen.line(piece, fill=LINE, width=2)
    pen.polygon(arrow(curve), fill=LINE)


def _points(curve: Curve) -> Iterator[tuple[float, float]]:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve.points
    for step in range(STEPS + 1):
        t = step / STEPS
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


def _box(pen: ImageDraw, box: Box, font: FreeTypeFont | ImageFont) -> None:
    corners = (box.x, box.y, box.x + box.width, box.y + BOX_H)
    pen.rounded_rectangle(corners, 6, box.fill, LINE)
    for line, words in enumerate(box.lines):
        pen.text((box.x + PAD // 2, box.y + 9 + line * 19), words, fill=INK, font=font)
