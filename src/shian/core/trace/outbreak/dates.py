"""When a delivery left and arrived, as intervals, for the question "can this have become part of that?"

*Explicit*: the dates as written; a missing or incomplete one allows everything. *Inferred*: what must be so
because goods cannot be used before they arrive. Limits are pushed through the relations, first forward
(a product leaves no earlier than its inputs arrived), then backward (an input arrived no later than its
product left). Dates that contradict are taken for wrong and forgotten, then the limits are pushed once more.

After FoodChain-Lab's treatment of delivery dates; there the outcome can depend on the order of rows where
contradictory dates tie, here ties are broken by id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from .model import Network, PartialDate, natural_key

MODES = ("ignore", "explicit", "inferred")


@dataclass(slots=True)
class Window:
    """Earliest and latest day (ordinal numbers, ±inf when open) of departure and of arrival."""

    out_min: float
    out_max: float
    in_min: float
    in_max: float


def _days(value: PartialDate | None) -> tuple[float, float]:
    day = value.ordinal() if value else None
    return (-inf, inf) if day is None else (day, day)


def explicit_windows(network: Network) -> list[Window]:
    """The written dates of each delivery, in the order of the deliveries."""
    return [Window(*_days(d.date_out), *_days(d.date_in)) for d in network.deliveries]


def inferred_windows(network: Network) -> list[Window]:
    """The limits that follow from the written dates and the relations."""
    return _Inference(network).run()


class _Inference:
    def __init__(self, network: Network) -> None:
        self.written = explicit_windows(network)
        count = len(self.written)
        keys = [natural_key(d.id) for d in network.deliveries]
        self.by_id = sorted(range(count), key=keys.__getitem__)
        rank = np.empty(count, dtype=np.int64)
        rank[self.by_id] = np.arange(count)
        before, after = network.relation_index
        by_before = np.lexsort((rank[after], rank[before]))
        by_after = np.lexsort((rank[before], rank[after]))
        self.into: list[list[int]] = [[] for _ in range(count)]
        self.made_of: list[list[int]] = [[] for _ in range(count)]
        for start, end in zip(before[by_before].tolist(), after[by_before].tolist(), strict=True):
            self.into[start].append(end)
        for start, end in zip(before[by_after].tolist(), after[by_after].tolist(), strict=True):
            self.made_of[end].append(start)
        # a delivery that left after it arrived: neither date can be trusted
        self.wrong_out = [w.out_min > w.in_max for w in self.written]
        self.wrong_in = list(self.wrong_out)

    def run(self) -> list[Window]:
        windows = self._derive()
        if self._mark_contradictions(windows):
            windows = self._derive()
        return windows

    def _derive(self) -> list[Window]:
        windows = [self._start(i, w) for i, w in enumerate(self.written)]

        def later(before: int, after: int) -> None:
            limit, window = windows[before].in_min, windows[after]
            window.out_min = max(limit, window.out_min)
            window.in_min = max(limit, window.in_min)

        def earlier(after: int, before: int) -> None:
            limit, window = windows[after].out_max, windows[before]
            window.in_max = min(limit, window.in_max)
            window.out_max = min(limit, window.out_max)

        trusted = [i for i in self.by_id if not self.wrong_in[i]]
        _push(sorted(trusted, key=lambda i: -windows[i].in_min), self.into, later)
        trusted = [i for i in self.by_id if not self.wrong_out[i]]
        _push(sorted(trusted, key=lambda i: windows[i].out_max), self.made_of, earlier)
        return windows

    def _start(self, index: int, written: Window) -> Window:
        """Within one delivery: it arrives no earlier than it left."""
        out_min, out_max = (-inf, inf) if self.wrong_out[index] else (written.out_min, written.out_max)
        in_min, in_max = (-inf, inf) if self.wrong_in[index] else (written.in_min, written.in_max)
        return Window(out_min, min(out_max, in_max), max(out_min, in_min), in_max)

    def _mark_contradictions(self, windows: Sequence[Window]) -> bool:
        found = False
        for i, (written, window) in enumerate(zip(self.written, windows, strict=True)):
            if not self.wrong_out[i] and (
                written.out_min > window.out_max or written.out_max < window.out_min
            ):
                self.wrong_out[i] = found = True
            if not self.wrong_in[i] and (written.in_min > window.in_max or written.in_max < window.in_min):
                self.wrong_in[i] = found = True
        return found


def _push(order: Sequence[int], links: Sequence[Sequence[int]], limit: Callable[[int, int], None]) -> None:
    """Depth first from the tightest limit on; each delivery passes its limit on once."""
    done = bytearray(len(links))
    for root in order:
        if done[root]:
            continue
        done[root] = 1
        stack = [(root, iter(links[root]))]
        while stack:
            here, rest = stack[-1]
            for there in rest:
                limit(here, there)
                if not done[there]:
                    done[there] = 1
                    stack.append((there, iter(links[there])))
                    break
            else:
                stack.pop()
