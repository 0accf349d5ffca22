"""A piece of the source with marks, cut for display (原文定位)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """``kind`` says how it is shown, ``key`` what it leads to."""

    start: int
    end: int
    kind: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under at most one mark."""

    text: str
    mark: Mark | None = None


def pieces(text: str, start: int, end: int, marks: Iterable[Mark]) -> list[Piece]:
    """``text[start:end]`` cut at its marks. Joined, the pieces are that text again.

    Of overlapping marks the one that begins first stands, of two that begin together the shorter.
    """
    out: list[Piece] = []
    at = start
    for mark in sorted(marks, key=lambda m: (m.start, m.end)):
        a, b = max(mark.start, at), min(mark.end, end)
        if a >= b or mark.start < at:
            continue
        if a > at:
            out.append(Piece(text[at:a]))
        out.append(Piece(text[a:b], mark))
        at = b
    if at < end:
        out.append(Piece(text[at:end]))
    return out


def around(text: str, start: int, end: int, reach: int = 90) -> tuple[str, str]:
    """What the paragraph says before and after a span: one sentence each, at most ``reach`` characters."""
    before, after = text[max(0, start - reach) : start], text[end : end + reach]
    before = before[max(before.rfind("。"), before.rfind("\n")) + 1 :].lstrip()
    stop = min((i for i in (after.find("。"), after.find("\n")) if i >= 0), default=len(after))
    return before, after[: stop + 1].rstrip()
