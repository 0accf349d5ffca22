"""The counters behind automatic numbers, the same for DOCX and DOC: one a level, deeper levels start again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .formats import written


@dataclass(frozen=True, slots=True)
class Level:
    """``shape``: the printed text with ``%1`` … ``%9`` for the numbers of the levels."""

    kind: str = "decimal"
    shape: str = ""
    start: int = 1
    legal: bool = False  # all numbers in digits (isLgl)
    restarts_after: int | None = None  # the level (1 …) above which a new number starts this one again; 0: never


@dataclass
class Counters:
    """Counters of one list definition; lists that share it count on, unless they say where they begin."""

    values: dict[int, int] = field(default_factory=dict)

    def begin(self, starts: dict[int, int]) -> None:
        """A list that begins at numbers of its own."""
        for depth, start in starts.items():
            self.values[depth] = start - 1

    def label(self, levels: dict[int, Level], depth: int) -> str:
        """The number of the next paragraph on level ``depth``; empty for bullets."""
        level = levels.get(depth)
        if level is None:
            return ""
        self.values[depth] = self.values.get(depth, level.start - 1) + 1
        for deeper in [d for d in self.values if d > depth]:
            after = levels.get(deeper, level).restarts_after
            if after is None or depth < after:
                del self.values[deeper]
        if level.kind in ("bullet", "none"):
            return ""

        def number(m: re.Match[str]) -> str:
            at = int(m.group(1)) - 1
            one = levels.get(at, Level())
            kind = "decimal" if level.legal else one.kind
            return written(self.values.setdefault(at, one.start), kind)

        return re.sub(r"%([1-9])", number, level.shape)
