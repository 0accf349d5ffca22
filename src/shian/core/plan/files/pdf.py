"""PDF with a text layer → text: lines in order, ruled tables as tabbed lines, headers and page numbers gone."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pdfplumber
import pypdf

from shian.core.words import say

from ..errors import PlanInputError
from .found import FileText
from .package import encrypted
from .page import Line, Run, flowed, lines_of, without_margins
from .page.glyphs import doubled

MAX_PAGES = 400
_CID = re.compile(r"\(cid:\d+\)")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")
UNKNOWN = "□"
Page = Any


def pdf_text(data: bytes, filename: str) -> FileText:
    """The text of a PDF; scanned and protected files are refused with the reason."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    _check(data, filename)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            pages = [_page_lines(page) for page in pdf.pages]
            widths = [float(page.width) for page in pdf.pages]
            images = sum(bool(page.images) for page in pdf.pages)
    except PlanInputError:
        raise
    except Exception as e:  # pdfminer raises whatever the broken object provokes
        raise PlanInputError("broken", say("“%(filename)s”无法解析，PDF 可能已损坏；请重新导出一份，或改用 DOCX。", filename=filename)) from e
    lines = flowed(without_margins(pages), widths)
    inked = sum(len(line.strip()) for line in lines)
    if inked < 20 * len(pages) and (images or inked == 0):
        raise PlanInputError("scanned", say("“%(filename)s”是扫描件或图片，没有文字层，暂不能识别（文字识别功能以后提供）；请提供电子版原文。", filename=filename))
    return _decoded("\n".join(lines), filename)


def _decoded(text: str, filename: str) -> FileText:
    """Glyphs of fonts without a mapping to characters are counted: a few are told, many make the text worthless."""
    text, unknown = _CID.subn(UNKNOWN, text)
    private = len(_PRIVATE.findall(text))
    if unknown + private > 0.1 * len("".join(text.split())):
        raise PlanInputError("unmapped", say("“%(filename)s”的文字层无法还原：所用字体没有文字对照表，复制出来是乱码；请提供 Word、OFD 原文，或把它打印后扫描成图片，用文字识别导入。", filename=filename))
    if unknown:
        return FileText(text, (say("有 %(count)s 个字的字体没有文字对照表，认不出，以“□”代替，请对照原件补上。", count=unknown),))
    return FileText(text)


def _check(data: bytes, filename: str) -> None:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise encrypted(filename)
        count = len(reader.pages)
    except PlanInputError:
        raise
    except Exception as e:  # pypdf raises whatever the broken object provokes
        raise PlanInputError("broken", say("“%(filename)s”无法作为 PDF 打开，文件可能已损坏或没有传完整。", filename=filename)) from e
    if count > MAX_PAGES:
        raise PlanInputError("too_large", say("“%(filename)s”有 %(count)s 页，超过 %(most)s 页的上限。", filename=filename, count=count, most=MAX_PAGES))
    if count == 0:
        raise PlanInputError("empty", say("“%(filename)s”没有页面。", filename=filename))


def _page_lines(page: Page) -> list[Line]:
    """Lines of a page and rows of its ruled tables, from top to bottom."""
    twice = {id(c) for c in doubled((c, c["text"], c["x0"], c["top"], c["size"]) for c in page.chars)}
    if twice:
        page = page.filter(lambda o: id(o) not in twice)
    tables = sorted((t for t in page.find_tables() if len(t.rows) >= 2 and len(t.rows[0].cells) >= 2), key=lambda t: t.bbox[1])
    boxes = [t.bbox for t in tables]

    def outside(o: dict[str, Any]) -> bool:
        return not any(b[0] <= (o["x0"] + o["x1"]) / 2 <= b[2] and b[1] <= (o["top"] + o["bottom"]) / 2 <= b[3] for b in boxes)

    words = page.filter(outside).extract_words() if page.chars else []
    runs = [Run(w["x0"], w["x1"], w["top"], w["bottom"], w["text"]) for w in words]
    out: list[Line] = []
    for table in tables:
        out += lines_of(r for r in runs if r.top < table.bbox[1])
        runs = [r for r in runs if r.top >= table.bbox[1]]
        out += _table_lines(table)
    return out + lines_of(runs)


def _table_lines(table: Any) -> Iterator[Line]:
    above: list[str] = []
    for row, cells in zip(table.rows, table.extract(), strict=False):
        words = [None if c is None else _cell(c) for c in cells]
        if sum(bool(w) for w in words) > 1:
            words = [above[i] if w is None and i < len(above) and _merged_down(row, i) else w for i, w in enumerate(words)]
        above = [w or "" for w in words]
        yield Line(float(row.bbox[1]), float(row.bbox[3]), "\t".join(above), row=True)


def _merged_down(row: Any, i: int) -> bool:
    """A missing cell whose left neighbour is present or missing too: nothing of this row covers it."""
    present = [c for c in row.cells if c is not None]
    return not any(c[0] < _column_left(row, i) < c[2] for c in present)


def _column_left(row: Any, i: int) -> float:
    later = next((c[0] for c in row.cells[i + 1 :] if c is not None), row.bbox[2])
    return float(later) - 1.0


def _cell(words: str) -> str:
    """Lines of a cell on one line; wrapped Chinese needs no space."""
    return re.sub(r"\s*\n\s*", "", words).replace("\t", " ").strip()
