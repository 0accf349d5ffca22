"""From scores to answers: which few sources explain all cases, and which cannot be told apart.

Sources that lead to exactly the same cases are *indistinguishable*: no trace can prefer one of them, so they
count as one answer. An *explaining set* (最小解释集) is a smallest group of sources that together reach every
case that any source reaches (minimum set cover).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .model import natural_key


@dataclass(frozen=True)
class Candidate:
    """Sources with one and the same set of cases."""

    ids: tuple[str, ...]
    cases: int  # bit set

    @property
    def count(self) -> int:
        """Number of cases reached."""
        return self.cases.bit_count()


@dataclass(frozen=True)
class Explanation:
    """Smallest sets found, the number of cases explained, and whether smaller ones are ruled out."""

    sets: tuple[tuple[Candidate, ...], ...]
    explained: int
    proved_smallest: bool


def candidates(sets: Mapping[str, int]) -> list[Candidate]:
    """Group sources by their cases; most cases first, then natural order of the first id."""
    groups: dict[int, list[str]] = {}
    for source, bits in sets.items():
        if bits:
            groups.setdefault(bits, []).append(source)
    found = [Candidate(tuple(sorted(ids, key=natural_key)), bits) for bits, ids in groups.items()]
    return sorted(found, key=lambda c: (-c.count, natural_key(c.ids[0])))


def explaining_sets(sets: Mapping[str, int], most: int = 20, effort: int = 200_000) -> Explanation:
    """Smallest sets of sources that reach all reachable cases; at most ``most`` of them.

    Exact by branching on the case with the fewest sources, deeper step by step; after ``effort`` steps the
    greedy set (largest gain first) is given instead, marked as not proved smallest.
    """
    pool = _undominated(candidates(sets))
    wanted = 0
    for candidate in pool:
        wanted |= candidate.cases
    if not wanted:
        return Explanation((), 0, True)
    greedy = _greedy(pool, wanted)
    search = _Search(pool, most, effort)
    for size in range(1, len(greedy) + 1):
        found = search.covers(wanted, size)
        if search.effort <= 0:
            return Explanation((tuple(greedy),), wanted.bit_count(), False)
        if found:
            return Explanation(tuple(found), wanted.bit_count(), True)
    raise AssertionError("the greedy cover is a cover")


def _undominated(pool: list[Candidate]) -> list[Candidate]:
    """Leave out what reaches only a part of what another one reaches: it is never needed."""
    kept: list[Candidate] = []
    for candidate in pool:  # larger sets come first
        if not any(candidate.cases | other.cases == other.cases for other in kept):
            kept.append(candidate)
    return kept


def _greedy(pool: list[Candidate], wanted: int) -> list[Candidate]:
    chosen: list[Candidate] = []
    while wanted:
        best = max(pool, key=lambda c: (c.cases & wanted).bit_count())
        chosen.append(best)
        wanted &= ~best.cases
    return chosen


class _Search:
    def __init__(self, pool: list[Candidate], most: int, effort: int) -> None:
        self.pool, self.most, self.effort = pool, most, effort
        self.by_case: dict[int, list[int]] = {}
        for i, candidate in enumerate(pool):
            for case in _bits(candidate.cases):
                self.by_case.setdefault(case, []).append(i)
        self.largest = max((c.count for c in pool), default=0)

    def covers(self, wanted: int, size: int) -> list[tuple[Candidate, ...]]:
        """All covers of ``wanted`` with ``size`` candidates, up to ``most``."""
        found: dict[tuple[int, ...], None] = {}
        pending: list[tuple[int, tuple[int, ...]]] = [(wanted, ())]
        while pending and len(found) < self.most and self.effort > 0:
            self.effort -= 1
            left, chosen = pending.pop()
            if not left:
                found[tuple(sorted(chosen))] = None
                continue
            if (size - len(chosen)) * self.largest < left.bit_count():
                continue
            case = min(_bits(left), key=lambda c: len(self.by_case[c]))
            for i in reversed(self.by_case[case]):
                pending.append((left & ~self.pool[i].cases, (*chosen, i)))
        return [tuple(self.pool[i] for i in chosen) for chosen in sorted(found)]


def _bits(value: int) -> Iterator[int]:
    while value:
        low = value & -value
        yield low.bit_length() - 1
        value ^= low
