"""Table files in and out: XLSX, CSV, TSV, read lazily in little memory, written in one pass.

``open_table`` → ``Table.rows`` → ``find_header`` for imports; ``write_table`` for exports.
"""

from .cells import Cell, CellError
from .errors import DEFAULT_LIMITS, Limits, SheetError
from .header import HeaderMatch, find_header, normal_heading
from .shell import Column, Layout
from .table import Table, open_table
from .write import write_table

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
