"""Writing an XLSX an office can print and send on: one pass, constant memory, text that stays text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from shian.core.words import say

from .cells import Cell
from .errors import SheetError
from .shell import Column, Layout, build_shell, sheet_part

LONGEST_TEXT = 32_767
_CUT = "…（超过单元格上限，后文已截断）"
_FIRST_DAY = 693_594  # the ordinal of 1899-12-30, day 0 of the 1900 date system
_FIRST_DATE = date(1900, 3, 1)  # before it the 1900 date system is off by one
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_BATCH = 500  # rows joined into one write
_REMEMBERED = 1 << 16  # texts whose XML is kept


def _is_plain(text: str) -> bool:
    """Whether ``text`` goes into XML as it stands; scans of C code are faster here than one pattern."""
    return (
        text.isprintable()
        and not ("&" in text or "<" in text or ">" in text or "_x" in text)
        and text[:1] != " "
        and text[-1:] != " "
    )


def write_table(
    target: str | Path | BinaryIO,
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str | None = None,
    layout: Layout | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write ``rows`` under ``columns`` to ``target`` and return their number.

    Text is never turned into a formula, link or number; numbers of over 15 digits (ID numbers, bar codes) become
    text; rows past the format's 1,048,576 go on in a further sheet. ``progress`` is told the count every 500 rows.
    Raises :class:`SheetError` ``bad_row`` for a row with more values than columns.
    """
    plan = layout or Layout(title=title)
    headings = [column if isinstance(column, Column) else Column(column) for column in columns]
    if not headings:
        raise SheetError("bad_row", say("导出的表格至少要有一列"))
    shell = build_shell(headings, plan, pages=1)
    source, pages, total = iter(rows), 0, 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as package:
        more = list(islice(source, 1))
        while more or not pages:
            pages += 1
            before = shell.before[0] if pages == 1 else shell.before[0].replace(b' tabSelected="1"', b"")
            cells = _RowWriter(headings, shell.styles, plan.rows_above)
            with package.open(sheet_part(pages), "w", force_zip64=True) as part:
                part.write(before)
                for batch in cells.batches(islice(chain(more, source), plan.rows_per_sheet - plan.rows_above)):
                    part.write(batch)
                    if progress is not None:
                        progress(total + cells.count)
                part.write(shell.after[0])
            total += cells.count
            more = list(islice(source, 1))
        rest = shell if pages == 1 else build_shell(headings, plan, pages)
        for name, content in rest.parts.items():
            package.writestr(name, content)
    return total


def column_letters(index: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _RowWriter:
    """Rows of one sheet to XML, in batches; ``count`` is the number written so far."""

    def __init__(self, columns: Sequence[Column], styles: dict[str, int], rows_above: int) -> None:
        self.count = 0
        self._first = rows_above + 1
        self._styles = styles
        self._texts: dict[str, str] = {}  # names, dates, codes come again and again
        self._columns = [
            (f'<c r="{column_letters(n)}', f'" s="{styles["centred" if column.centred else "text"]}"')
            for n, column in enumerate(columns)
        ]

    def batches(self, rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
        rows = iter(rows)
        while batch := [self._row(row) for row in islice(rows, _BATCH)]:
            yield "".join(batch).encode()

    def _row(self, row: Sequence[Cell]) -> str:
        if len(row) > len(self._columns):
            raise SheetError("bad_row", say("第 %(row)s 行有 %(values)s 个值，多于 %(columns)s 个列标题", row=self.count + 1, values=len(row), columns=len(self._columns)))
        number = self._first + self.count
        self.count += 1
        xml, texts = [f'<row r="{number}">'], self._texts
        for value, (start, style) in zip(row, self._columns, strict=False):
            if type(value) is str:
                body = texts.get(value)
                if body is None:
                    body = _text_body(value)
                    if len(texts) < _REMEMBERED and len(value) < 200:
                        texts[value] = body
                xml.append(f"{start}{number}{style}{body}")
            elif value is None:
                xml.append(f"{start}{number}{style}/>")
            else:
                xml.append(self._cell(value, start, number, style))
        xml.append("</row>")
        return "".join(xml)

    def _cell(self, value: Cell, start: str, number: int, style: str) -> str:
        kind, figure = _figure(value)
        if kind is not None:
            return f'{start}{number}" s="{self._styles[kind]}"><v>{figure}</v></c>'
        return f"{start}{number}{style}{_text_body(figure)}"


def _text_body(text: str) -> str:
    """The rest of a text cell, after its style."""
    if _is_plain(text) and len(text) <= LONGEST_TEXT:
        return f' t="inlineStr"><is><t>{text}</t></is></c>'
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _figure(value: Cell) -> tuple[str | None, str]:
    """(style, number) for what Excel can hold exactly as a number, else (None, text)."""
    if isinstance(value, bool):
        return None, "是" if value else "否"
    if isinstance(value, int):
        return ("number" if -(10**15) < value < 10**15 else None), str(value)
    if isinstance(value, Decimal):
        exact = value.is_finite() and len(value.as_tuple().digits) <= 15
        return ("number" if exact else None), str(value)
    if isinstance(value, datetime):
        if value.date() < _FIRST_DATE:
            return None, value.isoformat(" ")
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return "moment", repr(value.toordinal() - _FIRST_DAY + seconds / 86_400)
    if isinstance(value, date):
        return ("date", str(value.toordinal() - _FIRST_DAY)) if value >= _FIRST_DATE else (None, value.isoformat())
    return None, str(value)


def escape(text: str) -> str:
    """``text`` as XML content; what XML cannot hold as ``_x000B_`` (ST_Xstring), over-long text cut visibly."""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - len(_CUT)] + _CUT
    text = text.encode("utf-8", "replace").decode()
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
