"""The text as rules see it: white space gone, every character folded, offsets kept.

Page breaks cut words in two (按职责分\\n\\n工负责), typists put spaces anywhere (90 %以上) and mix half
and full width. So rules read :attr:`Text.norm`, where white space is removed and each character is
folded one for one; names are printed from :attr:`Text.raw` (same length, unfolded), and
:meth:`Text.span` leads back to the source.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field

from shian.core.text.radicals import RADICALS

from .model import Span
from .zeros import fold_numerals

GROUP = "\x01"  # the comma of 1,000, so that it is not read as punctuation
_INK = re.compile(r"[^\s\u0000-\u001f\u200b-\u200f\u2028\u2029\u2060\ufeff]+")
_PAGE_NUMBER = re.compile(r"\s*(?:[-—–－·]\s*\d{1,3}\s*[-—–－·]|第\s*\d{1,3}\s*页(?:[，,/\s]*共\s*\d{1,3}\s*页)?)\s*")
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")


def _fold_table() -> dict[int, str]:
    table = {c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
    for folded, variants in {
        "（": "(（〔[［【〖{｛﹙⟨", "）": ")）〕]］】〗}｝﹚⟩", "《": "《〈«", "》": "》〉»",
        "“": "“‘「『〝", "”": "”’」』〞", "-": "-－–—―‐‑−﹣─━", "~": "~～〜∼", "·": "·•・‧∙",
        "%": "%％﹪", "：": ":：﹕∶", "；": ";；", "，": ",，﹐", "。": "。｡", "、": "、､", "！": "!！", "？": "?？",
        "/": "/／⁄", ".": ".．", "〇": "〇○◯", "两": "两兩", "+": "+＋", "≥": "≥≧⩾", "≤": "≤≦⩽", "㎡": "㎡",
    }.items():
        for v in variants:
            table[ord(v)] = folded
    return table


_FOLD = _fold_table()


@dataclass(frozen=True, slots=True)
class Line:
    """A line that has ink: ``start``/``end`` in ``norm``; ``indent`` white characters before it."""

    start: int
    end: int
    indent: int

    @property
    def width(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Text:
    """A source with its compact forms. Build with :func:`fold`."""

    source: str
    raw: str
    norm: str
    at: array[int]
    lines: tuple[Line, ...]
    _starts: tuple[int, ...]
    pairs: dict[int, int] = field(repr=False)
    named: bytearray = field(repr=False)

    def span(self, start: int, end: int) -> Span:
        """The source span of ``norm[start:end]``."""
        if start >= end:
            here = self.at[start] if start < len(self.at) else len(self.source)
            return here, here
        return self.at[start], self.at[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        a, b = self.span(start, end)
        return self.source[a:b]

    def line_at(self, pos: int) -> int:
        """Index of the line that holds ``norm`` offset ``pos``."""
        return max(0, bisect_right(self._starts, pos) - 1)

    def line_end(self, pos: int) -> int:
        return self.lines[self.line_at(pos)].end if self.lines else 0

    def starts_line(self, pos: int) -> bool:
        return bool(self.lines) and self.lines[self.line_at(pos)].start == pos


def fold(source: str) -> Text:
    """Fold ``source``; linear in its length. Control characters count as white space, and lines that
    are page numbers (— 3 —) are passed over: they cut sentences in two."""
    at = array("q")
    parts: list[str] = []
    lines: list[Line] = []
    n = offset = 0
    for physical in source.splitlines(keepends=True):
        if len(physical) < 24 and _PAGE_NUMBER.fullmatch(physical):
            offset += len(physical)
            continue
        first, indent = n, 0
        for m in _INK.finditer(physical):
            if n == first:
                indent = m.start()
            parts.append(m.group())
            at.extend(range(offset + m.start(), offset + m.end()))
            n += m.end() - m.start()
        if n > first:
            lines.append(Line(first, n, indent))
        offset += len(physical)
    raw = "".join(parts).translate(RADICALS)
    norm = _THOUSANDS.sub(GROUP, raw).translate(_FOLD)
    norm = fold_numerals(_straight_quotes(norm))
    starts = tuple(line.start for line in lines)
    return Text(source, raw, norm, at, tuple(lines), starts, _bracket_pairs(norm), _named_zones(norm))


def _straight_quotes(norm: str) -> str:
    """Straight double quotes open and close in turn."""
    if '"' not in norm:
        return norm
    pieces = norm.split('"')
    return "".join(p + ("”" if i % 2 else "“") for i, p in enumerate(pieces[:-1])) + pieces[-1]


def _bracket_pairs(norm: str) -> dict[int, int]:
    """Offset of each opening bracket → offset of the one that closes it (unclosed ones are absent)."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for m in re.finditer("[（）]", norm):
        if m.group() == "（":
            stack.append(m.start())
        elif stack:
            pairs[stack.pop()] = m.start()
    return pairs


def _named_zones(norm: str, longest: int = 80) -> bytearray:
    """1 where a character stands inside 《…》 or “…”: there numbers are parts of names."""
    zone = bytearray(len(norm))
    opened: dict[str, list[int]] = {"《": [], "“": []}
    closer = {"》": "《", "”": "“"}
    for m in re.finditer("[《》“”]", norm):
        mark, i = m.group(), m.start()
        if mark in opened:
            opened[mark].append(i)
        elif opened[closer[mark]] and i - (j := opened[closer[mark]].pop()) <= longest:
            zone[j : i + 1] = b"\x01" * (i + 1 - j)
    return zone
