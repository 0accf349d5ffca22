"""The head of a DOC file (MS-DOC 2.5, File Information Block): where everything stands."""

from __future__ import annotations

import struct

_MAGIC = 0xA5EC
_COUNTS = 0x4C  # fibRgLw: characters of the main text and of the parts behind it
_PAIRS = 0x9A  # fibRgFcLcb: (offset, length) of the structures of the table stream
STYLES, CHARACTERS, PARAGRAPHS, PIECES, LIST_DEFINITIONS, LISTS = 1, 12, 13, 33, 73, 74
"""Places in fibRgFcLcb: stshf, plcfBteChpx, plcfBtePapx, clx, plfLst, plfLfo."""


class Fib:
    """Offsets and lengths; ``word`` and ``table`` are the two streams they point into."""

    def __init__(self, word: bytes, streams: dict[str, bytes]) -> None:
        magic, version = struct.unpack_from("<HH", word)
        if magic != _MAGIC or version < 101:
            raise ValueError("not a DOC of Word 97 or later")
        flags = struct.unpack_from("<H", word, 10)[0]
        self.word = word
        self.table = streams["1table" if flags & 0x200 else "0table"]
        main, notes, heads, macros, remarks, endnotes, boxes = struct.unpack_from("<7i", word, _COUNTS)
        self.main: int = main
        self.text_boxes: tuple[int, int] = (sum((main, notes, heads, macros, remarks, endnotes)), boxes)
        if min(main, notes, heads, remarks, endnotes, boxes) < 0:
            raise ValueError("negative length")

    def part(self, index: int) -> bytes:
        """A structure of the table stream."""
        start, length = self.place(index)
        return self.table[start : start + length]

    def place(self, index: int) -> tuple[int, int]:
        start, length = struct.unpack_from("<II", self.word, _PAIRS + 8 * index)
        return start, length
