"""Equations of DOCX (ECMA-376 part 1, 22.1) on one line: ≥98%, 3/4, x^2."""

from __future__ import annotations

from typing import Any

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
EQUATIONS = (_M + "oMath", _M + "oMathPara")
Element = Any


def math_text(node: Element) -> str:
    """What an equation says, fractions with a slash, powers with ``^``, indices with ``_``."""
    if not isinstance(node.tag, str):
        return ""
    tag = node.tag.removeprefix(_M)
    if tag == "t":
        return node.text or ""
    if tag.endswith("Pr"):
        return ""
    if tag == "f":
        return f"{_grouped(node, 'num')}/{_grouped(node, 'den')}"
    if tag in ("sSup", "sSub", "sSubSup"):
        low, high = (_grouped(node, name) for name in ("sub", "sup"))
        return _of(node, "e") + (f"_{low}" if low else "") + (f"^{high}" if high else "")
    if tag == "rad":
        degree = _of(node, "deg")
        return f"{degree}√{_grouped(node, 'e')}"
    if tag == "nary":
        return _sign(node, "naryPr", "chr", "∫") + _of(node, "sub") + _of(node, "sup") + _of(node, "e")
    if tag == "d":
        inner = _sign(node, "dPr", "sepChr", "|").join(math_text(e) for e in node.iterchildren(_M + "e"))
        return _sign(node, "dPr", "begChr", "(") + inner + _sign(node, "dPr", "endChr", ")")
    return "".join(math_text(child) for child in node)


def _of(node: Element, name: str) -> str:
    return "".join(math_text(child) for child in node.iterchildren(_M + name))


def _grouped(node: Element, name: str) -> str:
    words = _of(node, name)
    return words if len(words) < 2 or all(c.isalnum() or c in ".%" for c in words) else f"({words})"


def _sign(node: Element, properties: str, name: str, default: str) -> str:
    found = node.find(f"{_M}{properties}/{_M}{name}")
    return default if found is None else str(found.get(_M + "val", ""))
