"""DOCX (also DOCM, DOTX, strict OOXML) → text: paragraphs with their automatic numbers, tables, text boxes.

Parts are found by relations, never by name, and a relation that leads nowhere is passed over. Tracked changes
are read as if all were accepted (ECMA-376 part 1, 17.13.5); how many there are is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from shian.core.words import say

from ..errors import PlanInputError
from .cells import Table
from .found import FileText, Lines
from .html import html_text
from .math import EQUATIONS, math_text
from .numbering import Numbering
from .package import Package
from .rtf import rtf_text

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SIGNS = {_W + "tab": "　", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_SILENT = {_W + name for name in ("pPr", "rPr", "del", "moveFrom", "rt", "txbxContent", "delText")}
_BLOCKS = {_W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")} | {_MC + "Choice", _MC + "Fallback"}
_NESTED = 3
Element = Any


def docx_text(data: bytes, filename: str, depth: int = 0) -> FileText:
    """The text of a DOCX file, in reading order; ``depth``: how many documents this one is embedded in."""
    package = Package(data, filename)
    try:
        return _Reader(package, depth).read()
    except PlanInputError:
        raise
    except (KeyError, ValueError, AttributeError, IndexError, TypeError, RecursionError, etree.LxmlError) as e:
        raise PlanInputError("broken", say("“%(filename)s”无法作为 DOCX 打开，文件可能已损坏；请用 Word 或 WPS 打开后另存一份。", filename=filename)) from e


def main_part(package: Package) -> str | None:
    """The part that holds the text: ``word/document.xml``, or what the package says is it (``document2.xml``)."""
    named = [part for kind, part in package.relations("").values() if kind == "officeDocument"]
    usual = sorted(p for p in package.parts if p.startswith("word/document") and p.endswith(".xml"))
    return next((part for part in named + usual if part.endswith(".xml") and not part.startswith(("xl/", "ppt/"))), None)


class _Reader:
    def __init__(self, package: Package, depth: int) -> None:
        self.package, self.depth = package, depth
        part = main_part(package) or ""
        root = package.xml(part)
        body = root.find(_W + "body") if root is not None else None
        if body is None:
            raise ValueError(part)
        self.body = body
        self.relations = package.relations(part)
        folder = part.rpartition("/")[0]
        definitions, styles = (
            package.xml(found) if (found := package.part_of_kind(self.relations, kind, f"{folder}/{kind}.xml")) else None
            for kind in ("numbering", "styles")
        )
        self.numbering = Numbering(definitions, styles)
        self.unread: list[str] = []

    def read(self) -> FileText:
        lines = Lines()
        lines.add(self.lines(self.body))
        notes = [*_changes(self.body)]
        if self.unread:
            notes.append(say("文件里嵌入的 %(parts)s 读不了，其中的文字没有读入。", parts=tuple(self.unread)))
        return FileText(str(lines), tuple(notes))

    def lines(self, parent: Element) -> Iterator[str]:
        """Lines of a body, a cell, a text box or a content control."""
        kept = ""  # words of paragraphs whose mark was deleted: they run on into the next
        for child in parent.iterchildren():
            if child.tag == _W + "p":
                words = "".join(_words(child)).replace("\t", "　")
                if _mark_gone(child):
                    kept += words
                else:
                    yield self.numbering.label(child) + kept + words
                    kept = ""
                for box in _text_boxes(child):
                    yield from self.lines(box)
            elif child.tag == _W + "tbl":
                yield from self.table(child)
            elif child.tag == _MC + "AlternateContent":
                yield from self.lines(_chosen(child))
            elif child.tag == _W + "altChunk":
                yield from self.embedded(child)
            elif child.tag in _BLOCKS:
                yield from self.lines(child)
        if kept:
            yield kept

    def table(self, table: Element) -> Iterator[str]:
        """One line a row. A cell merged downwards is repeated, one merged sideways is followed by empties."""
        out = Table()
        for row in _within(table, _W + "tr", _W + "tbl"):
            properties = row.find(_W + "trPr")
            if properties is not None and properties.find(_W + "del") is not None:
                continue
            out.skip(_count(properties, "gridBefore", 0))
            for cell in _within(row, _W + "tc", _W + "tbl"):
                about = cell.find(_W + "tcPr")
                span = _count(about, "gridSpan", 1)
                merge = about.find(_W + "vMerge") if about is not None else None
                if merge is not None and merge.get(_W + "val", "continue") == "continue":
                    out.merged(span)
                else:
                    out.add(self.lines(cell), span)
            out.skip(_count(properties, "gridAfter", 0))
            yield out.end_row()

    def embedded(self, node: Element) -> Iterator[str]:
        """A part in another format (altChunk, 17.17.2), where the document shows it."""
        _, part = self.relations.get(node.get(_ID, ""), ("", ""))
        data = self.package.read(part) if part else None
        if data is None:
            return
        if data.startswith(b"PK") and self.depth < _NESTED:
            yield docx_text(data, self.package.filename, self.depth + 1).text
        elif data.lstrip().startswith(b"{\\rtf"):
            yield rtf_text(data, self.package.filename).text
        elif b"<" in data[:2000] or part.endswith((".txt", ".htm", ".html", ".mht", ".mhtml")):
            yield html_text(data)
        else:
            self.unread.append(part.rpartition("/")[2])


def _words(node: Element) -> Iterator[str]:
    """Words of a paragraph without deletions, hidden text, readings of characters (ruby), field codes and text boxes."""
    for child in node.iterchildren():
        tag = child.tag
        if tag == _W + "t":
            yield child.text or ""
        elif tag in _SIGNS:
            yield _SIGNS[tag]
        elif tag in EQUATIONS:
            yield math_text(child)
        elif tag == _MC + "AlternateContent":
            yield from _words(_chosen(child))
        elif tag not in _SILENT and not (tag == _W + "r" and _hidden(child)):
            yield from _words(child)


def _hidden(node: Element) -> bool:
    mark = node.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(_W + "val", "1") not in ("0", "false")


def _chosen(alternate: Element) -> Element:
    """Of the same content in several forms the first that has words, else the first."""
    forms = [c for c in alternate.iterchildren() if c.tag in (_MC + "Choice", _MC + "Fallback")]
    spoken = (c for c in forms if next(c.iter(_W + "t", *EQUATIONS), None) is not None)
    return next(spoken, forms[0] if forms else alternate)


def _text_boxes(node: Element) -> Iterator[Element]:
    for child in node.iterchildren():
        if child.tag == _W + "txbxContent":
            yield child
        elif child.tag == _MC + "AlternateContent":
            yield from _text_boxes(_chosen(child))
        elif child.tag not in (_W + "del", _W + "moveFrom"):
            yield from _text_boxes(child)


def _within(node: Element, tag: str, stop: str) -> Iterator[Element]:
    """Descendants of a tag, not those of tables inside."""
    for child in node.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag != stop and isinstance(child.tag, str):
            yield from _within(child, tag, stop)


def _mark_gone(paragraph: Element) -> bool:
    mark = paragraph.find(f"{_W}pPr/{_W}rPr")
    return mark is not None and (mark.find(_W + "del") is not None or mark.find(_W + "moveFrom") is not None)


def _count(properties: Element, name: str, default: int) -> int:
    node = properties.find(_W + name) if properties is not None else None
    try:
        return max(default, min(60, int(node.get(_W + "val")))) if node is not None else default
    except (TypeError, ValueError):
        return default


def _changes(body: Element) -> Iterator[str]:
    """How many tracked changes there are, if any."""

    def count(name: str) -> int:
        return sum(node.getparent().tag not in (_W + "rPr", _W + "trPr") for node in body.iter(_W + name))

    inserted, deleted, moved = count("ins"), count("del"), count("moveTo")
    if inserted or deleted or moved:
        yield say("文件里有未接受的修订（插入 %(inserted)s 处、删除 %(deleted)s 处、移动 %(moved)s 处），按全部接受后的文字读入。", inserted=inserted, deleted=deleted, moved=moved)


