"""Who can be reached from whom – for many starting points at once, with cycles, without recursion.

A set of starting points is an integer used as a bit set: bit *i* stands for case *i*. One pass over the
strongly connected components (Tarjan 1972, made iterative) gives every node its set: inside a cycle
(returns, rework) all nodes have the same one, and components come out in the order in which sets can be
handed on. Time is linear in nodes and edges, whatever the order of the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class Links:
    """Directed edges between nodes ``0..count-1``; build by :meth:`add`, then read :meth:`rows`."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._from: list[int] = []
        self._to: list[int] = []
        self._parts: list[tuple[IntArray, IntArray]] = []

    def node(self) -> int:
        """Make one more node and return its number."""
        self.count += 1
        return self.count - 1

    def add(self, start: int, end: int) -> None:
        """One edge; repeated edges do no harm."""
        self._from.append(start)
        self._to.append(end)

    def add_all(self, starts: IntArray, ends: IntArray) -> None:
        """Many edges, as parallel arrays."""
        self._parts.append((starts, ends))

    def arrays(self) -> tuple[IntArray, IntArray]:
        """All edges as parallel arrays of starts and ends."""
        own = (np.asarray(self._from, dtype=np.int64), np.asarray(self._to, dtype=np.int64))
        starts, ends = zip(*self._parts, own, strict=True)
        return np.concatenate(starts), np.concatenate(ends)

    def rows(self) -> tuple[list[int], list[int]]:
        """CSR form: successors of ``n`` are ``targets[offsets[n]:offsets[n + 1]]``."""
        starts, ends = self.arrays()
        order = np.argsort(starts, kind="stable")
        offsets = np.zeros(self.count + 1, dtype=np.int64)
        np.cumsum(np.bincount(starts, minlength=self.count), out=offsets[1:])
        return offsets.tolist(), ends[order].tolist()

    def only(self, starts: BoolArray, ends: BoolArray) -> Links:
        """The edges between different nodes whose start and end are allowed.

        The masks cover the first nodes; helper nodes behind them are always allowed.
        """
        more = np.ones(self.count - len(starts), dtype=bool)
        first, last = self.arrays()
        keep = np.concatenate((starts, more))[first] & np.concatenate((ends, more))[last] & (first != last)
        other = Links(self.count)
        other.add_all(first[keep], last[keep])
        return other

    def reversed(self) -> Links:
        """The same edges the other way round."""
        other = Links(self.count)
        starts, ends = self.arrays()
        other.add_all(ends, starts)
        return other


def components(links: Links, roots: Iterable[int]) -> list[list[int]]:
    """Strongly connected components reachable from ``roots``, each after all that it leads to."""
    offsets, targets = links.rows()
    number = [0] * links.count  # order of discovery, 0 = not yet
    low = [0] * links.count
    place = offsets[:-1]
    closed = bytearray(links.count)
    found: list[list[int]] = []
    path: list[int] = []
    counter = 0
    for root in roots:
        if number[root]:
            continue
        counter += 1
        number[root] = low[root] = counter
        path.append(root)
        calls = [root]
        while calls:
            node = calls[-1]
            at = place[node]
            if at < offsets[node + 1]:
                place[node] = at + 1
                after = targets[at]
                if not number[after]:
                    counter += 1
                    number[after] = low[after] = counter
                    path.append(after)
                    calls.append(after)
                elif not closed[after] and number[after] < low[node]:
                    low[node] = number[after]
                continue
            calls.pop()
            if calls and low[node] < low[calls[-1]]:
                low[calls[-1]] = low[node]
            if low[node] == number[node]:
                found.append(_close(node, path, closed))
    return found


def _close(node: int, path: list[int], closed: bytearray) -> list[int]:
    component: list[int] = []
    while True:
        member = path.pop()
        closed[member] = 1
        component.append(member)
        if member == node:
            return component


def spread(links: Links, seeds: dict[int, int]) -> list[int]:
    """Hand the bit sets of ``seeds`` (node → set) on along the edges; the set of every node."""
    offsets, targets = links.rows()
    held = [0] * links.count
    for node, bits in seeds.items():
        held[node] |= bits
    for component in reversed(components(links, seeds)):
        bits = 0
        for node in component:
            bits |= held[node]
        for node in component:
            held[node] = bits
            for at in range(offsets[node], offsets[node + 1]):
                after = targets[at]
                if held[after] | bits != held[after]:
                    held[after] |= bits
    return held


def gather(links: Links, marks: Sequence[int]) -> list[int]:
    """For every node, the union of the marks of all nodes reached over at least one edge.

    ``marks`` has one bit set a node. A node reaches itself only over a cycle of two nodes or more.
    """
    offsets, targets = links.rows()
    held = [0] * links.count
    for component in components(links, range(links.count)):
        bits = 0
        for node in component:
            if len(component) > 1:
                bits |= marks[node]
            for at in range(offsets[node], offsets[node + 1]):
                after = targets[at]
                if after != node:
                    bits |= held[after] | marks[after]
        for node in component:
            held[node] = bits
    return held


def reached(links: Links, starts: Iterable[int]) -> list[int]:
    """Nodes reached from ``starts``, these included, in no particular order."""
    offsets, targets = links.rows()
    seen = bytearray(links.count)
    found: list[int] = []
    for start in starts:
        if not seen[start]:
            seen[start] = 1
            found.append(start)
    for node in found:  # grows while it is read
        for after in targets[offsets[node] : offsets[node + 1]]:
            if not seen[after]:
                seen[after] = 1
                found.append(after)
    return found


def direct(links: Links, starts: Iterable[int], count: int) -> set[int]:
    """Nodes below ``count`` that follow on ``starts`` at once, or through helper nodes (``count`` on)."""
    offsets, targets = links.rows()
    found: set[int] = set()
    seen: set[int] = set()
    pending = list(starts)
    while pending:
        node = pending.pop()
        for after in targets[offsets[node] : offsets[node + 1]]:
            if after < count:
                found.add(after)
            elif after not in seen:
                seen.add(after)
                pending.append(after)
    return found


def weigh(sets: Sequence[int], weights: Sequence[float]) -> list[float]:
    """Sum of ``weights`` over the bits of each set; equal sets are summed once."""
    distinct = sorted(set(sets))
    width = max((len(weights) + 7) // 8, 1)
    column = np.zeros(width * 8)
    column[: len(weights)] = weights
    sums: dict[int, float] = {}
    for start in range(0, len(distinct), 4096):
        part = distinct[start : start + 4096]
        packed = np.frombuffer(b"".join(s.to_bytes(width, "little") for s in part), dtype=np.uint8)
        bits = np.unpackbits(packed.reshape(len(part), width), axis=1, bitorder="little")
        sums.update(zip(part, (bits @ column).tolist(), strict=True))
    return [sums[s] for s in sets]
