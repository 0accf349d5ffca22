"""Paragraphs and tables of a DOC file in reading order (MS-DOC 2.4.3 … 2.4.5)."""

from __future__ import annotations

import re

from ..found import Lines
from ..grid import Cell, table_lines
from .lists import Lists
from .pieces import Pieces
from .properties import Paragraph, Properties

_MARK = re.compile("[\r\x07\x0c]")
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_CODE = re.compile("\x13[^\x14\x15]*")
_SIGNS = str.maketrans({"\t": "　", "\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " ", **dict.fromkeys("\x00\x01\x02\x03\x04\x05\x06\x08\x13\x14\x15\x1f")})
NEAR = 60  # twips; a millimetre


def body_lines(lines: Lines, pieces: Pieces, properties: Properties, lists: Lists, part: tuple[int, int]) -> int:
    """Adds the lines of a part of the characters; says how many tracked changes they hold."""
    start, end = part[0], min(part[1], len(pieces.text))
    silent, changes = _silent(properties, start, end)
    reader = _Body(lines)
    at = start
    for m in _MARK.finditer(pieces.text, start, end):
        mark = m.start()
        paragraph = properties.paragraph(mark)
        words = _spoken(pieces.text, at, mark, silent)
        at = mark + 1
        if mark in silent and pieces.text[mark] == "\r" and not paragraph.in_table:
            reader.kept += words
            continue
        reader.add(words, pieces.text[mark], paragraph, lists)
    reader.end_table()
    if at < end:
        lines.add([_clean(_spoken(pieces.text, at, end, silent))])
    return changes


class _Body:
    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.kept = ""
        self._rows: list[list[Cell]] = []
        self._row: list[list[str]] = []
        self._cell: list[str] = []

    def add(self, words: str, mark: str, paragraph: Paragraph, lists: Lists) -> None:
        words, self.kept = _clean(self.kept + words), ""
        if not paragraph.in_table:
            self.end_table()
            self.lines.add([lists.label(paragraph) + words])
        elif paragraph.row_end:
            if paragraph.depth <= 1:
                self._end_row(paragraph)
        else:
            self._cell.append((lists.label(paragraph) if words.strip() else "") + words)
            if mark == "\x07" and paragraph.depth <= 1:
                self._row.append(self._cell)
                self._cell = []

    def _end_row(self, paragraph: Paragraph) -> None:
        row: list[Cell] = []
        right = 0
        for i, lines in enumerate(self._row):
            left, right, down = paragraph.cells[i] if i < len(paragraph.cells) else (right, right + 1000, False)
            row.append(Cell(left, right, lines, down))
        if row:
            self._rows.append(row)
        self._row, self._cell = [], []

    def end_table(self) -> None:
        if self._row or self._cell:  # a row whose end is missing
            self._end_row(Paragraph())
        if self._rows:
            self.lines.add(table_lines(self._rows, NEAR))
            self._rows = []


def _silent(properties: Properties, start: int, end: int) -> tuple[set[int], int]:
    """Positions of deleted and hidden characters; the number of changes."""
    silent: set[int] = set()
    changes = 0
    before = (-1, False)  # one change may lie in several runs
    for a, b, tracked, gone in properties.gone(start, end):
        if tracked:
            changes += before != (a, gone)
            before = (b, gone)
        if gone:
            silent.update(range(a, b))
    return silent, changes


def _spoken(text: str, start: int, end: int, silent: set[int]) -> str:
    if not silent:
        return text[start:end]
    return "".join(text[i] for i in range(start, end) if i not in silent)


def _clean(words: str) -> str:
    """Without codes of fields and marks of pictures; a field says what it shows."""
    if "\x13" in words:
        for _ in range(20):
            words, n = _FIELD.subn(lambda m: m.group(1) or "", words)
            if not n:
                break
        words = _CODE.sub("", words)
    return words.translate(_SIGNS)
