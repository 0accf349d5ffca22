"""PDF with a text layer → text: lines in order, ruled tables as tabbed lines, headers and page numbers gone."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from typing import Any

import pdfplumber
import pypdf

from shian.core.words import say

from ..errors import PlanInputError

MAX_PAGES = 400
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/共，,]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－·\s]*")
Page = Any
Lines = list[tuple[float, str]]


def pdf_text(data: bytes, filename: str) -> str:
    """The text of a PDF; scanned and protected files are refused with the reason."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    _check(data, filename)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            pages = [_page_lines(page) for page in pdf.pages]
            images = sum(bool(page.images) for page in pdf.pages)
    except PlanInputError:
        raise
    except Exception as e:  # pdfminer raises whatever the broken object provokes
        raise PlanInputError("broken", say("“%(filename)s”无法解析，PDF 可能已损坏；请重新导出一份，或改用 DOCX。", filename=filename)) from e
    lines = _without_margins(pages)
    inked = sum(len(line.strip()) for line in lines)
    if inked < 20 * len(pages) and (images or inked == 0):
        raise PlanInputError("scanned", say("“%(filename)s”是扫描件或图片，没有文字层，暂不能识别（文字识别功能以后提供）；请提供电子版原文。", filename=filename))
    return "\n".join(lines)


def _check(data: bytes, filename: str) -> None:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise PlanInputError("encrypted", say("“%(filename)s”设有打开密码，请先去掉密码再导入。", filename=filename))
        count = len(reader.pages)
    except PlanInputError:
        raise
    except Exception as e:  # pypdf raises whatever the broken object provokes
        raise PlanInputError("broken", say("“%(filename)s”无法作为 PDF 打开，文件可能已损坏或没有传完整。", filename=filename)) from e
    if count > MAX_PAGES:
        raise PlanInputError("too_large", say("“%(filename)s”有 %(count)s 页，超过 %(most)s 页的上限。", filename=filename, count=count, most=MAX_PAGES))
    if count == 0:
        raise PlanInputError("empty", say("“%(filename)s”没有页面。", filename=filename))


def _page_lines(page: Page) -> Lines:
    """Lines of a page with their height on it; a line that begins further right is indented."""
    tables = [t for t in page.find_tables() if len(t.rows) >= 2 and len(t.rows[0].cells) >= 2]
    boxes = [t.bbox for t in tables]

    def outside(o: dict[str, Any]) -> bool:
        return not any(b[0] <= (o["x0"] + o["x1"]) / 2 <= b[2] and b[1] <= (o["top"] + o["bottom"]) / 2 <= b[3] for b in boxes)

    found = page.filter(outside).extract_text_lines(return_chars=False) if page.chars else []
    left = min((line["x0"] for line in found), default=0.0)
    out = [(float(line["top"]), ("　　" if line["x0"] > left + 12 else "") + line["text"]) for line in found]
    for table in tables:
        out += _table_lines(table)
    return sorted(out, key=lambda p: p[0])


def _table_lines(table: Any) -> Lines:
    above: list[str] = []
    out: Lines = []
    for row, cells in zip(table.rows, table.extract(), strict=False):
        words = [None if c is None else _cell(c) for c in cells]
        if sum(bool(w) for w in words) > 1:
            words = [above[i] if w is None and i < len(above) and _merged_down(row, i) else w for i, w in enumerate(words)]
        above = [w or "" for w in words]
        out.append((float(row.bbox[1]), "\t".join(above)))
    return out


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


def _without_margins(pages: list[Lines]) -> list[str]:
    """Drop page numbers and lines that stand at the top or foot of most pages."""
    edge: Counter[str] = Counter()
    for page in pages:
        edge.update({_signature(words) for _, words in page[:2] + page[-2:]})
    repeated = {s for s, n in edge.items() if len(pages) >= 3 and n > len(pages) / 2 and s}
    out: list[str] = []
    for page in pages:
        for i, (_, words) in enumerate(page):
            at_edge = i < 2 or i >= len(page) - 2
            if at_edge and (_signature(words) in repeated or _PAGE_NUMBER.fullmatch(words.strip())):
                continue
            out.append(words)
    return out


def _signature(words: str) -> str:
    return re.sub(r"[\d\s]+", "#", words.strip()) if "\t" not in words else ""
