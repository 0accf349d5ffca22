"""The sortable sheet of a recall (:mod:`shian.core.recall.sheet`) as CSV and as XLSX."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from shian.core.recall.sheet import COLUMNS, MasterData, rows
from shian.core.trace import Trace
from shian.engines.sheets import Column, Layout, write_table


def write_csv(
    trace: Trace,
    target: TextIO,
    data: MasterData | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> int:
    """Write the sheet as CSV with a heading; returns the number of rows. Text that a spreadsheet would take for a
    formula gets an apostrophe in front. ``progress`` is told the number of rows now and then."""
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    table = map(_defused, rows(trace, data))
    count = 0
    while batch := list(islice(table, 5000)):
        writer.writerows(batch)
        count += len(batch)
        progress(count)
    return count


def write_xlsx(
    trace: Trace,
    target: BinaryIO | Path,
    data: MasterData | None = None,
    title: str = "召回追溯表",
    note: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the sheet as XLSX under ``title`` and ``note``; returns the number of rows."""
    cells = ([value or None for value in row] for row in rows(trace, data))
    columns = [Column(name, 18) for name in COLUMNS]
    return write_table(target, columns, cells, layout=Layout(title, note), progress=progress)


def _defused(row: tuple[str, ...]) -> Sequence[str]:
    for value in row[2:6] + row[12:16] + row[17:22]:  # free text; ids are URIs, the rest is our own
        if value and value[0] in "=+-@\t\r":
            return [f"'{v}" if v and v[0] in "=+-@\t\r" else v for v in row]
    return row
