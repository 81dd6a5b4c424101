"""The order of a plan as lines and as a picture (SVG). Names are text in every form, whatever they hold."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from fuyajo.domain.graph import Graph, graph_of
from fuyajo.domain.plan import Change, Effect, Plan
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert
from fuyajo.views.plan import MARKS

# Pixels.
PAD, GAP_X, GAP_Y, BOX_H, LETTER, LEAST_W = 24, 72, 20, 52, 8, 140
FONT = "ui-monospace, 'DejaVu Sans Mono', monospace"
FILL: dict[Effect, str] = {
    "none": "#e6f4ea",
    "live": "#e8f0fe",
    "restart": "#fef7e0",
    "stop": "#fde7d3",
    "destroy": "#fce8e6",
}
INK, LINE = "#202124", "#5f6368"
#: For dark pages: what is light above, and the other way round.
DARK = {
    "#ffffff": "#181e2b",
    INK: "#e8e8ea",
    LINE: "#a9b0bf",
    FILL["none"]: "#143222",
    FILL["live"]: "#1b2a4a",
    FILL["restart"]: "#35270f",
    FILL["stop"]: "#42270f",
    FILL["destroy"]: "#3b1719",
}


@dataclass(frozen=True)
class Box:
    """A change: where it is drawn, its colour, and two lines of text."""

    x: int
    y: int
    width: int
    fill: str
    lines: tuple[str, str]


@dataclass(frozen=True)
class Curve:
    """A cubic curve from the right side of one box to the left side of another; `dashed` for networks."""

    points: tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
    dashed: bool


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


def graph_lines(plan: Plan, lang: Lang) -> list[str]:
    """The steps in order; what a change waits for stands behind it."""
    graph = graph_of(plan)
    lines = [text("ui.graph.order", lang)]
    room = len(str(len(graph.ranks)))
    for number, rank in enumerate(graph.ranks, 1):
        for place, node in enumerate(rank):
            head = f"{number}." if place == 0 else ""
            lines.append(f"  {head:<{room + 1}} {_line(graph, node, lang)}")
    return lines


def _line(graph: Graph, node: int, lang: Lang) -> str:
    change = graph.nodes[node]
    before = [graph.nodes[edge.source] for edge in graph.edges if edge.target == node]
    names = ", ".join(inert(f"{c.object} {c.name}") for c in before)
    waits = f"   ← {text('ui.after', lang)} {names}" if names else ""
    return f"{MARKS.get(change.action, '·')} {change.object} {inert(change.name)}{waits}"


def picture(plan: Plan) -> Picture:
    """Columns are steps, from left to right."""
    graph = graph_of(plan)
    boxes: dict[int, Box] = {}
    x, lowest = PAD, 0
    for rank in graph.ranks:
        texts = {node: _texts(graph.nodes[node]) for node in rank}
        longest = max(len(line) for pair in texts.values() for line in pair)
        width = max(LEAST_W, longest * LETTER + PAD)
        for place, node in enumerate(rank):
            y = PAD + place * (BOX_H + GAP_Y)
            boxes[node] = Box(x, y, width, FILL[graph.nodes[node].effect], texts[node])
            lowest = max(lowest, y + BOX_H)
        x += width + GAP_X
    curves = tuple(
        _curve(boxes[e.source], boxes[e.target], e.kind == "network") for e in graph.edges
    )
    return Picture(x - GAP_X + PAD, lowest + PAD, tuple(boxes.values()), curves)


def _texts(change: Change) -> tuple[str, str]:
    """Two lines without marks or words of a language: fonts differ, and so do readers."""
    after = {f.path: f.after for f in change.fields}
    sizes = [
        f"{after[key]}{unit}"
        for key, unit in (
            ("cpus", " CPU"),
            ("memory_mib", " MiB"),
            ("disk_gib", " GiB"),
            ("cidr", ""),
        )
        if after.get(key) is not None
    ]
    template = [change.template] if change.template else []
    return (
        _plain(f"{change.action} {change.object} {change.name}"),
        _plain(", ".join([*template, *sizes])),
    )


def _plain(words: str) -> str:
    """No control character: XML has no way to write them."""
    return "".join(c if c.isprintable() else "\ufffd" for c in words)


def _curve(source: Box, target: Box, dashed: bool) -> Curve:
    start = (source.x + source.width, source.y + BOX_H // 2)
    end = (target.x, target.y + BOX_H // 2)
    bend = GAP_X // 2
    return Curve((start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end), dashed)


def graph_svg(plan: Plan, *, dark: bool = False) -> bytes:
    """A whole document: no script, no style, no link, nothing from elsewhere."""
    drawn = picture(plan)
    size = {"width": str(drawn.width), "height": str(drawn.height)}
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {drawn.width} {drawn.height}",
            "role": "img",
            **size,
        },
    )
    ET.SubElement(root, "title").text = _plain(f"Plan {plan.id}")
    ET.SubElement(root, "rect", {**size, "fill": "#ffffff"})
    for curve in drawn.curves:
        _svg_curve(root, curve)
    for box in drawn.boxes:
        _svg_box(root, box)
    if dark:
        _darken(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _darken(root: ET.Element) -> None:
    for element in root.iter():
        for key in ("fill", "stroke"):
            colour = element.get(key)
            if colour in DARK:
                element.set(key, DARK[colour])


def _svg_curve(root: ET.Element, curve: Curve) -> None:
    (x, y), *bends = curve.points
    way = " ".join(f"{a} {b}" for a, b in bends)
    dashes = {"stroke-dasharray": "6 4"} if curve.dashed else {}
    stroke = {"fill": "none", "stroke": LINE, "stroke-width": "2", **dashes}
    ET.SubElement(root, "path", {"d": f"M {x} {y} C {way}", **stroke})
    tip = " ".join(f"{a},{b}" for a, b in arrow(curve))
    ET.SubElement(root, "polygon", {"points": tip, "fill": LINE})


def arrow(curve: Curve) -> tuple[tuple[int, int], ...]:
    """The three corners of its head."""
    x, y = curve.points[-1]
    return (x, y), (x - 10, y - 5), (x - 10, y + 5)


def _svg_box(root: ET.Element, box: Box) -> None:
    place = {"x": str(box.x), "y": str(box.y), "width": str(box.width), "height": str(BOX_H)}
    ET.SubElement(root, "rect", {**place, "rx": "6", "fill": box.fill, "stroke": LINE})
    for line, (words, weight) in enumerate(zip(box.lines, ("bold", "normal"), strict=True)):
        style = {"font-family": FONT, "font-size": "13", "font-weight": weight, "fill": INK}
        at = {"x": str(box.x + PAD // 2), "y": str(box.y + 21 + line * 19)}
        ET.SubElement(root, "text", {**at, **style}).text = words
