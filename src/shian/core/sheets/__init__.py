"""Table files in and out: XLSX, CSV, TSV, read lazily in little memory, written in one pass.

``open_table`` → ``Table.rows`` → ``find_header`` for imports; ``write_table`` for exports.
"""

from shian.core.sheets.cells import Cell, CellError
from shian.core.sheets.errors import DEFAULT_LIMITS, Limits, SheetError
from shian.core.sheets.header import HeaderMatch, find_header, normal_heading
from shian.core.sheets.shell import Column, Layout
from shian.core.sheets.table import Table, open_table
from shian.core.sheets.write import write_table

__all__ = [
    "DEFAULT_LIMITS",
    "Cell",
    "CellError",
    "Column",
    "HeaderMatch",
    "Layout",
    "Limits",
    "SheetError",
    "Table",
    "find_header",
    "normal_heading",
    "open_table",
    "write_table",
]
