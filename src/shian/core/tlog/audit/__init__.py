"""Audit (核查): every record against the log, and the log against what others keep of it.

Two questions:

1. *Is the log itself whole?* Leaf hashes and all nodes are computed anew; stored tiles must agree, and the
   root at each trusted checkpoint (a witness' copy, a receipt) must be the root signed there.
2. *Are the records those that were logged?* The digests of the records, in order, must be the entries.
   What differs is named: altered, removed, inserted, reordered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from .checkpoint import Checkpoint
from .log import TILE_WIDTH, Log, split_hashes
from .tree import complete_root, leaf_hashes, tree_root

Progress = Callable[[int, int], None]
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. ``index`` is the entry (or first entry of the tile) it was found at."""

    kind: str  # altered | removed | inserted | reordered | tile | checkpoint
    index: int
    message: str


class _Rebuilt:
    """Roots of full tiles, level by level, computed from the entries alone."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = []

    def add(self, hashes: list[bytes]) -> None:
        """Take the leaf hashes of the next bundle; a bundle that is not full has no root yet."""
        if len(hashes) == TILE_WIDTH:
            self._push(0, complete_root(hashes))

    def _push(self, level: int, root: bytes) -> None:
        while True:
            if level == len(self.levels):
                self.levels.append([])
            row = self.levels[level]
            row.append(root)
            if len(row) % TILE_WIDTH:
                return
            level, root = level + 1, complete_root(row[-TILE_WIDTH:])


def check_log(
    log: Log, trusted: Sequence[Checkpoint] = (), progress: Progress | None = None
) -> list[Finding]:
    """Compute the whole tree anew and compare it with stored tiles and ``trusted`` checkpoints."""
    findings: list[Finding] = []
    size = log.size
    rebuilt = _Rebuilt()
    partial: dict[int, list[bytes]] = {}
    wanted = {c.size // TILE_WIDTH for c in trusted}
    for expected, (number, blob) in enumerate(log.bundles()):
        start = number * TILE_WIDTH
        if number != expected:
            return [Finding("tile", expected * TILE_WIDTH, f"第 {expected * TILE_WIDTH} 条起的条目块缺失")]
        hashes = leaf_hashes(split_hashes(blob))
        rebuilt.add(hashes)
        if number in wanted:
            partial[number] = hashes
        if progress and number % 1024 == 0:
            progress(start, size)
    findings += _check_tiles(log, rebuilt)
    for checkpoint in trusted:
        findings += _check_root(checkpoint, size, rebuilt, partial)
    return findings


def _check_tiles(log: Log, rebuilt: _Rebuilt) -> Iterator[Finding]:
    """Stored hashes of full tiles against those computed from the entries."""
    for level, row in enumerate(rebuilt.levels, start=1):
        for start in range(0, len(row), TILE_WIDTH):
            stored = log.tile(level, start // TILE_WIDTH)
            computed = row[start : start + TILE_WIDTH]
            for offset, (held, true) in enumerate(zip(stored, computed, strict=False)):
                if held != true:
                    first, width = (start + offset) << 8 * level, 1 << 8 * level
                    text = f"第 {first}–{first + width - 1} 条与其上层哈希不符：条目或哈希被改写"
                    yield Finding("tile", first, text)


def _check_root(
    checkpoint: Checkpoint, size: int, rebuilt: _Rebuilt, partial: dict[int, list[bytes]]
) -> list[Finding]:
    if checkpoint.size > size:
        text = f"检查点记有 {checkpoint.size} 条，日志只剩 {size} 条：末尾被截去"
        return [Finding("checkpoint", size, text)]

    def node(level: int, index: int) -> bytes:
        tile_level, rise = divmod(level, 8)
        if tile_level == 0:
            number, offset = divmod(index << rise, TILE_WIDTH)
            row = partial[number]
        else:
            row, offset = rebuilt.levels[tile_level - 1], index << rise
        return complete_root(row[offset : offset + (1 << rise)])

    if tree_root(checkpoint.size, node) == checkpoint.root:
        return []
    text = f"前 {checkpoint.size} 条的根与检查点不符：其中有条目被改写、删除或调换"
    return [Finding("checkpoint", checkpoint.size, text)]


def compare_records(
    log: Log, digests: Iterable[bytes], progress: Progress | None = None, most: int = 100
) -> list[Finding]:
    """Compare record digests, in order, with the entries of the log; stops after ``most`` differences.

    Both are read once, in step. Where they part, the nearest place at which they meet again is sought, so
    one removed record among ten million is one finding and not millions of shifted ones.
    """
    pair = _Pair(log.digests(), iter(digests))
    gaps: list[_Gap] = []
    unmatched = 0
    while pair.advance_equal():
        gap = pair.resynchronise()
        gaps.append(gap)
        unmatched += max(len(gap.entries), len(gap.records))
        if unmatched >= most:
            break
        if progress:
            progress(pair.at_entry, log.size)
    return sorted(_name(gaps), key=lambda f: (f.index, f.kind))[:most]


@dataclass(frozen=True)
class _Gap:
    """A stretch where entries from ``at_entry`` on and records from ``at_record`` on do not match."""

    at_entry: int
    entries: list[bytes]
    at_record: int
    records: list[bytes]


class _Pair:
    """Two streams read in step, each with a window that has been read but not yet matched."""

    def __init__(self, entries: Iterator[bytes], records: Iterator[bytes]) -> None:
        self._streams = (entries, records)
        self._left: list[bytes] = []
        self._right: list[bytes] = []
        self.at_entry = 0
        self.at_record = 0

    def _fill(self) -> None:
        self._left += islice(self._streams[0], max(_CHUNK - len(self._left), 0))
        self._right += islice(self._streams[1], max(_CHUNK - len(self._right), 0))

    def _drop(self, entries: int, records: int) -> None:
        del self._left[:entries], self._right[:records]
        self.at_entry += entries
        self.at_record += records

    def advance_equal(self) -> bool:
        """Skip what is equal; False when both streams ended."""
        while True:
            self._fill()
            if not self._left and not self._right:
                return False
            if self._left == self._right:
                self._drop(len(self._left), len(self._right))
                continue
            equal = 0
            for left, right in zip(self._left, self._right, strict=False):
                if left != right:
                    break
                equal += 1
            self._drop(equal, equal)
            if equal == 0 or (self._left and self._right):
                self._fill()
                return True

    def resynchronise(self) -> _Gap:
        """Step over the fewest items after which both windows show the same digest."""
        place: dict[bytes, int] = {}
        for i, digest in enumerate(self._left):
            place.setdefault(digest, i)
        best = (len(self._left), len(self._right))
        for j, digest in enumerate(self._right):
            if j >= sum(best):
                break
            i = place.get(digest, -1)
            if i >= 0 and i + j < sum(best):
                best = (i, j)
        gap = _Gap(self.at_entry, self._left[: best[0]], self.at_record, self._right[: best[1]])
        self._drop(*best)
        return gap


def _name(gaps: Sequence[_Gap]) -> Iterator[Finding]:
    """What is on both sides moved; what is in one gap on both sides changed; the rest went or came."""
    moved = Counter(d for g in gaps for d in g.entries) & Counter(d for g in gaps for d in g.records)
    for gap in gaps:
        entries = [(gap.at_entry + i, d) for i, d in enumerate(gap.entries)]
        records = [(gap.at_record + i, d) for i, d in enumerate(gap.records)]
        for index, digest in entries:
            if digest in moved:
                yield Finding("reordered", index, f"第 {index} 条：记录次序被调换")
        lost = [i for i, d in entries if d not in moved]
        come = [i for i, d in records if d not in moved]
        both = min(len(lost), len(come))
        for index in lost[:both]:
            yield Finding("altered", index, f"第 {index} 条：记录内容与入链时不同")
        for index in lost[both:]:
            yield Finding("removed", index, f"第 {index} 条：记录缺失")
        for index in come[both:]:
            yield Finding("inserted", index, f"第 {index} 处：多出未入链的记录")
