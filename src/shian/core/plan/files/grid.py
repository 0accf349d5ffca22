"""Rows of cells known by their edges → lines, so that a cell over two columns takes two."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .cells import Table

MOST_EDGES = 200


@dataclass(slots=True)
class Cell:
    """A cell from ``left`` to ``right``; ``merged``: it goes on from the row above."""

    left: float
    right: float
    lines: list[str] = field(default_factory=list)
    merged: bool = False


def table_lines(rows: Sequence[Sequence[Cell]], near: float) -> Iterator[str]:
    """One line a row; edges closer than ``near`` are one."""
    edges: list[float] = []
    for edge in sorted(e for row in rows for cell in row for e in (cell.left, cell.right)):
        if not edges or edge - edges[-1] > near:
            edges.append(edge)
    table = Table()
    if len(edges) > MOST_EDGES:  # no table of a document; its cells are counted, not measured
        edges = []
    for row in rows:
        at = 0
        for cell in row:
            if not edges:
                table.merged() if cell.merged else table.add(cell.lines)
                continue
            first, last = bisect_left(edges, cell.left - near), bisect_left(edges, cell.right - near)
            table.skip(max(0, first - at))
            at = max(at, first) + max(1, last - first)
            if cell.merged:
                table.merged(max(1, last - first))
            else:
                table.add(cell.lines, max(1, last - first))
        table.skip(max(0, len(edges) - 1 - at))
        yield table.end_row()
