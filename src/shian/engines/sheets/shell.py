"""Everything of an XLSX except its rows, made by xlsxwriter: styles, title, headings, page set-up, package parts.

xlsxwriter spends some 15 µs on a cell, three minutes on 400,000 x 30.  So it writes a workbook whose data is one
*model row*, with a blank cell in each style; the writer reads the style numbers off it and puts the real rows there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

LAST_ROW = 1_048_576
SONGTI, FANGSONG = "宋体", "仿宋"  # headings, text: the serif fonts of official documents
STYLES = ("text", "centred", "number", "date", "moment")


@dataclass(frozen=True)
class Column:
    """A heading and its width in characters of the default font (a Chinese character takes two)."""

    heading: str
    width: float = 14
    centred: bool = False


@dataclass(frozen=True)
class Layout:
    """Page and heading of a table sheet."""

    title: str | None = None
    note: str | None = None
    sheet: str = "表格"
    landscape: bool = True
    rows_per_sheet: int = LAST_ROW

    @property
    def rows_above(self) -> int:
        """Rows before the data: title, note, headings."""
        return bool(self.title) + bool(self.note) + 1


@dataclass(frozen=True)
class Shell:
    """``before`` and ``after`` enclose the rows of each sheet; ``parts`` are the other parts of the package."""

    before: Sequence[bytes]
    after: Sequence[bytes]
    parts: dict[str, bytes]
    styles: dict[str, int]


def sheet_part(page: int) -> str:
    return f"xl/worksheets/sheet{page}.xml"


def build_shell(columns: Sequence[Column], layout: Layout, pages: int) -> Shell:
    """A workbook of ``pages`` sheets without data."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = _formats(book)
    for page in range(1, pages + 1):
        sheet = book.add_worksheet(_sheet_name(layout.sheet, page))
        _write_head(sheet, columns, layout, formats)
        for index, style in enumerate(STYLES):
            sheet.write_blank(layout.rows_above, index, None, formats[style])
    book.close()
    with zipfile.ZipFile(target) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    halves = [_split(parts.pop(sheet_part(page)), layout.rows_above + 1) for page in range(1, pages + 1)]
    styles = dict(zip(STYLES, (int(found) for found in re.findall(rb' s="(\d+)"', halves[0][1])), strict=True))
    return Shell([half[0] for half in halves], [half[2] for half in halves], parts, styles)


def _split(xml: bytes, model_row: int) -> tuple[bytes, bytes, bytes]:
    """(before, model row, after); the ``dimension`` element is optional and would be wrong, so it goes."""
    before, row, after = re.split(rb'(<row r="%d".*?</row>)' % model_row, xml, maxsplit=1, flags=re.DOTALL)
    return re.sub(rb"<dimension[^>]*/>", b"", before), row, after


def _sheet_name(name: str, page: int) -> str:
    clean = "".join("_" if char in "[]:*?/\\" else char for char in name).strip("'") or "表格"
    return clean[:31] if page == 1 else f"{clean[:26]}({page})"


def _formats(book: Any) -> dict[str, Any]:
    frame = {"border": 1, "valign": "vcenter", "font_name": FANGSONG, "font_size": 11}
    text = {**frame, "text_wrap": True, "num_format": "@"}
    heading = {"border": 1, "font_name": SONGTI, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
    properties: dict[str, dict[str, object]] = {
        "title": {"font_name": SONGTI, "font_size": 18, "bold": True, "align": "center", "valign": "vcenter"},
        "note": {"font_name": FANGSONG, "font_size": 11, "align": "left", "valign": "vcenter"},
        "head": {**heading, "font_size": 11, "bg_color": "#F2F2F2"},
        "text": text,
        "centred": {**text, "align": "center"},
        "number": frame,
        "date": {**frame, "num_format": "yyyy-mm-dd", "align": "center"},
        "moment": {**frame, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "center"},
    }
    return {name: book.add_format(values) for name, values in properties.items()}


def _write_head(sheet: Any, columns: Sequence[Column], layout: Layout, formats: dict[str, Any]) -> None:
    row, last = 0, len(columns) - 1
    for text, style, height in ((layout.title, "title", 32), (layout.note, "note", 20)):
        if text:
            sheet.set_row(row, height)
            if last:
                sheet.merge_range(row, 0, row, last, "", formats[style])
            sheet.write_string(row, 0, text, formats[style])
            row += 1
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(row, index, column.heading, formats["head"])
    sheet.freeze_panes(row + 1, 0)
    sheet.repeat_rows(row)
    sheet.set_paper(9)  # A4
    if layout.landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
