"""Glyphs drawn twice, a hair apart, to look bold (伪粗体) or shadowed, count once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

NEAR = 0.16  # of the size of a glyph; the narrowest ones are a quarter wide
T = TypeVar("T")


def doubled(glyphs: Iterable[tuple[T, str, float, float, float]]) -> Iterator[T]:
    """Of (glyph, text, x, y, size) those that an equal one before them covers."""
    seen: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    for glyph, text, x, y, size in glyphs:
        near = max(NEAR * size, 0.01)
        column, row = int(x // near), int(y // near)
        places = [p for i in (-1, 0, 1) for j in (-1, 0, 1) for p in seen.get((text, column + i, row + j), ())]
        if text.strip() and any(abs(px - x) <= near and abs(py - y) <= near for px, py in places):
            yield glyph
        else:
            seen.setdefault((text, column, row), []).append((x, y))
