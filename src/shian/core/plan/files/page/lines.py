"""Pieces of text on a page → lines; columns one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

LEAST_ROWS = 4
INDENT = 0.85  # of the height of a line


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one line; ``top`` grows downwards."""

    x0: float
    x1: float
    top: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page or a row of a table."""

    top: float
    bottom: float
    text: str
    left: float = 0.0


Row = list[Run]


def rows_of(runs: Iterable[Run]) -> list[Row]:
    """Runs that stand beside each other, from top to bottom, each row from left to right."""
    rows: list[Row] = []
    middle = height = 0.0
    for run in sorted(runs, key=lambda r: r.top + r.bottom):
        centre = (run.top + run.bottom) / 2
        if rows and centre - middle < 0.5 * min(height, run.height) + 0.1:
            rows[-1].append(run)
            continue
        rows.append([run])
        middle, height = centre, run.height
    return [sorted(row, key=lambda r: r.x0) for row in rows]


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """Lines in reading order; one that begins further right is indented."""
    rows = rows_of(runs)
    out: list[Line] = []
    for block in _blocks(rows):
        left = min((row[0].x0 for row in block), default=0.0)
        out += [_line(row, left) for row in block]
    return out


def paragraphs_of(runs: Iterable[Run], right: float) -> list[str]:
    """Text of a cell: a line that ends well before the right edge ends its paragraph, others were wrapped."""
    out: list[str] = []
    goes_on = False
    for row in rows_of(runs):
        words = _joined(row)
        if goes_on:
            out[-1] += words
        else:
            out.append(words)
        goes_on = row[-1].x1 > right - 2.2 * row[-1].height
    return out


def _line(row: Row, left: float) -> Line:
    height = max(r.height for r in row)
    indent = "　　" if row[0].x0 > left + INDENT * height else ""
    return Line(min(r.top for r in row), max(r.bottom for r in row), indent + _joined(row), row[0].x0)


def _joined(row: Row) -> str:
    parts = [row[0].text]
    for before, run in pairwise(row):
        parts.append((" " if run.x0 - before.x1 > 0.3 * run.height else "") + run.text)
    return "".join(parts)


def _blocks(rows: list[Row]) -> list[list[Row]]:
    """Rows as they are read: where the page has two columns, all of the left before all of the right."""
    gutter = _gutter(rows)
    if gutter is None:
        return [rows]
    blocks: list[list[Row]] = []
    waiting: list[Row] = []
    for row in [*rows, None]:
        if row is not None and not _crosses(row, gutter):
            waiting.append(row)
            continue
        blocks += _split(waiting, gutter)
        waiting = []
        if row is not None:
            blocks.append([row])
    return _one_margin(blocks)


def _one_margin(blocks: list[list[Row]]) -> list[list[Row]]:
    """Neighbouring full lines are one block, so that their indents are told by one left edge."""
    out: list[list[Row]] = []
    single = False
    for block in blocks:
        if single and len(block) == 1:
            out[-1] += block
        else:
            out.append(block)
        single = len(block) == 1
    return out


def _split(rows: list[Row], gutter: float) -> list[list[Row]]:
    left = [part for row in rows if (part := [r for r in row if r.x1 <= gutter])]
    right = [part for row in rows if (part := [r for r in row if r.x0 >= gutter])]
    if not left or not right or min(len(left), len(right)) < LEAST_ROWS // 2:
        return [[row] for row in rows]
    return [left, right]


def _crosses(row: Row, x: float) -> bool:
    return any(r.x0 < x < r.x1 for r in row)


def _gutter(rows: Sequence[Row]) -> float | None:
    """The middle of the white band between two columns of running text; ``None`` where there is one column.

    Columns of running text fill their width: most lines of the left one end at its right edge, and those of the
    right one begin at its left edge. Tables without rules, whose cells do neither, stay rows.
    """
    pairs = []
    for row in rows:
        for a, b in pairwise(row):
            if b.x0 - a.x1 > 0.8 * a.height:
                pairs.append((a.x1, b.x0))
    if len(pairs) < LEAST_ROWS:
        return None
    start, end = max(a for a, _ in pairs), min(b for _, b in pairs)
    if start >= end:
        start, end = median(a for a, _ in pairs), median(b for _, b in pairs)
    middle = (start + end) / 2
    parted = [row for row in rows if not _crosses(row, middle)]
    lefts = [part[-1].x1 for row in parted if (part := [r for r in row if r.x1 <= middle])]
    rights = [part[0].x0 for row in parted if (part := [r for r in row if r.x0 >= middle])]
    if min(len(lefts), len(rights)) < LEAST_ROWS or len(parted) < 0.5 * len(rows):
        return None
    em = median(r.height for row in rows for r in row)
    full = sum(x > max(lefts) - 2.2 * em for x in lefts) / len(lefts)
    flush = sum(x < min(rights) + 2.6 * em for x in rights) / len(rights)
    wide = max(lefts) - min(row[0].x0 for row in parted) > 8 * em
    return middle if full > 0.6 and flush > 0.8 and wide else None
