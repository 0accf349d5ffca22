"""Page numbers and running heads (页眉, 页脚) are no text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from .lines import Line

_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/共，,]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－·\s]*")
_SENTENCE = re.compile(r"[。；;：）)]\s*$|^\s*[（(]?[一二三四五六七八九十\d]+[）)、．.]")
LONGEST = 40
SAME = 3.0  # points; the height on the page


def without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Lines of the pages without page numbers and without what is repeated at their heads and feet."""
    edges = [[*page[:2], *page[max(2, len(page) - 2) :]] for page in pages]
    counted: Counter[str] = Counter()
    for edge in edges:
        counted.update({_signature(line) for line in edge})
    usual = {s for s, n in counted.items() if len(pages) >= 3 and n > len(pages) / 2 and s}
    heads = _heads(pages)
    out: list[list[Line]] = []
    for page, edge in zip(pages, edges, strict=True):
        gone = {id(line) for line in edge if _signature(line) in usual or _PAGE_NUMBER.fullmatch(line.text.strip()) or (line.text.strip(), round(line.top / SAME)) in heads}
        out.append([line for line in page if id(line) not in gone])
    return out


def _heads(pages: Sequence[Sequence[Line]]) -> set[tuple[str, int]]:
    """(words, height) of lines that stand alone, at one height, in the same words, on two pages or more.

    So few pages prove little; so a head must be set apart from the text, and must not read like a sentence of it.
    """
    found: Counter[tuple[str, int]] = Counter()
    for page in pages:
        if len(page) < 3:
            continue
        pitches = sorted(b.top - a.top for a, b in pairwise(page))
        pitch = pitches[len(pitches) // 4]
        for line, next_to in ((page[0], page[1]), (page[-1], page[-2])):
            words = line.text.strip()
            apart = abs(next_to.top - line.top) > 1.4 * pitch
            if apart and "\t" not in words and len(words) <= LONGEST and not _SENTENCE.search(words):
                found[words, round(line.top / SAME)] += 1
    return {key for key, n in found.items() if n >= 2}


def _signature(line: Line) -> str:
    words = line.text.strip()
    return "" if "\t" in words or _SENTENCE.search(words) else re.sub(r"[\d\s]+", "#", words)
