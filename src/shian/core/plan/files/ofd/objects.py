"""Objects of a page (GB/T 33190 chapters 8 to 11): text with its places, ruled lines, images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ..found import TooLong
from ..page import Run
from ..page.glyphs import doubled
from ..page.ruled import Edge
from .document import POINTS, children, first, local, words

_PATH = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7}
Element = Any
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


@dataclass
class Found:
    """What stands on a page, in points from its upper left corner."""

    runs: list[Run] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    images: int = 0
    objects: int = 0
    width: float = 210 * POINTS


def objects_of(layers: Iterable[Element], most: int) -> Found:
    """``most``: how many objects are looked at before the file is given up."""
    found = Found()
    for node in _objects(layers):
        found.objects += 1
        if found.objects > most:
            raise TooLong
        kind = local(node)
        if node.get("Visible") == "false" or node.get("Alpha") == "0":
            continue
        if kind == "TextObject":
            found.runs += _text(node)
        elif kind == "PathObject":
            found.edges += _edges(node)
        elif kind == "ImageObject":
            found.images += 1
    twice = {id(r) for r in doubled((r, r.text, r.x0, r.top, r.height) for r in found.runs)}
    found.runs = [r for r in found.runs if id(r) not in twice]
    return found


def _objects(nodes: Iterable[Element]) -> Iterator[Element]:
    for node in nodes:
        if local(node) in ("Layer", "PageBlock"):
            yield from _objects(node.iterchildren())
        else:
            yield node


def _place(node: Element) -> Matrix:
    """From the space of an object to the page: its own matrix (CTM), then its boundary."""
    x, y = (_numbers(node.get("Boundary"), 4) or [0.0] * 4)[:2]
    a, b, c, d, e, f = _numbers(node.get("CTM"), 6) or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return a, b, c, d, e + x, f + y


def _put(m: Matrix, x: float, y: float) -> Point:
    return (m[0] * x + m[2] * y + m[4]) * POINTS, (m[1] * x + m[3] * y + m[5]) * POINTS


def _text(node: Element) -> Iterator[Run]:
    """Runs of a text object; one ends where the next character is set far off or on another line."""
    m = _place(node)
    size = (_numbers(node.get("Size"), 1) or [3.5])[0]
    wide = (_numbers(node.get("HScale"), 1) or [1.0])[0] or 1.0
    x = y = 0.0
    for code in children(node, "TextCode"):
        text = "".join((code.text or "").split("\n")).replace("\r", "")
        x = (_numbers(code.get("X"), 1) or [x])[0]
        y = (_numbers(code.get("Y"), 1) or [y])[0]
        across, down = _deltas(code.get("DeltaX"), len(text)), _deltas(code.get("DeltaY"), len(text))
        upright = len(text) > 1 and not any(across[: len(text) - 1]) and any(down)
        at, begun, px, py = 0, (x, y), x, y
        for i in range(1, len(text) + 1):
            last = i == len(text)
            width = size * wide * (1.0 if ord(text[i - 1]) > 0x2E7F else 0.55)
            dx = across[i - 1] if across and i - 1 < len(across) else (0.0 if upright else width)
            dy = down[i - 1] if down and i - 1 < len(down) else 0.0
            if last or (not upright and (abs(dy) > 0.3 * size or dx > width + 0.9 * size or dx < -0.5 * size)):
                if text[at:i].strip():
                    yield _run(m, text[at:i], begun, (px + width, py), size)
                at, begun = i, (px + dx, py + dy)
            px, py = px + dx, py + dy


def _run(m: Matrix, text: str, start: Point, end: Point, size: float) -> Run:
    corners = [_put(m, x, y) for x in (start[0], end[0]) for y in (start[1] - 0.86 * size, end[1] + 0.14 * size)]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    lead, tail = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
    each = (max(xs) - min(xs)) / max(1, len(text))
    return Run(min(xs) + lead * each, max(xs) - tail * each, min(ys), max(ys), text.strip())


def _deltas(said: str | None, most: int) -> list[float]:
    """``g 3 2.5`` stands for three times 2.5 (11.3)."""
    out: list[float] = []
    parts = iter((said or "").split())
    for part in parts:
        if part == "g":
            count, value = int(float(next(parts, "0"))), float(next(parts, "0"))
            out += [value] * min(max(count, 0), most)
        else:
            out.append(float(part))
        if len(out) >= most:
            break
    return out


def _numbers(said: str | None, count: int) -> list[float] | None:
    parts = (said or "").split()
    return [float(p) for p in parts[:count]] if len(parts) >= count else None


def _edges(node: Element) -> Iterator[Edge]:
    """Level and upright strokes, and the middle of boxes filled so thin that they look like strokes."""
    m = _place(node)
    data = words(first(node, "AbbreviatedData"))
    for path in _paths(data, m):
        xs, ys = [p[0] for p in path], [p[1] for p in path]
        x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
        if min(x1 - x0, bottom - top) <= 2.0 and max(x1 - x0, bottom - top) > 4.0:
            level = x1 - x0 > bottom - top
            mx, my = (x0 + x1) / 2, (top + bottom) / 2
            yield (x0, my, x1, my) if level else (mx, top, mx, bottom)
            continue
        for (ax, ay), (bx, by) in pairwise(path):
            if abs(ay - by) <= 0.7 and abs(ax - bx) > 4.0:
                yield min(ax, bx), ay, max(ax, bx), ay
            elif abs(ax - bx) <= 0.7 and abs(ay - by) > 4.0:
                yield ax, min(ay, by), ax, max(ay, by)


def _paths(data: str, m: Matrix) -> Iterator[list[Point]]:
    """Corners of each path of straight lines (9.1); a curve ends it."""
    path: list[Point] = []
    tokens = _PATH.findall(data)
    at = 0
    while at < len(tokens):
        op = tokens[at]
        takes = _TAKES.get(op, 0)
        arguments = tokens[at + 1 : at + 1 + takes]
        at += 1 + takes if len(arguments) == takes else len(tokens)
        if op == "C" and path:
            path.append(path[0])
        elif op == "L":
            path.append(_put(m, float(arguments[0]), float(arguments[1])))
        elif takes and len(arguments) == takes:
            if len(path) > 1:
                yield path
            path = [_put(m, float(arguments[-2]), float(arguments[-1]))]
    if len(path) > 1:
        yield path
