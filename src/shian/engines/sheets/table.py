"""One way to open any table file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from shian.core.words import say

from .cells import Cell
from .delimited import delimited_rows
from .errors import DEFAULT_LIMITS, Limits, SheetError
from .package import Package, as_binary, read_styles, read_workbook, refuse_old_format
from .strings import read_strings
from .worksheet import CellReader, Columns, expat_rows, fill_merges, read_merges, with_gaps


class Table(ABC):
    """An open table file: names of its sheets and lazy rows. Use as a context manager."""

    sheets: list[str]

    @abstractmethod
    def rows(self, sheet: str | None = None, *, merged: bool = False) -> Iterator[list[Cell]]:
        """Rows of ``sheet`` (default: the first), the n-th item being row n; empty cells are None, ends are trimmed.

        ``merged`` repeats the value of a merged range in all its cells (costs a pass over the sheet).
        """

    @abstractmethod
    def close(self) -> None:
        """Release the file and the spilled strings."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Workbook(Table):
    """An XLSX file."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        self._package = Package(source, limits)
        parts, epoch_1904 = read_workbook(self._package)
        self._parts = {part.name: part.part for part in parts}
        self.sheets = list(self._parts)
        self._columns = Columns(limits.columns)
        strings = read_strings(self._package)
        self._reader = CellReader(strings, read_styles(self._package, epoch_1904), self._columns)
        self._source = source

    def rows(self, sheet: str | None = None, *, merged: bool = False) -> Iterator[list[Cell]]:
        name = self.sheets[0] if sheet is None else sheet
        if name not in self._parts:
            raise SheetError("no_sheet", say("没有名为“%(name)s”的工作表；现有：%(sheets)s", name=name, sheets=tuple(self.sheets)))
        part = self._parts[name]
        rows = with_gaps(expat_rows(self._package, part, self._reader))
        return fill_merges(rows, read_merges(self._package, part, self._columns)) if merged else rows

    def close(self) -> None:
        self._reader.strings.close()
        self._package.close()
        self._source.close()


class DelimitedTable(Table):
    """A CSV or TSV file, as one sheet named after the file."""

    def __init__(self, source: BinaryIO, name: str) -> None:
        self.sheets = [name]
        self._source = source

    def rows(self, sheet: str | None = None, *, merged: bool = False) -> Iterator[list[Cell]]:
        if sheet not in (None, self.sheets[0]):
            raise SheetError("no_sheet", say("没有名为“%(name)s”的工作表；现有：%(sheets)s", name=sheet, sheets=tuple(self.sheets)))
        return delimited_rows(self._source)

    def close(self) -> None:
        self._source.close()


def open_table(source: str | Path | bytes | BinaryIO, filename: str = "", *, limits: Limits = DEFAULT_LIMITS) -> Table:
    """Open XLSX, CSV or TSV by content (the ``filename`` only names a CSV's sheet).

    Raises :class:`SheetError`: ``empty``, ``encrypted``, ``old_format``, ``zip_bomb``, ``broken``, ``not_a_table`` …
    """
    binary = as_binary(source)
    try:
        head = binary.read(4)
        if not head:
            raise SheetError("empty", say("文件是空的，没有任何内容"))
        if head in (b"PK\x03\x04", b"PK\x05\x06"):
            return Workbook(binary, limits)
        refuse_old_format(binary)
        name = filename or (str(source) if isinstance(source, str | Path) else "表格")
        return DelimitedTable(binary, Path(name).stem)
    except BaseException:
        binary.close()
        raise
