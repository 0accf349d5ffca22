"""Pieces of text on a page → lines; columns one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

LEAST_ROWS = 4


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
    """A line of a page, or a row of a table or of what looks like one; ``column``: left and right of its column, where the page has two."""

    top: float
    bottom: float
    text: str
    left: float = 0.0
    right: float = 0.0
    column: tuple[float, float] | None = None
    row: bool = False


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
    """Lines in reading order."""
    out: list[Line] = []
    for block, is_column in _blocks(rows_of(runs)):
        column = (min(row[0].x0 for row in block), max(row[-1].x1 for row in block)) if is_column else None
        out += [_line(row, column) for row in block]
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


def _line(row: Row, column: tuple[float, float] | None) -> Line:
    return Line(min(r.top for r in row), max(r.bottom for r in row), _joined(row), row[0].x0, row[-1].x1, column, _apart(row))


def _apart(row: Row) -> bool:
    """Pieces set apart by more than a blank: a row of a list without rules."""
    return any(b.x0 - a.x1 > 1.3 * a.height for a, b in pairwise(row))


def _joined(row: Row) -> str:
    parts = [row[0].text]
    for before, run in pairwise(row):
        parts.append((" " if run.x0 - before.x1 > 0.3 * run.height else "") + run.text)
    return "".join(parts)


Block = tuple[list[Row], bool]  # rows, and whether they are a column


def _blocks(rows: list[Row]) -> list[Block]:
    """Rows as they are read: where the page has two columns, all of the left before all of the right."""
    gutter = _gutter(rows)
    if gutter is None:
        return [(rows, False)]
    blocks: list[Block] = []
    waiting: list[Row] = []
    for row in rows:
        if not _crosses(row, gutter):
            waiting.append(row)
            continue
        _add(blocks, waiting, gutter)
        waiting = []
        _add_rows(blocks, [row])
    _add(blocks, waiting, gutter)
    return blocks


def _add_rows(blocks: list[Block], rows: list[Row]) -> None:
    if blocks and not blocks[-1][1]:
        blocks[-1][0].extend(rows)
    elif rows:
        blocks.append((list(rows), False))


def _add(blocks: list[Block], rows: list[Row], gutter: float) -> None:
    left = [part for row in rows if (part := [r for r in row if r.x1 <= gutter])]
    right = [part for row in rows if (part := [r for r in row if r.x0 >= gutter])]
    if min(len(left), len(right)) < LEAST_ROWS // 2:
        _add_rows(blocks, rows)
    else:
        blocks.extend([(left, True), (right, True)])


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
