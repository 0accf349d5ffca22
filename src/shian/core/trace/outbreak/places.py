"""The network as numbers: deliveries by position, stations by position, groups taken as one station.

Both scoring modes need the same lists – who sends what, who receives what – and the same answer to "every
arrival may be in every departure" at a place with cross-contamination. Writing that out as pairs would cost
arrivals × departures; a chain of helper nodes through the departures, sorted by time, says the same in
arrivals + departures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .model import Network
from .reach import BoolArray, Links


class Places:
    """``sources[d]`` and ``targets[d]`` are station positions; ``ids`` names them, groups come last."""

    def __init__(self, network: Network, groups: Mapping[str, Sequence[str]]) -> None:
        self.network = network
        self.ids = [s.id for s in network.stations] + list(groups)
        self.index = {name: i for i, name in enumerate(self.ids)}
        inside = {member: self.index[name] for name, members in groups.items() for member in members}
        self.contained = frozenset(self.index[m] for m in inside)
        places = {s.id: inside.get(s.id, self.index[s.id]) for s in network.stations}
        self.sources = [places[d.source] for d in network.deliveries]
        self.targets = [places[d.target] for d in network.deliveries]
        self.incoming = Grouped(self.targets, len(self.ids))
        self.outgoing = Grouped(self.sources, len(self.ids))

    def mask(self, positions: set[int], count: int) -> BoolArray:
        """True at these positions of ``count``."""
        mask = np.zeros(count, dtype=bool)
        mask[list(positions)] = True
        return mask

    def stations(self, ids: Sequence[str]) -> set[int]:
        """Positions of station or group ids."""
        return {self.index[i] for i in ids}

    def deliveries(self, ids: Sequence[str]) -> set[int]:
        """Positions of delivery ids."""
        return {self.network.delivery_index[i] for i in ids}


class Grouped:
    """Positions by group: ``grouped[g]`` lists, ascending, where ``groups`` is ``g``."""

    def __init__(self, groups: Sequence[int], count: int) -> None:
        held = np.asarray(groups, dtype=np.int64)
        self._order: list[int] = np.argsort(held, kind="stable").tolist()
        self._offsets = [0, *np.cumsum(np.bincount(held, minlength=count)).tolist()]

    def __getitem__(self, group: int) -> list[int]:
        return self._order[self._offsets[group] : self._offsets[group + 1]]


def link_all(
    links: Links,
    starts: Sequence[int],
    ends: Sequence[int],
    not_after: Callable[[int], Any],
    latest: Callable[[int], Any],
) -> None:
    """Link each start to every end with ``not_after(start) <= latest(end)``, itself excepted.

    The ends are sorted by ``latest``; helper node *k* leads to end *k* and to helper *k* + 1, so a start
    needs one edge, to the first end that qualifies.
    """
    ordered = sorted(ends, key=latest)
    bounds = [latest(e) for e in ordered]
    chain = [links.node() for _ in ordered]
    for k, end in enumerate(ordered):
        links.add(chain[k], end)
        if k:
            links.add(chain[k - 1], chain[k])
    both = set(starts) & set(ends)
    for start in starts:
        bound = not_after(start)
        first = _first_at_least(bounds, bound)
        if start in both:  # a helper node would lead it back to itself
            for end in ordered[first:]:
                if end != start:
                    links.add(start, end)
        elif first < len(ordered):
            links.add(start, chain[first])


def _first_at_least(bounds: Sequence[Any], value: Any) -> int:
    low, high = 0, len(bounds)
    while low < high:
        middle = (low + high) // 2
        if bounds[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
