"""Properties of paragraphs and characters (MS-DOC 2.4.6, 2.6): runs in pages of 512 bytes, each a list of modifiers."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from .fib import CHARACTERS, PARAGRAPHS, Fib
from .pieces import Pieces

_PAGE = 512
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)  # operand bytes by the three upper bits of a modifier (2.2.5.1)
_DEF_TABLE, _TABS, _ELSEWHERE = 0xD608, 0xC615, (0x6646, 0x6645)
IN_TABLE, ROW_END, DEPTH, LEVEL, LIST, INNER_ROW = 0x2416, 0x2417, 0x6649, 0x260A, 0x460B, 0x244C
DELETED, INSERTED, HIDDEN, DOWN = 0x0800, 0x0801, 0x083C, 0xD62B


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What matters of a paragraph: its style, list and level, and the row of a table it ends."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    depth: int = 0
    level: int | None = None
    list: int | None = None
    cells: tuple[tuple[int, int, bool], ...] = ()  # left, right, merged down; one merged sideways is empty anyhow


def modifiers(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(modifier, operand) one by one; stops where the list is cut."""
    at = 0
    while at + 2 <= len(data):
        code = data[at] | data[at + 1] << 8
        at += 2
        size = _SIZES[code >> 13]
        if not size:
            if at >= len(data):
                return
            if code == _DEF_TABLE:
                size = (data[at] | (data[at + 1] << 8 if at + 1 < len(data) else 0)) + 1
            elif code == _TABS and data[at] == 255:
                removed = data[at + 1] if at + 1 < len(data) else 0
                added = data[at + 2 + 4 * removed] if at + 2 + 4 * removed < len(data) else 0
                size = 3 + 4 * removed + 3 * added
            else:
                size = data[at] + 1
        yield code, data[at : at + size]
        at += size


class _Runs:
    """Runs of one kind by offset in the stream, as a sorted list."""

    def __init__(self, fib: Fib, index: int, entry: int) -> None:
        plc = fib.part(index)
        n = max(0, (len(plc) - 4) // 8)
        pages = struct.unpack_from(f"<{n}I", plc, 4 * (n + 1)) if n else ()
        self.starts: list[int] = []
        self.found: list[tuple[int, int]] = []  # (end, offset of the properties; 0: none)
        for page in dict.fromkeys(pages):
            base = (page & 0x3FFFFF) * _PAGE
            data = fib.word[base : base + _PAGE]
            if len(data) < _PAGE:
                continue
            count = min(data[511], (_PAGE - 5) // (4 + entry))
            ends = struct.unpack_from(f"<{count + 1}I", data)
            for i in range(count):
                at = data[4 * (count + 1) + entry * i] * 2
                self.starts.append(ends[i])
                self.found.append((ends[i + 1], base + at if at else 0))
        order = sorted(range(len(self.starts)), key=self.starts.__getitem__)
        self.starts, self.found = [self.starts[i] for i in order], [self.found[i] for i in order]

    def at(self, offset: int) -> int:
        i = bisect_right(self.starts, offset) - 1
        return self.found[i][1] if i >= 0 and offset < self.found[i][0] else 0


class Properties:
    def __init__(self, fib: Fib, pieces: Pieces, data: bytes) -> None:
        self.fib, self.pieces, self.data = fib, pieces, data
        self._paragraphs = _Runs(fib, PARAGRAPHS, 13)
        self._characters = _Runs(fib, CHARACTERS, 1)
        self._known: dict[int, bytes] = {}

    def paragraph(self, mark: int) -> Paragraph:
        """Properties of the paragraph whose mark stands at character ``mark``."""
        at = self._paragraphs.at(self.pieces.offset(mark))
        if not at:
            return Paragraph()
        word = self.fib.word
        size = word[at] * 2 - 1
        if size < 0:
            at += 1
            size = word[at] * 2
        own = word[at + 1 : at + 1 + size]
        style = own[0] | own[1] << 8 if len(own) >= 2 else 0
        return paragraph_of(own[2:] + self.pieces.piece_at(mark).changed, style, self.data)

    def gone(self, start: int, end: int) -> Iterator[tuple[int, int, bool, bool]]:
        """Runs of characters that are not plain: (start, end, tracked as inserted or deleted, not to be read)."""
        position = start
        while position < end:
            piece = self.pieces.piece_at(position)
            offset = self.pieces.offset(position)
            i = bisect_right(self._characters.starts, offset) - 1
            stop, at = self._characters.found[i] if i >= 0 else (offset, 0)
            if offset >= stop:
                following = self._characters.starts[i + 1] if i + 1 < len(self._characters.starts) else offset + 2 * (end - position)
                stop, at = max(following, offset + piece.width), 0
            upto = min(end, piece.end, position + max(1, (stop - offset) // piece.width))
            marks = self._marks(at, piece.changed)
            if marks:
                yield position, upto, INSERTED in marks or DELETED in marks, DELETED in marks or HIDDEN in marks
            position = max(upto, position + 1)

    def _marks(self, at: int, changed: bytes) -> bytes | set[int]:
        if not at and not changed:
            return b""
        word = self.fib.word
        own = word[at + 1 : at + 1 + word[at]] if at else b""
        return {code for code, operand in modifiers(own + changed) if code in (DELETED, INSERTED, HIDDEN) and operand[:1] == b"\1"}


def paragraph_of(data: bytes, style: int, elsewhere: bytes) -> Paragraph:
    """The paragraph that a list of modifiers describes."""
    said: dict[int, int] = {}
    cells: list[tuple[int, int, bool]] = []
    waiting = [data]
    while waiting:
        for code, operand in modifiers(waiting.pop(0)):
            if code in (IN_TABLE, ROW_END, DEPTH, LEVEL, LIST, INNER_ROW):
                said[code] = int.from_bytes(operand, "little", signed=code == LIST)
            elif code == _DEF_TABLE:
                cells = _cells(operand)
            elif code == DOWN and len(operand) >= 3 and operand[1] < len(cells):
                left, right, _ = cells[operand[1]]
                cells[operand[1]] = (left, right, operand[2] == 1)
            elif code in _ELSEWHERE and len(operand) == 4 and elsewhere:
                at = int.from_bytes(operand, "little")
                size = int.from_bytes(elsewhere[at : at + 2], "little")
                elsewhere, more = b"", elsewhere[at + 2 : at + 2 + size]
                waiting.append(more)
    depth = said.get(DEPTH, 1 if said.get(IN_TABLE) else 0)
    return Paragraph(style, bool(said.get(IN_TABLE)), bool(said.get(ROW_END)) or bool(said.get(INNER_ROW)), depth, said.get(LEVEL), said.get(LIST), tuple(cells))


def _cells(operand: bytes) -> list[tuple[int, int, bool]]:
    """Edges and merges of the cells of a row (2.9.321 TDefTableOperand, 2.9.317 TCGRF)."""
    if len(operand) < 3:
        return []
    n = operand[2]
    if n > 64 or len(operand) < 3 + 2 * (n + 1):
        return []
    edges = struct.unpack_from(f"<{n + 1}h", operand, 3)
    cells = []
    for i in range(n):
        at = 3 + 2 * (n + 1) + 20 * i
        flags = operand[at] | operand[at + 1] << 8 if at + 2 <= len(operand) else 0
        cells.append((edges[i], edges[i + 1], flags >> 5 & 3 == 1))
    return cells
