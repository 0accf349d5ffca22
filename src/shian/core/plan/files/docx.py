"""DOCX → text: paragraphs with their automatic numbers written out, tables as tabbed lines, text boxes.

Numbers of Word lists are not in the text; they are computed here from numbering.xml as Word does
(ECMA-376 part 1, 17.9): a counter a level, deeper levels start again, styles may carry the list.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from shian.core.words import say

from ..errors import PlanInputError
from ..tables import column_kind
from .numbering import Numbering

MAX_UNPACKED = 150 * 1024 * 1024
MAX_RATIO = 200
_TEXT_TAGS = {qn("w:tab"): "　", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
Element = Any


def docx_text(data: bytes, filename: str) -> str:
    """The text of a DOCX file, in reading order."""
    _check_archive(data, filename)
    try:
        document = Document(io.BytesIO(data))
        numbering = Numbering(document)
        return "\n".join(_block_lines(document.element.body, numbering))
    except PlanInputError:
        raise
    except (KeyError, ValueError, AttributeError, IndexError, TypeError, OSError, zipfile.BadZipFile, RecursionError, etree.LxmlError) as e:
        raise PlanInputError("broken", say("“%(filename)s”无法作为 DOCX 打开，文件可能已损坏；请用 Word 或 WPS 打开后另存一份。", filename=filename)) from e


def _check_archive(data: bytes, filename: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            infos = z.infolist()
            names = {i.filename for i in infos}
            unpacked = sum(i.file_size for i in infos)
            if any(i.flag_bits & 1 for i in infos):
                raise PlanInputError("encrypted", say("“%(filename)s”已加密，请先去掉密码再导入。", filename=filename))
            if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 10_000):
                raise PlanInputError("zip_bomb", say("“%(filename)s”展开后有 %(size).0f MB，远大于正常文档，已拒绝打开。", filename=filename, size=unpacked / 1048576))
            if "word/document.xml" not in names:
                raise PlanInputError("wrong_type", _other_package(filename, names))
    except PlanInputError:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as e:
        raise PlanInputError("broken", say("“%(filename)s”无法打开，文件可能已损坏或没有传完整。", filename=filename)) from e


def _other_package(filename: str, names: set[str]) -> str:
    if "xl/workbook.xml" in names:
        return say("“%(filename)s”是 Excel 表格；请复制表格内容后粘贴导入，或另存为 DOCX。", filename=filename)
    if "ppt/presentation.xml" in names:
        return say("“%(filename)s”是演示文稿，不是工作计划文档。", filename=filename)
    return say("“%(filename)s”是压缩包，不是 DOCX 文档；请先解压。", filename=filename)


def _block_lines(parent: Element, numbering: Numbering) -> Iterator[str]:
    """Lines of a body, a text box or a content control."""
    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            yield numbering.label(child) + _paragraph_text(child)
            for box in _text_boxes(child):
                yield from _block_lines(box, numbering)
        elif child.tag == qn("w:tbl"):
            yield from _table_lines(child, numbering)
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:smartTag")):
            yield from _block_lines(child, numbering)


def _inside(element: Element, *tags: str, until: Element) -> bool:
    node = element.getparent()
    while node is not None and node is not until:
        if node.tag in tags:
            return True
        node = node.getparent()
    return False


def _paragraph_text(paragraph: Element) -> str:
    """Text of a paragraph without deletions, field codes and text boxes."""
    parts: list[str] = []
    for node in paragraph.iter(qn("w:t"), *_TEXT_TAGS):
        if _inside(node, qn("w:txbxContent"), _MC_FALLBACK, qn("w:del"), qn("w:tabs"), until=paragraph):
            continue
        parts.append(node.text or "" if node.tag == qn("w:t") else _TEXT_TAGS[node.tag])
    return "".join(parts).replace("\t", "　")


def _text_boxes(paragraph: Element) -> Iterator[Element]:
    for box in paragraph.iter(qn("w:txbxContent")):
        if not _inside(box, _MC_FALLBACK, until=paragraph):
            yield box


def _table_lines(table: Element, numbering: Numbering) -> Iterator[str]:
    """One line a row. A cell merged downwards is repeated, one merged sideways is followed by empties."""
    above: dict[int, str] = {}
    kinds: list[str | None] = []
    for row in table.iter(qn("w:tr")):
        if _inside(row, qn("w:tbl"), until=table):
            continue
        cells: list[str] = []
        for cell in (c for c in row.iter(qn("w:tc")) if not _inside(c, qn("w:tc"), until=row)):
            properties = cell.find(qn("w:tcPr"))
            span = _int_value(properties, "w:gridSpan", 1)
            merge = properties.find(qn("w:vMerge")) if properties is not None else None
            kind = kinds[len(cells)] if len(cells) < len(kinds) else None
            if merge is not None and merge.get(qn("w:val"), "continue") == "continue":
                words = above.get(len(cells), "")
            else:
                words = _cell_text(cell, numbering, kind)
            above[len(cells)] = words
            cells += [words] + [""] * (span - 1)
        found = [column_kind(c) for c in cells]
        if sum(k is not None for k in found) >= 2:
            kinds = found
        yield "\t".join(cells) if len(cells) > 1 else "".join(cells)


def _int_value(properties: Element, tag: str, default: int) -> int:
    node = properties.find(qn(tag)) if properties is not None else None
    try:
        return max(1, min(60, int(node.get(qn("w:val"))))) if node is not None else default
    except (TypeError, ValueError):
        return default


def _cell_text(cell: Element, numbering: Numbering, kind: str | None) -> str:
    """Paragraphs of a cell on one line: names under each other become a list."""
    lines = [s for line in _block_lines(cell, numbering) for s in line.replace("\t", " ").split("\n") if s.strip()]
    if kind in ("lead", "joint", "support", "due", "person"):
        pieces = [s.strip() for s in lines]
        return "".join(p if i == len(pieces) - 1 or p[-1] in "、，；：。,;" else p + ("；" if "：" in p else "、") for i, p in enumerate(pieces))
    return " ".join(s.strip() for s in lines)
