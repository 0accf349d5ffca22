"""A small table as people keep it, row by row under the names of its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from .cells import Cell
from .errors import SheetError
from .header import find_header
from .table import open_table

HEAD = 30
"""Rows looked at for the heading; it may stand below a title."""


def records(
    source: Path,
    headings: Mapping[str, frozenset[str]],
    needed: Sequence[str],
    refusal: Callable[[list[str]], str],
) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number in the sheet, {field: text}) of every row that is not empty; CSV, TSV or XLSX.

    ``refusal`` says which of the ``needed`` fields have no column. Raises :class:`SheetError` with it, or for a file
    that is no table.
    """
    with open_table(source) as table:
        header = find_header(islice(table.rows(), HEAD), headings)
        if missing := [name for name in needed if name not in header.columns]:
            raise SheetError("no_column", refusal(missing))
        for number, row in enumerate(table.rows(), start=1):
            fields = {name: _text(row[at]) if at < len(row) else "" for name, at in header.columns.items()}
            if number > header.last and any(fields.values()):
                yield number, fields


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
