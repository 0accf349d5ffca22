"""PDF with a text layer → text: lines in order, ruled tables as tabbed lines, headers and page numbers gone."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

import pdfplumber
import pypdf
from pdfplumber.utils.text import extract_words

from shian.core.words import say

from ..errors import PlanInputError
from .found import FileText, TooLong
from .package import encrypted
from .page import Line, Run, flowed, lines_of, without_margins
from .page.glyphs import doubled
from .page.ruled import Box, Ruled, is_table, table_of
from .pdf_bounds import Budget, lay_out

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
            budget = Budget()
            pages = [_page_lines(page, budget) for page in pdf.pages]
            widths = [float(page.width) for page in pdf.pages]
            images = sum(bool(page.images) for page in pdf.pages)
    except PlanInputError:
        raise
    except TooLong as e:
        raise PlanInputError("zip_bomb", say("“%(filename)s”展开后或要绘制的内容远多于正常文档，已拒绝打开。", filename=filename)) from e
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


def _page_lines(page: Page, budget: Budget) -> list[Line]:
    """Lines of a page and rows of its ruled tables, from top to bottom."""
    lay_out(page, budget)
    twice = {id(c) for c in doubled((c, c["text"], c["x0"], c["top"], c["size"]) for c in page.chars)}
    if twice:
        page = page.filter(lambda o: id(o) not in twice)
    tables = sorted((_table(t.cells, page.chars) for t in page.find_tables() if is_table(t.cells)), key=lambda t: t.top)
    runs = [r for r in _runs(page.chars) if not any(t.holds(r) for t in tables)]
    out: list[Line] = []
    for table in tables:
        out += lines_of(r for r in runs if r.top < table.top)
        runs = [r for r in runs if r.top >= table.top]
        out += table.lines
    return out + lines_of(runs)


def _runs(chars: list[Any]) -> list[Run]:
    return [Run(w["x0"], w["x1"], w["top"], w["bottom"], w["text"]) for w in extract_words(chars)]


def _table(cells: list[Box], chars: list[Any]) -> Ruled:
    """Characters are told to their cells one by one: words of neighbouring cells may touch."""
    inside: dict[Box, list[Any]] = {cell: [] for cell in cells}
    for c in chars:
        x, y = (c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2
        cell = next((b for b in cells if b[0] <= x <= b[2] and b[1] <= y <= b[3]), None)
        if cell is not None:
            inside[cell].append(c)
    return table_of({cell: _runs(held) for cell, held in inside.items()})
