"""Whole numbers out of requests: ``int`` takes forty digits and ``isdigit`` takes ``²``; no database does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MOST = 2**63 - 1
"""The largest key either database stores."""


def whole(value: Any, most: int = MOST) -> int | None:
    """``value`` as a whole number from 0 to ``most``; None for anything else."""
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    return found if (found := int(text)) <= most else None


def keys(values: Iterable[Any]) -> list[int]:
    """Those of ``values`` that can be keys of rows."""
    return [key for value in values if (key := whole(value)) is not None]
