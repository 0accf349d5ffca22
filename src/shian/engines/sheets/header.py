"""Finding the header row: official sheets begin with a title, an issuing unit, a date, and only then the headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import islice

from .cells import Cell

_BRACKETS = re.compile(r"[（(\[【〔].*?[)）\]】〕]")
_NOISE = re.compile(r"[\s*＊:：/、_\-—]+")


@dataclass(frozen=True)
class HeaderMatch:
    """Where the header is and what its columns mean.

    ``first`` and ``last`` are row numbers from 1 (they differ for a two-row header); ``columns`` maps the known key to
    a column index from 0; ``unknown`` holds headings nobody knows, by column; ``missing`` the keys not found.
    """

    first: int
    last: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    unknown: Mapping[int, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    @property
    def found(self) -> bool:
        return bool(self.columns)


def normal_heading(text: str, *, brackets: bool = True) -> str:
    """Heading without width differences, blanks, asterisks; without its bracketed remark unless ``brackets``."""
    folded = unicodedata.normalize("NFKC", text)
    if not brackets:
        folded = _BRACKETS.sub("", folded)
    return _NOISE.sub("", folded).lower()


def find_header(rows: Iterable[list[Cell]], known: Mapping[str, Set[str]], *, within: int = 30) -> HeaderMatch:
    """The row (or pair of rows) among the first ``within`` that names most keys of ``known`` (key → headings).

    Consumes at most ``within`` rows of ``rows``. Without any known heading, ``found`` is False and ``first`` is 0.
    """
    names = {normal_heading(alias): key for key, aliases in known.items() for alias in {key, *aliases}}
    head = list(islice(rows, within))
    lines = [tuple(_text(cell) for cell in row) for row in head]
    spans = [(lines[n], n + 1, n + 1) for n in range(len(lines))]
    spans += [(_joined(lines[n], lines[n + 1]), n + 1, n + 2) for n in range(len(lines) - 1)]
    best = HeaderMatch(0, 0, (), {}, {}, frozenset(known))
    for headings, first, last in spans:  # a pair must beat every single row
        match = _match(headings, names, frozenset(known), first, last)
        if len(match.columns) > len(best.columns):
            best = match
    return best


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _joined(upper: tuple[str, ...], lower: tuple[str, ...]) -> tuple[str, ...]:
    """A two-row header read downwards: the lower heading where there is one, else the upper."""
    width = max(len(upper), len(lower))
    pairs = zip(upper + ("",) * (width - len(upper)), lower + ("",) * (width - len(lower)), strict=True)
    return tuple(low or high for high, low in pairs)


def _match(
    headings: tuple[str, ...], names: Mapping[str, str], keys: frozenset[str], first: int, last: int
) -> HeaderMatch:
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for column, heading in enumerate(headings):
        if not heading:
            continue
        key = names.get(normal_heading(heading)) or names.get(normal_heading(heading, brackets=False))
        if key is None or key in columns:
            unknown[column] = heading
        else:
            columns[key] = column
    return HeaderMatch(first, last, headings, columns, unknown, keys - columns.keys())
