"""What an audit reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Told how many entries of how many are done."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. ``index`` is the entry, or the first of the entries, that it concerns."""

    kind: str  # altered | removed | inserted | reordered | tile | checkpoint
    index: int
    message: str
