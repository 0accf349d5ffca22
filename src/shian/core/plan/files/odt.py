"""OpenDocument text (ODF 1.3, ISO/IEC 26300) → text: paragraphs with their list numbers, tables, text boxes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from shian.core.words import say

from ..errors import PlanInputError
from .cells import Table
from .counters import Counters, Level
from .found import MAX_CHARACTERS, FileText, Lines, TooLong
from .package import Package, encrypted

_TEXT, _TABLE, _OFFICE, _DRAW, _STYLE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("text", "table", "office", "drawing", "style")
)  # fmt: skip
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SILENT = {_TEXT + n for n in ("note", "tracked-changes", "ruby-text", "bibliography-mark")} | {_OFFICE + "annotation", _TABLE + "table"}
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "一": "chineseCounting", "壹": "ideographLegalSimplified", "甲": "ideographTraditional", "子": "ideographZodiac", "①": "decimalEnclosedCircle", "１": "decimalFullWidth", "": "none"}
_MOST = 40  # blanks in a row
Element = Any


def odt_text(package: Package, kind: str) -> FileText:
    """The text of an OpenDocument text file."""
    filename = package.filename
    if b"encryption-data" in (package.read("META-INF/manifest.xml") or b""):
        raise encrypted(filename)
    if "opendocument.text" not in kind:
        raise PlanInputError("wrong_type", say("“%(filename)s”是 OpenDocument 表格或演示文稿，不是文字文档；请另存为 DOCX 或 XLSX。", filename=filename))
    try:
        content, styles = package.xml("content.xml"), package.xml("styles.xml")
        body = content.find(f"{_OFFICE}body/{_OFFICE}text")  # type: ignore[union-attr]
        lines = Lines()
        lines.add(_Reader(content, styles).lines(body))
    except (AttributeError, ValueError, TypeError, RecursionError, etree.LxmlError) as e:
        raise PlanInputError("broken", say("“%(filename)s”无法作为 ODT 打开，文件可能已损坏；请另存为 DOCX 再导入。", filename=filename)) from e
    changes = sum(1 for _ in body.iter(_TEXT + "changed-region"))
    notes = (say("文件里有未接受的修订 %(count)s 处，按全部接受后的文字读入。", count=changes),) if changes else ()
    return FileText(str(lines), notes)


class _Reader:
    def __init__(self, content: Element, styles: Element | None) -> None:
        roots = [root for root in (styles, content) if root is not None]
        self._levels = {n.get(_STYLE + "name", ""): _levels(n) for root in roots for n in root.iter(_TEXT + "list-style")}
        self._hidden = {
            style.get(_STYLE + "name", "")
            for root in roots for style in root.iter(_STYLE + "style")
            if (about := style.find(_STYLE + "text-properties")) is not None and about.get(_TEXT + "display") == "none"
        }  # fmt: skip
        self._outline = next((_levels(n) for root in roots for n in root.iter(_TEXT + "outline-style")), {})
        self._headings = Counters()
        self._left = 4 * MAX_CHARACTERS  # a cell is counted where it is read, in its row, and in the tables around
        self._last: dict[str, Counters] = {}
        self._lists: dict[object, Counters] = {}

    def lines(self, nodes: Iterable[Element], label: str = "") -> Iterator[str]:
        """Lines of some elements, or of the children of one; ``label`` stands before the first."""
        for node in nodes:
            if node.tag in (_TEXT + "p", _TEXT + "h"):
                yield (label or self._heading(node)) + "".join(self._words(node)).replace("\t", "　")
                label = ""
                for box in _boxes(node):
                    yield from self.lines(box)
            elif node.tag == _TEXT + "list":
                yield from self._list(node, "", None, 0)
            elif node.tag == _TABLE + "table":
                yield from self._table(node)
            elif node.tag not in _SILENT and node.tag != _TEXT + "index-title-template":
                yield from self.lines(node)

    def _heading(self, node: Element) -> str:
        level = _number(node.get(_TEXT + "outline-level"), 1) - 1
        numbered = node.tag == _TEXT + "h" and node.get(_TEXT + "is-list-header") != "true"
        return self._headings.label(self._outline, level) if numbered and level in self._outline else ""

    def _list(self, node: Element, style: str, counters: Counters | None, depth: int) -> Iterator[str]:
        style = node.get(_TEXT + "style-name") or style
        if counters is None:
            earlier = self._lists.get(node.get(_TEXT + "continue-list"))
            if earlier is None and node.get(_TEXT + "continue-numbering") == "true":
                earlier = self._last.get(style)
            counters = self._last[style] = earlier or Counters()
            self._lists[node.get(_ID) or id(node)] = counters
        for item in node.iterchildren(_TEXT + "list-item", _TEXT + "list-header"):
            if start := item.get(_TEXT + "start-value"):
                counters.begin({depth: _number(start, 1)})
            for child in item.iterchildren():
                if child.tag == _TEXT + "list":
                    yield from self._list(child, style, counters, depth + 1)
                    continue
                first = child.tag in (_TEXT + "p", _TEXT + "h") and item.tag == _TEXT + "list-item" and child.getprevious() is None
                yield from self.lines([child], counters.label(self._levels.get(style, {}), depth) if first else "")

    def _table(self, table: Element) -> Iterator[str]:
        out = Table()
        down: dict[int, int] = {}
        for row in _rows(table):
            at = 0
            for cell in row.iterchildren(_TABLE + "table-cell", _TABLE + "covered-table-cell"):
                times = min(60, _number(cell.get(_TABLE + "number-columns-repeated"), 1))
                words = list(self.lines(cell)) if cell.tag == _TABLE + "table-cell" else []
                self._spend(times * sum(map(len, words)))
                for _ in range(times):
                    if cell.tag == _TABLE + "table-cell":
                        span = min(60, _number(cell.get(_TABLE + "number-columns-spanned"), 1))
                        out.add(words)
                        rows = _number(cell.get(_TABLE + "number-rows-spanned"), 1)
                        down |= {at: rows} | {at + i: 0 for i in range(1, span)}
                    elif down.get(at, 0) > 1:
                        out.merged()
                        down[at] -= 1
                    else:
                        out.skip(1)
                    at += 1
            line = out.end_row()
            self._spend(len(line))
            yield line

    def _spend(self, characters: int) -> None:
        """Tables in repeated cells of tables multiply: what they come to is counted as they are read."""
        self._left -= characters
        if self._left < 0:
            raise TooLong

    def _words(self, node: Element) -> Iterator[str]:
        yield node.text or ""
        for child in node.iterchildren():
            tag = child.tag
            if tag == _TEXT + "s":
                yield " " * min(_MOST, _number(child.get(_TEXT + "c"), 1))
            elif tag == _TEXT + "tab":
                yield "　"
            elif tag == _TEXT + "line-break":
                yield "\n"
            elif tag not in _SILENT and tag != _DRAW + "text-box" and child.get(_TEXT + "style-name") not in self._hidden:
                yield from self._words(child)
            yield child.tail or ""


def _boxes(node: Element) -> Iterator[Element]:
    """Text boxes of a paragraph, without those inside them: their own paragraphs have those."""
    for child in node.iterchildren():
        if child.tag == _DRAW + "text-box":
            yield child
        else:
            yield from _boxes(child)


def _rows(node: Element) -> Iterator[Element]:
    for child in node.iterchildren():
        if child.tag == _TABLE + "table-row":
            yield child
        elif child.tag in (_TABLE + n for n in ("table-header-rows", "table-rows", "table-row-group")):
            yield from _rows(child)


def _levels(style: Element) -> dict[int, Level]:
    levels = {}
    for node in style.iterchildren(_TEXT + "list-level-style-number", _TEXT + "outline-level-style"):
        depth = _number(node.get(_TEXT + "level"), 1) - 1
        kind = _FORMATS.get(node.get(_STYLE + "num-format", "")[:1], "decimal")
        shape = node.get(_STYLE + "num-list-format") or node.get(_LOEXT + "num-list-format")
        if shape is None:
            shown = range(depth + 2 - min(depth + 1, _number(node.get(_TEXT + "display-levels"), 1)), depth + 2)
            inner = ".".join(f"%{i}%" for i in shown)
            shape = node.get(_STYLE + "num-prefix", "") + inner + node.get(_STYLE + "num-suffix", "")
        levels[depth] = Level(kind, re.sub(r"%(\d)%", r"%\1", shape), _number(node.get(_TEXT + "start-value"), 1))
    return levels


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,5}", text) else default
