"""Following a recall through the store itself, inside the transaction that changes it.

Names in the rules (:mod:`shian.core.recall.rules`) may belong to holders, lots and events that no event has told of
yet, so they are looked up anew at every change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from shian.core.recall.rules import Rules
from shian.core.trace.contact import Contact, spread
from shian.engines.trace.names import many
from shian.engines.trace.stored import StoredGraph

NEVER = 2**32
Row = tuple[int, int, int, int, int]
"""(src, dst, t_out, t_in, seq) of an edge."""


class Following:
    """``rules`` in force on the store as it is now. A kill step stops a start only if another start leads to it."""

    def __init__(self, db: sqlite3.Connection, rules: Rules, starts: Collection[int]) -> None:
        self.db = db
        self.rules = rules
        self.starts = starts
        self._events = set(self._ids("SELECT seq FROM event WHERE event_id IN ({})", rules.kill_events))
        self._places = set(self._ids("SELECT id FROM place WHERE name IN ({})", rules.kill_places))
        self._things = set(self._ids("SELECT id FROM thing WHERE name IN ({})", rules.kill_things))
        self._free = self._unreached() if rules.kills else set()
        rooms = self._ids("SELECT id FROM place WHERE name IN ({})", rules.contact_places)
        self.contact = Contact(frozenset(rooms), rules.contact_carriers, rules.contact_window)

    def _ids(self, sql: str, names: Iterable[str]) -> list[int]:
        return [n for (n,) in many(self.db, sql, names)]

    def _unreached(self) -> set[int]:
        rows = many(self.db, "SELECT src, dst FROM edge WHERE src IN ({})", self.starts)
        return set(self.starts) - {dst for src, dst in rows if src != dst}

    def arrivals(self, rows: Collection[Row], since: Mapping[int, int]) -> dict[int, int]:
        """Earliest arrival at the other end of those edges in ``rows`` that may be taken from nodes affected ``since``."""
        stopped = self._stopped({row[0] for row in rows})
        timed, events = self.rules.timed, self._events
        out: dict[int, int] = {}
        for src, dst, t_out, t_in, seq in rows:
            if src in stopped or seq in events or (timed and t_out < since[src]):
                continue
            when = t_in if timed else 0
            if when < out.get(dst, NEVER):
                out[dst] = when
        return out

    def _stopped(self, nodes: set[int]) -> set[int]:
        if not self._places and not self._things:
            return set()
        rows = many(self.db, "SELECT id, place, thing FROM node WHERE id IN ({})", nodes - self._free)
        return {n for n, place, what in rows if place in self._places or what in self._things}

    def reach(
        self,
        seeds: Mapping[int, int],
        known: Callable[[Iterable[int]], Mapping[int, int]] = lambda nodes: {},
    ) -> dict[int, int]:
        """Node → affected since, of all that ``seeds`` reach earlier than is ``known`` already."""
        label: dict[int, int] = {}
        frontier = dict(seeds)
        while frontier:
            before = known([n for n in frontier if n not in label])
            frontier = {n: t for n, t in frontier.items() if t < label.get(n, before.get(n, NEVER))}
            label.update(frontier)
            rows = many(self.db, "SELECT src, dst, t_out, t_in, seq FROM edge WHERE src IN ({})", frontier)
            frontier = self.arrivals(rows, frontier)
        return label

    def anew(self, moment: int) -> dict[int, int]:
        """Node → affected since, of all that the starts reach, contact included."""
        seeds = dict.fromkeys(self.starts, moment if self.rules.timed else 0)
        if not self.contact:
            return self.reach(seeds)
        walk: Any = lambda starts: self.reach({n: t if self.rules.timed else 0 for n, t in starts.items()})  # noqa: E731
        return dict(spread(StoredGraph(self.db), seeds, walk, self.contact)[0])
