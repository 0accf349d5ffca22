"""Tables of every format become lines of cells parted by tabs, by one rule."""

from __future__ import annotations

from collections.abc import Iterable

from ..tables import column_kind
from .found import TooLong

MOST_COLUMNS = 1000
_LISTS = ("lead", "joint", "support", "due", "person")


class Table:
    """Rows as they come. A cell merged downwards is repeated, one merged sideways is followed by empties."""

    def __init__(self) -> None:
        self._above: dict[int, str] = {}
        self._kinds: list[str | None] = []
        self._row: list[str] = []

    def skip(self, columns: int) -> None:
        """Columns in which the row has no cell."""
        for _ in range(columns):
            self._put("", 1)

    def add(self, lines: Iterable[str], span: int = 1) -> None:
        """A cell of its own words; ``lines`` are those of its paragraphs."""
        at = len(self._row)
        self._put(joined(lines, self._kinds[at] if at < len(self._kinds) else None), span)

    def merged(self, span: int = 1) -> None:
        """A cell that goes on from the row above."""
        self._put(self._above.get(len(self._row), ""), span)

    def end_row(self) -> str:
        row, self._row = self._row, []
        found = [column_kind(c) for c in row]
        if sum(k is not None for k in found) >= 2:
            self._kinds = found
        return "\t".join(row) if len(row) > 1 else "".join(row)

    def _put(self, words: str, span: int) -> None:
        self._above[len(self._row)] = words
        self._row += [words] + [""] * (span - 1)
        if len(self._row) > MOST_COLUMNS:
            raise TooLong


def joined(lines: Iterable[str], kind: str | None = None) -> str:
    """Paragraphs of a cell on one line: names under each other become a list."""
    pieces = [s.strip() for line in lines for s in line.replace("\t", " ").split("\n") if s.strip()]
    if kind in _LISTS:
        return "".join(p if i == len(pieces) - 1 or p[-1] in "、，；：。,;" else p + ("；" if "：" in p else "、") for i, p in enumerate(pieces))
    return " ".join(pieces)
