"""The piece table (MS-DOC 2.4.1): the text lies in pieces, in any order, in one or two bytes a character."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass

from .fib import PIECES, Fib

MOST = 200_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters ``start`` … ``end`` of the document at offset ``at`` of the stream; ``changed``: properties on top."""

    start: int
    end: int
    at: int
    width: int
    changed: bytes


class Pieces:
    """Text of the document by character position."""

    def __init__(self, fib: Fib) -> None:
        self.pieces = _read(fib)
        self._starts = [p.start for p in self.pieces]
        word, parts = fib.word, []
        for p in self.pieces:
            data = word[p.at : p.at + (p.end - p.start) * p.width]
            text = data.decode("utf-16-le", "replace") if p.width == 2 else data.decode("cp1252", "replace")
            if p.width == 2 and len(text) != p.end - p.start:  # a pair of surrogates is two positions
                text = "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])))
            parts.append(text.ljust(p.end - p.start, "\0"))
        self.text = "".join(parts)

    def piece_at(self, position: int) -> Piece:
        return self.pieces[max(0, bisect_right(self._starts, position) - 1)]

    def offset(self, position: int) -> int:
        """Where the character stands in the stream: the key under which its properties are kept."""
        p = self.piece_at(position)
        return p.at + (position - p.start) * p.width


def _read(fib: Fib) -> list[Piece]:
    clx, at, changes = fib.part(PIECES), 0, []
    while at < len(clx) and clx[at] == 1:
        length = struct.unpack_from("<H", clx, at + 1)[0]
        changes.append(clx[at + 3 : at + 3 + length])
        at += 3 + length
    if at >= len(clx) or clx[at] != 2:
        raise ValueError("no piece table")
    length = struct.unpack_from("<I", clx, at + 1)[0]
    table = clx[at + 5 : at + 5 + length]
    n = (len(table) - 4) // 12
    if not 0 < n <= MOST:
        raise ValueError("pieces")
    ends = struct.unpack_from(f"<{n + 1}I", table)
    pieces = []
    for i in range(n):
        start, end = ends[i], ends[i + 1]
        if end < start or (i == 0 and start) or end > len(fib.word):
            raise ValueError("pieces out of order")
        place, more = struct.unpack_from("<IH", table, 4 * (n + 1) + 8 * i + 2)
        changed = changes[more >> 1] if more & 1 and more >> 1 < len(changes) else b""
        packed = place & 0x40000000
        pieces.append(Piece(start, end, (place & 0x3FFFFFFF) // 2 if packed else place & 0x3FFFFFFF, 1 if packed else 2, changed))
    return pieces
