"""Progress of long work on stderr: a line that moves on a terminal, a line every few seconds in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO


class Progress:
    """Call it with what is being done, how much is done, of how much (0: not known). Quick work says nothing.

    Never writes to stdout. ``clock`` tells seconds; use as a context manager, which clears the moving line.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream = stream or sys.stderr
        self.clock = clock
        self.moving = self.stream.isatty()
        self.every = 0.2 if self.moving else 5.0
        self.last = clock()
        self.shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self.shown and self.moving:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def __call__(self, what: str, done: int, total: int = 0) -> None:
        now = self.clock()
        if now - self.last < self.every:
            return
        self.last = now
        self.shown = True
        text = (
            what
            + (f" {done:,}" if done else " …")
            + (f" / {total:,}（{done * 100 // total}%）" if total else "")
        )
        self.stream.write(f"\r{text}\x1b[K" if self.moving else f"{text}\n")
        self.stream.flush()
