"""Lines that a margin broke are one paragraph again, over the ends of columns and pages too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .lines import Line

_MARK = re.compile(r"\s*(?:第?[一二三四五六七八九十百]+[、条章节]|[（(〔【][一二三四五六七八九十\d]{1,3}[）)〕】]|\d{1,3}(?:[、．]|\.(?!\d))|[①-⑳•●■◆-])")
_TOKEN = re.compile(r"[!-~]{1,40}")
_ENDS = "。；;！!？?：:）)"
INDENT = 0.85  # of a line's height
SLACK = 2.2  # the same: what forbidden line starts and whole numbers leave free at the right
WIDE = 0.7  # of the page: lines that end before it were not broken by a margin
Margins = tuple[float, float]


def flowed(pages: Sequence[Sequence[Line]], widths: Sequence[float]) -> list[str]:
    """Paragraphs, those set in with blanks before them, and rows of tables of all pages. ``widths``: of the pages."""
    margins = _margins(pages, widths)
    placed = [(line, line.column or margins.get(round(w), (0.0, 0.0))) for page, w in zip(pages, widths, strict=True) for line in page]
    set_in = sum(_indented(*one) for one in placed) >= max(2, len(placed) // 20)
    out: list[str] = []
    before: tuple[Line, Margins] | None = None
    for line, sides in placed:
        if before is not None and _goes_on(*before, line, sides, set_in):
            out[-1] += line.text
        else:
            out.append(("　　" if _indented(line, sides) else "") + line.text)
        before = line, sides
    return out


def _margins(pages: Sequence[Sequence[Line]], widths: Sequence[float]) -> dict[int, Margins]:
    """Left and right edge of the text on pages of each width."""
    found: dict[int, Margins] = {}
    for width in {round(w) for w in widths}:
        lines = [line for page, w in zip(pages, widths, strict=True) if round(w) == width for line in page if not line.row and line.column is None]
        lefts = sorted(line.left for line in lines)
        few = max(1, len(lefts) // 30)  # notes in the margin are no text's edge
        left = next((x for x, y in zip(lefts, lefts[few:], strict=False) if y - x < 3.0), min(lefts, default=0.0))
        right = max((line.right for line in lines), default=0.0)
        found[width] = left, right if right > WIDE * width else float("inf")
    return found


def _indented(line: Line, sides: Margins) -> bool:
    return not line.row and line.left > sides[0] + INDENT * (line.bottom - line.top)


def _goes_on(line: Line, sides: Margins, following: Line, next_sides: Margins, set_in: bool) -> bool:
    height = line.bottom - line.top
    token = _TOKEN.match(following.text)  # what could not be broken went down as a whole
    free = (SLACK + 0.6 * (token.end() if token else 0)) * height
    if line.row or following.row or _indented(following, next_sides) or line.right < sides[1] - free:
        return False
    if abs(following.bottom - following.top - height) > 0.15 * height:
        return False
    return set_in or not (_MARK.match(following.text) and line.text.rstrip()[-1:] in _ENDS)
