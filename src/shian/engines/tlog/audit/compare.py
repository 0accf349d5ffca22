"""Records against entries: two streams of digests, and where they part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from shian.core.tlog.tree import HASH_SIZE, split_hashes
from shian.core.words import say

from ..log import Log
from .finding import Finding, Progress

_WINDOW = (1 << 16) * HASH_SIZE


def compare_records(
    log: Log, digests: Iterable[bytes], progress: Progress | None = None, most: int = 100
) -> list[Finding]:
    """Compare record digests, in order, with the entries of the log; stops after ``most`` differences.

    ``digests`` are runs of one or more 32-byte digests. Both sides are read once, in step, and compared as
    runs of bytes. Where they part, the nearest place at which they meet again is sought, so one removed record
    among ten million is one finding and not millions of shifted ones.
    """
    size = log.size
    pair = _Pair(_Stream(blob for _, blob in log.bundles()), _Stream(iter(digests)))
    gaps: list[_Gap] = []
    unmatched = 0
    while pair.advance_equal(progress, size):
        gap = pair.resynchronise()
        gaps.append(gap)
        unmatched += max(len(gap.entries), len(gap.records))
        if unmatched >= most:
            break
    return sorted(_name(gaps), key=lambda f: (f.index, f.kind))[:most]


@dataclass(frozen=True)
class _Gap:
    """A stretch where entries from ``at_entry`` on and records from ``at_record`` on do not match."""

    at_entry: int
    entries: list[bytes]
    at_record: int
    records: list[bytes]


class _Stream:
    """Digests read ahead and not yet matched; ``at`` is the number of the first of them."""

    def __init__(self, runs: Iterator[bytes]) -> None:
        self._runs = runs
        self.window = b""
        self.at = 0

    def fill(self) -> None:
        """Read ahead to at least a window, or to the end."""
        parts, held = [self.window], len(self.window)
        while held < _WINDOW and (run := next(self._runs, b"")):
            parts.append(run)
            held += len(run)
        self.window = b"".join(parts)

    def drop(self, count: int) -> None:
        self.window = self.window[count * HASH_SIZE :]
        self.at += count


class _Pair:
    """Two streams read in step."""

    def __init__(self, entries: _Stream, records: _Stream) -> None:
        self._left, self._right = entries, records

    def _drop(self, entries: int, records: int) -> None:
        self._left.drop(entries)
        self._right.drop(records)

    def advance_equal(self, progress: Progress | None, size: int) -> bool:
        """Skip what is equal; False when both streams ended."""
        while True:
            self._left.fill()
            self._right.fill()
            common = min(len(self._left.window), len(self._right.window))
            equal = _equal(self._left.window[:common], self._right.window[:common])
            self._drop(equal, equal)
            if progress:
                progress(self._left.at, size)
            if equal < common // HASH_SIZE or not common:
                self._left.fill()
                self._right.fill()
                return bool(self._left.window or self._right.window)

    def resynchronise(self) -> _Gap:
        """Step over the fewest items after which both windows show the same digest."""
        left, right = split_hashes(self._left.window), split_hashes(self._right.window)
        place: dict[bytes, int] = {}
        for i, digest in enumerate(left):
            place.setdefault(digest, i)
        best = (len(left), len(right))
        for j, digest in enumerate(right):
            if j >= sum(best):
                break
            i = place.get(digest, -1)
            if i >= 0 and i + j < sum(best):
                best = (i, j)
        gap = _Gap(self._left.at, left[: best[0]], self._right.at, right[: best[1]])
        self._drop(*best)
        return gap


def _equal(left: bytes, right: bytes) -> int:
    """How many digests are equal from the start; both sides are of one length."""
    if left == right:
        return len(left) // HASH_SIZE
    differ = np.frombuffer(left, np.uint8) != np.frombuffer(right, np.uint8)
    return int(differ.argmax()) // HASH_SIZE


def _name(gaps: Sequence[_Gap]) -> Iterator[Finding]:
    """What is on both sides moved; what is in one gap on both sides changed; the rest went or came."""
    moved = Counter(d for g in gaps for d in g.entries) & Counter(d for g in gaps for d in g.records)
    for gap in gaps:
        entries = [(gap.at_entry + i, d) for i, d in enumerate(gap.entries)]
        records = [(gap.at_record + i, d) for i, d in enumerate(gap.records)]
        for index, digest in entries:
            if digest in moved:
                yield Finding("reordered", index, say("第 %(index)s 条：记录次序被调换", index=index))
        lost = [i for i, d in entries if d not in moved]
        come = [i for i, d in records if d not in moved]
        both = min(len(lost), len(come))
        for index in lost[:both]:
            yield Finding("altered", index, say("第 %(index)s 条：记录内容与入链时不同", index=index))
        for index in lost[both:]:
            yield Finding("removed", index, say("第 %(index)s 条：记录缺失", index=index))
        for index in come[both:]:
            yield Finding("inserted", index, say("第 %(index)s 处：多出未入链的记录", index=index))
