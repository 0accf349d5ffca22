"""Automatic numbers of DOC files (MS-DOC 2.4.6.3, 2.9.131 LSTF, 2.9.134 LVL, 2.9.133 LFO), styles included."""

from __future__ import annotations

import struct

from ..counters import Counters, Level
from ..formats import BY_NUMBER
from .fib import LIST_DEFINITIONS, LISTS, STYLES, Fib
from .properties import Paragraph, Properties, paragraph_of

_LEVELS = 9


class Lists:
    """Counters of the lists of one document; :meth:`label` must be called in reading order."""

    def __init__(self, fib: Fib, properties: Properties) -> None:
        self._definitions = _definitions(fib)
        self._lists = _lists(fib)
        self._styles = _styles(fib)
        self._counters: dict[int, Counters] = {}
        self._begun: set[int] = set()

    def label(self, paragraph: Paragraph) -> str:
        """``（一）`` and the like; empty for a paragraph outside lists and for bullets."""
        of_style, level_of_style = self._styles.get(paragraph.style, (0, 0))
        number = of_style if paragraph.list is None else paragraph.list
        depth = paragraph.level if paragraph.level is not None else (level_of_style if paragraph.list is None else 0)
        if not 0 < number <= len(self._lists):
            return ""
        key, starts, own = self._lists[number - 1]
        counters = self._counters.setdefault(key, Counters())
        if number not in self._begun:
            self._begun.add(number)
            counters.begin(starts)
        return counters.label(self._definitions.get(key, {}) | own, depth)


def _definitions(fib: Fib) -> dict[int, dict[int, Level]]:
    """List id → its levels. The levels stand right behind the list of definitions."""
    start, length = fib.place(LIST_DEFINITIONS)
    if length < 2:
        return {}
    table, found = fib.table, {}
    count = struct.unpack_from("<H", table, start)[0]
    at = start + 2 + 28 * count
    for i in range(count):
        head = start + 2 + 28 * i
        key, simple = struct.unpack_from("<i", table, head)[0], table[head + 26] & 1
        levels = {}
        for depth in range(1 if simple else _LEVELS):
            levels[depth], at = _level(table, at)
        found[key] = levels
    return found


def _level(table: bytes, at: int) -> tuple[Level, int]:
    first, kind, flags = struct.unpack_from("<iBB", table, at)
    characters, paragraphs, limit = table[at + 24], table[at + 25], table[at + 26]
    text = at + 28 + characters + paragraphs
    count = struct.unpack_from("<H", table, text)[0]
    shape = "".join(f"%{c + 1}" if c < _LEVELS else chr(c) for c in struct.unpack_from(f"<{count}H", table, text + 2))
    restarts = limit if flags & 8 else None
    return Level(BY_NUMBER.get(kind, "decimal"), shape, first, bool(flags & 4), restarts), text + 2 + 2 * count


def _lists(fib: Fib) -> list[tuple[int, dict[int, int], dict[int, Level]]]:
    """(list id, numbers to begin at, levels of its own) of each list that paragraphs name, counted from one."""
    data = fib.part(LISTS)
    if len(data) < 4:
        return []
    count = struct.unpack_from("<I", data)[0]
    if count > len(data) // 16:
        raise ValueError("lists")
    at, found = 4 + 16 * count, []
    for i in range(count):
        key, overrides = struct.unpack_from("<i", data, 4 + 16 * i)[0], data[4 + 16 * i + 12]
        starts: dict[int, int] = {}
        own: dict[int, Level] = {}
        at += 4
        for _ in range(overrides):
            if at + 8 > len(data):
                break
            first, flags = struct.unpack_from("<iI", data, at)
            depth, at = flags & 15, at + 8
            if flags & 32:
                own[depth], at = _level(data, at)
                first = own[depth].start
            if flags & 16:
                starts[depth] = first
        found.append((key, starts, own))
    return found


def _styles(fib: Fib) -> dict[int, tuple[int, int]]:
    """Style → (list, level), with what it inherits (2.9.271 STSH, 2.9.260 STD)."""
    data = fib.part(STYLES)
    if len(data) < 6:
        return {}
    size, count, base = struct.unpack_from("<HHH", data)
    at, parents, own = 2 + size, {}, {}
    for style in range(count):
        if at + 2 > len(data):
            break
        length = struct.unpack_from("<H", data, at)[0]
        entry = data[at + 2 : at + 2 + length]
        at += 2 + length + (length & 1)
        if len(entry) < base + 2:
            continue
        kind = struct.unpack_from("<H", entry, 2)[0]
        parents[style] = kind >> 4
        name = base + 2 + 2 * struct.unpack_from("<H", entry, base)[0] + 2
        if kind & 15 == 1 and name + 2 <= len(entry):
            cut = struct.unpack_from("<H", entry, name)[0]
            own[style] = paragraph_of(entry[name + 4 : name + 2 + cut], style, b"")
    return {style: found for style in own if (found := _inherited(style, parents, own)) is not None}


def _inherited(style: int, parents: dict[int, int], own: dict[int, Paragraph]) -> tuple[int, int] | None:
    level, seen = None, set()
    while style in own and style not in seen:
        seen.add(style)
        level = own[style].level if level is None else level
        if own[style].list is not None:
            return own[style].list or 0, level or 0
        style = parents.get(style, 0xFFF)
    return None
