"""The numbers Word prints before list paragraphs (ECMA-376 part 1, 17.9): the parts numbering and styles."""

from __future__ import annotations

from typing import Any

from .counters import Counters, Level

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Element = Any


class Numbering:
    """Counters of the lists of one document; :meth:`label` must be called in reading order."""

    def __init__(self, definitions: Element | None, styles: Element | None) -> None:
        self._levels: dict[str, dict[int, Level]] = {}
        self._abstract_of: dict[str, str] = {}
        self._own_levels: dict[str, dict[int, Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, Counters] = {}
        self._begun: set[str] = set()
        self._style_levels: dict[str, int] = {}
        self._style_lists: dict[str, tuple[str | None, int]] = {}
        if definitions is not None:
            self._read_definitions(definitions)
        if styles is not None:
            self._read_styles(styles)

    def _read_definitions(self, root: Element) -> None:
        linked: dict[str, str] = {}  # abstract list → style that holds its levels
        holders: dict[str, str] = {}
        for abstract in root.iter(_W + "abstractNum"):
            key = abstract.get(_W + "abstractNumId", "")
            self._levels[key] = self._read_levels(abstract)
            if style := _child(abstract, "numStyleLink", ""):
                linked[key] = style
            if style := _child(abstract, "styleLink", ""):
                holders[style] = key
        for key, style in linked.items():
            self._levels[key] = self._levels[key] or self._levels.get(holders.get(style, ""), {})
        for num in root.iter(_W + "num"):
            key = num.get(_W + "numId", "")
            self._abstract_of[key] = _child(num, "abstractNumId", "")
            for override in num.iter(_W + "lvlOverride"):
                self._own_levels.setdefault(key, {}).update(self._read_levels(override))
                if start := _child(override, "startOverride", ""):
                    self._starts.setdefault(key, {})[int(override.get(_W + "ilvl", "0"))] = int(start)

    def _read_levels(self, parent: Element) -> dict[int, Level]:
        levels = {}
        for node in parent.iter(_W + "lvl"):
            depth, after = int(node.get(_W + "ilvl", "0")), _child(node, "lvlRestart", "")
            legal = node.find(_W + "isLgl")
            levels[depth] = Level(
                _child(node, "numFmt", "decimal"), _child(node, "lvlText", ""), int(_child(node, "start", "1") or 1),
                legal is not None and legal.get(_W + "val", "1") not in ("0", "false"), int(after) if after.isdecimal() else None,
            )  # fmt: skip
            if style := _child(node, "pStyle", ""):
                self._style_levels[style] = depth
        return levels

    def _read_styles(self, root: Element) -> None:
        parents: dict[str, str] = {}
        own: dict[str, tuple[str | None, int | None]] = {}
        for style in root.iter(_W + "style"):
            key = style.get(_W + "styleId", "")
            parents[key] = _child(style, "basedOn", "")
            found = _list_of(style.find(_W + "pPr"))
            if found is not None:
                own[key] = found
        for key in parents:
            node, seen = key, set()
            while node and (node not in own or own[node][0] is None) and node not in seen:
                seen.add(node)
                node = parents.get(node, "")
            if node in own:
                level = own.get(key, (None, None))[1]
                self._style_lists[key] = (own[node][0], self._style_levels.get(key, level if level is not None else own[node][1] or 0))

    def label(self, paragraph: Element) -> str:
        """``（一）`` and the like, empty for a paragraph outside lists and for bullets."""
        properties = paragraph.find(_W + "pPr")
        found = _list_of(properties)
        key, level = found if found is not None else (None, None)
        if key is None:
            style = _child(properties, "pStyle", "") if properties is not None else ""
            key, inherited = self._style_lists.get(style, (None, 0))
            level = inherited if level is None else level
        if key is None or key == "0" or key not in self._abstract_of:
            return ""
        return self._advance(key, level or 0)

    def _advance(self, key: str, depth: int) -> str:
        abstract = self._abstract_of[key]
        counters = self._counters.setdefault(abstract, Counters())
        if key not in self._begun:
            self._begun.add(key)
            counters.begin(self._starts.get(key, {}))
        return counters.label(self._levels.get(abstract, {}) | self._own_levels.get(key, {}), depth)


def _child(element: Element, tag: str, default: str) -> str:
    node = element.find(_W + tag)
    return str(node.get(_W + "val", default)) if node is not None else default


def _list_of(properties: Element) -> tuple[str | None, int | None] | None:
    node = properties.find(_W + "numPr") if properties is not None else None
    if node is None:
        return None
    level = _child(node, "ilvl", "")
    key = node.find(_W + "numId")
    return (key.get(_W + "val") if key is not None else None), int(level) if level.isdecimal() else None
