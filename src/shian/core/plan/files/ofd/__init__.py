"""OFD (GB/T 33190) → text: pages, text objects in reading order, ruled tables; signatures are named, not verified.

Small and our own: docs/decisions/0040.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree  # type: ignore[import-untyped]

from shian.core.words import say

from ...errors import PlanInputError
from ..found import FileText
from ..package import Package, encrypted
from ..page import Line, flowed, lines_of, without_margins
from ..page.ruled import tables_of
from .document import MAX_PAGES, Document, documents, signatures
from .objects import Found, objects_of

MOST_OBJECTS = 500_000


def ofd_text(package: Package) -> FileText:
    """The text of an OFD file; scans are refused with the reason."""
    filename = package.filename
    if "Encryptions.xml" in package:
        raise encrypted(filename)
    try:
        found = _pages(documents(package), filename)
        signed = signatures(package)
    except PlanInputError:
        raise
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, OverflowError, etree.LxmlError) as e:
        raise PlanInputError("broken", say("“%(filename)s”无法作为 OFD 打开，文件可能已损坏；请重新导出一份，或改用 DOCX。", filename=filename)) from e
    if not found:
        raise PlanInputError("empty", say("“%(filename)s”没有页面。", filename=filename))
    lines = flowed(without_margins([_lines(page) for page in found]), [page.width for page in found])
    inked = sum(len(line.strip()) for line in lines)
    if inked < 20 * len(found) and (any(page.images for page in found) or inked == 0):
        raise PlanInputError("scanned", say("“%(filename)s”是扫描件或图片，没有文字层，暂不能识别（文字识别功能以后提供）；请提供电子版原文。", filename=filename))
    notes = (say("文件带有电子签章或签名 %(count)s 处（%(by)s），这里只说明有，没有验证真伪。", count=len(signed), by=tuple(signed)),) if signed else ()
    return FileText("\n".join(lines), notes)


def _pages(documents: Iterable[Document], filename: str) -> list[Found]:
    pages: list[Found] = []
    objects = 0
    for document in documents:
        if len(pages) + len(document.pages) > MAX_PAGES:
            raise PlanInputError("too_large", say("“%(filename)s”有 %(count)s 页，超过 %(most)s 页的上限。", filename=filename, count=len(pages) + len(document.pages), most=MAX_PAGES))
        for page in document.pages:
            pages.append(objects_of(document.layers(page), MOST_OBJECTS - objects))
            pages[-1].width = document.width(page)
            objects += pages[-1].objects
    return pages


def _lines(page: Found) -> list[Line]:
    """Lines of a page and rows of its ruled tables, from top to bottom."""
    runs = page.runs
    out: list[Line] = []
    for table in tables_of(page.edges, runs):
        inside = table.holds
        out += lines_of(r for r in runs if not inside(r) and r.top < table.top)
        runs = [r for r in runs if not inside(r) and r.top >= table.top]
        out += table.lines
    return out + lines_of(runs)
