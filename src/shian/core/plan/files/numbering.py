"""The numbers Word prints before list paragraphs."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml.ns import qn

from ..outline import number_to_han

_HAN_FORMATS = {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "koreanCounting", "ideographDigital", "japaneseDigitalTenThousand"}
_CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
Element = Any


class Numbering:
    """Counters of the lists of one document; :meth:`label` must be called in reading order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract_of: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()
        self._style_lists: dict[str, tuple[str | None, int]] = {}
        self._read_definitions(document)
        self._read_styles(document)

    def _read_definitions(self, document: Any) -> None:
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        for abstract in root.iter(qn("w:abstractNum")):
            levels = {}
            for level in abstract.iter(qn("w:lvl")):
                levels[int(level.get(qn("w:ilvl"), "0"))] = (_child(level, "w:numFmt", "decimal"), _child(level, "w:lvlText", ""), int(_child(level, "w:start", "1") or 1))
            self._levels[abstract.get(qn("w:abstractNumId"), "")] = levels
        for num in root.iter(qn("w:num")):
            key = num.get(qn("w:numId"), "")
            self._abstract_of[key] = _child(num, "w:abstractNumId", "")
            for override in num.iter(qn("w:lvlOverride")):
                start = _child(override, "w:startOverride", "")
                if start:
                    self._restarts.setdefault(key, {})[int(override.get(qn("w:ilvl"), "0"))] = int(start)

    def _read_styles(self, document: Any) -> None:
        parents: dict[str, str] = {}
        own: dict[str, tuple[str | None, int]] = {}
        for style in document.styles.element.iter(qn("w:style")):
            key = style.get(qn("w:styleId"), "")
            parents[key] = _child(style, "w:basedOn", "")
            found = _list_of(style.find(qn("w:pPr")))
            if found is not None:
                own[key] = found
        for key in parents:
            node, seen = key, set()
            while node and node not in own and node not in seen:
                seen.add(node)
                node = parents.get(node, "")
            if node in own:
                self._style_lists[key] = own[node]

    def label(self, paragraph: Element) -> str:
        """``（一）`` and the like, empty for a paragraph outside lists and for bullets."""
        properties = paragraph.find(qn("w:pPr"))
        found = _list_of(properties)
        if found is None or found[0] is None:
            style = _child(properties, "w:pStyle", "") if properties is not None else ""
            inherited = self._style_lists.get(style)
            if inherited is None:
                return ""
            found = (inherited[0], found[1] if found is not None else inherited[1])
        key, level = found
        if key is None or key == "0" or key not in self._abstract_of:
            return ""
        return self._advance(key, level)

    def _advance(self, key: str, level: int) -> str:
        abstract = self._abstract_of[key]
        levels = self._levels.get(abstract, {})
        if level not in levels:
            return ""
        counters = self._counters.setdefault(abstract, {})
        if key not in self._started:
            self._started.add(key)
            for depth, start in self._restarts.get(key, {}).items():
                counters[depth] = start - 1
        kind, shape, start = levels[level]
        counters[level] = counters.get(level, start - 1) + 1
        for deeper in [d for d in counters if d > level]:
            del counters[deeper]
        if kind in ("bullet", "none"):
            return ""

        def number(m: re.Match[str]) -> str:
            depth = int(m.group(1)) - 1
            fmt, _, first = levels.get(depth, ("decimal", "", 1))
            return _format(counters.setdefault(depth, first), fmt)

        return re.sub(r"%(\d)", number, shape)


def _child(element: Element, tag: str, default: str) -> str:
    node = element.find(qn(tag))
    return str(node.get(qn("w:val"), default)) if node is not None else default


def _list_of(properties: Element) -> tuple[str | None, int] | None:
    node = properties.find(qn("w:numPr")) if properties is not None else None
    if node is None:
        return None
    level = _child(node, "w:ilvl", "0")
    key = node.find(qn("w:numId"))
    return (key.get(qn("w:val")) if key is not None else None), int(level) if level.isdecimal() else 0


def _format(n: int, kind: str) -> str:
    if kind in _HAN_FORMATS:
        return number_to_han(n) if n < 100 else str(n)
    if kind in _CIRCLED and 1 <= n <= 20:
        return chr(ord("①") + n - 1)
    if kind == "decimalFullWidth":
        return "".join(chr(ord(c) + 0xFEE0) for c in str(n))
    if kind == "decimalZero":
        return f"{n:02d}"
    if kind in ("upperLetter", "lowerLetter") and n >= 1:
        letter = chr(ord("A") + (n - 1) % 26)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman") and 1 <= n < 40:
        roman = "X" * (n // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[n % 10]
        return roman if kind == "upperRoman" else roman.lower()
    return str(n)
