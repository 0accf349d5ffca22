"""Tables of fixed pages: from ruled lines to cells (the geometry is pdfplumber's), from cells to rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from ..grid import Cell, table_lines
from .lines import Line, Run, paragraphs_of

NEAR = 3.0  # points
MOST_EDGES = 4000
MOST_WORK = 20_000_000  # crossings times pieces of text: more is a drawing
Box = tuple[float, float, float, float]  # x0, top, x1, bottom
Edge = Box  # upright or level


@dataclass
class Ruled:
    """A table with its place and its rows as lines."""

    x0: float
    top: float
    x1: float
    bottom: float
    lines: list[Line]

    def holds(self, run: Run) -> bool:
        return self.x0 <= (run.x0 + run.x1) / 2 <= self.x1 and self.top <= (run.top + run.bottom) / 2 <= self.bottom


def tables_of(edges: Sequence[Edge], runs: Sequence[Run]) -> list[Ruled]:
    """Tables from top to bottom, of two rows and two columns at least."""
    if not 4 <= len(edges) <= MOST_EDGES:
        return []
    merged = merge_edges([_edge(e) for e in edges], NEAR, NEAR, NEAR, NEAR)
    upright = sum(e["orientation"] == "v" for e in merged)
    if upright * (len(merged) - upright) * max(1, len(runs)) > MOST_WORK:
        return []
    found = cells_to_tables(intersections_to_cells(edges_to_intersections(merged, NEAR, NEAR)))
    tables = [table_of({c: _inside(c, runs) for c in cells}) for cells in found if is_table(cells)]
    return sorted(tables, key=lambda t: t.top)


def is_table(cells: Sequence[Box]) -> bool:
    """A frame around a text has one cell; a box of two is no table either."""
    return len({c[1] for c in cells}) > 1 and len({c[0] for c in cells}) > 1


def _edge(edge: Edge) -> dict[str, object]:
    x0, top, x1, bottom = edge
    return {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top, "orientation": "h" if top == bottom else "v", "object_type": "line"}


def table_of(runs: Mapping[Box, Iterable[Run]]) -> Ruled:
    """Rows of the cells and what stands in them. A cell over several rows is repeated in each."""
    cells = list(runs)
    x0, top, x1, bottom = min(c[0] for c in cells), min(c[1] for c in cells), max(c[2] for c in cells), max(c[3] for c in cells)
    words = {c: paragraphs_of(inside, c[2]) for c, inside in runs.items()}
    tops: list[float] = []
    for y in sorted({c[1] for c in cells}):
        if not tops or y - tops[-1] > NEAR:
            tops.append(y)
    rows = []
    for y in tops:
        here = sorted((c for c in cells if c[1] <= y + NEAR and c[3] > y + NEAR), key=lambda c: c[0])
        rows.append([Cell(c[0], c[2], words[c], c[1] < y - NEAR) for c in here])
    lines = [Line(y, y, text, row=True) for y, text in zip(tops, table_lines(rows, NEAR), strict=True)]
    return Ruled(x0, top, x1, bottom, lines)


def _inside(cell: Box, runs: Sequence[Run]) -> Iterator[Run]:
    for run in runs:
        if cell[0] <= (run.x0 + run.x1) / 2 <= cell[2] and cell[1] <= (run.top + run.bottom) / 2 <= cell[3]:
            yield run
