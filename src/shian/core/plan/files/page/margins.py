"""Page numbers and running heads (页眉, 页脚) are no text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .lines import Line

_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/共，,]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－·\s]*")
_BARE = re.compile(r"\d{1,4}")
_SENTENCE = re.compile(r"[。；;：）)]\s*$|^\s*[（(]?[一二三四五六七八九十\d]+[）)、．.]")
LONGEST = 40
SAME = 3.0  # points; the height on the page
Pages = Sequence[Sequence[Line]]


def without_margins(pages: Pages) -> list[list[Line]]:
    """Lines of the pages without page numbers and without what is repeated at their heads and feet."""
    edges = [[*page[:2], *page[max(2, len(page) - 2) :]] for page in pages]
    counted: Counter[str] = Counter()
    for edge in edges:
        counted.update({_signature(line) for line in edge})
    usual = {s for s, n in counted.items() if len(pages) >= 3 and n > len(pages) / 2 and s}
    heads, numbers = _heads(pages), _bare_numbers(pages)
    out: list[list[Line]] = []
    for page, edge in zip(pages, edges, strict=True):
        gone = {id(line) for line in edge if _signature(line) in usual or _is_number(line) or id(line) in numbers or _place(line) in heads}
        out.append([line for line in page if id(line) not in gone])
    return out


def _is_number(line: Line) -> bool:
    words = line.text.strip()
    return bool(_PAGE_NUMBER.fullmatch(words)) and not _BARE.fullmatch(words)


def _bare_numbers(pages: Pages) -> set[int]:
    """Numbers without dashes that count with the pages: a lone number may as well be one of a list."""
    found = [(id(line), int(line.text) - n) for n, page in enumerate(pages, 1) for line in _apart(page) if _BARE.fullmatch(line.text.strip())]
    shifts = Counter(shift for _, shift in found)
    right = {shift for shift, n in shifts.items() if 2 * n >= len(pages) and (n > 1 or shift == 0)}
    return {key for key, shift in found if shift in right}


def _heads(pages: Pages) -> set[tuple[str, int]]:
    """(words, height) of lines that stand alone, at one height, in the same words, on two pages or more.

    So few pages prove little; so a head must be set apart from the text, and must not read like a sentence of it.
    """
    found = Counter(_place(line) for page in pages for line in _apart(page) if len(line.text.strip()) <= LONGEST and _signature(line))
    return {key for key, n in found.items() if n >= 2}


def _apart(page: Sequence[Line]) -> Iterator[Line]:
    """The first and the last line of a page, where they are set apart from the others."""
    if len(page) < 3:
        return
    pitches = sorted(b.top - a.top for a, b in pairwise(page))
    for line, following in ((page[0], page[1]), (page[-1], page[-2])):
        if abs(following.top - line.top) > 1.4 * pitches[len(pitches) // 4]:
            yield line


def _place(line: Line) -> tuple[str, int]:
    return line.text.strip(), round(line.top / SAME)


def _signature(line: Line) -> str:
    """The words with every number alike; empty for what is text: rows of tables, sentences."""
    words = line.text.strip()
    return "" if "\t" in words or _SENTENCE.search(words) else re.sub(r"[\d\s]+", "#", words)
