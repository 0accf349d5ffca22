"""Which states can be reached? Level by level, without recursion, safe on cycles, in a fixed order.

The rule of time: an edge may be taken if it leaves its source no earlier than the moment from which the source
is affected; its target is affected from the edge's arrival on. The label of a node is the earliest such moment;
a node reached again *earlier* is walked again, so labels end as the least fixed point and no order of edges
matters (label-correcting search; cf. B. B. Xuan, A. Ferreira, A. Jarry, *Computing shortest, fastest, and
foremost journeys in dynamic networks*, 2003). Backward, the same search runs on complemented times: the
latest moment at which a source can still have mattered.

Most traces touch a few dozen states: plain Python over mapped memory answers them in microseconds. A frontier
that grows is handed to numpy, which moves a hundred thousand states in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt

from .edges import FOREVER, Edge, Int32, Int64, UInt32
from .overlay import Overlay
from .snapshot import Side, Snapshot

SMALL = 512
"""Edges of a level up to which the plain walk is used."""


@dataclass(frozen=True)
class Query:
    """What to follow.

    ``starts`` are (node, time): forward from that moment on, backward from the past before it. ``timed=False``
    ignores time. ``depth`` bounds the number of steps. A walk arrives at ``stop`` nodes (a kill step: heating,
    destruction, 杀菌或销毁) and goes no further; it does not take edges of ``stop_events``.
    """

    forward: bool
    starts: tuple[tuple[int, int], ...]
    timed: bool = True
    depth: int | None = None
    stop: frozenset[int] = frozenset()
    stop_events: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reach:
    """The answer in numbers: ``nodes`` by depth, then number; ``times`` the moment from which (forward) or up to
    which (backward) each is affected; ``positions`` the snapshot's edges taken (forward positions, each once);
    ``extra`` the overlay's."""

    nodes: Int32
    depths: Int32
    times: UInt32
    positions: Int64
    extra: tuple[Edge, ...]


@dataclass
class _Walk:
    """A walk in progress. ``found[k]`` are the nodes first reached at depth ``k``."""

    label: dict[int, int]
    frontier: list[int]
    found: list[list[int]]
    taken: dict[int, list[int]] = field(default_factory=dict)
    extra: dict[int, list[Edge]] = field(default_factory=dict)


class _View:
    """One direction of snapshot and overlay. ``blocked`` tells whether an edge (by index) must not be taken."""

    def __init__(self, snapshot: Snapshot, overlay: Overlay, forward: bool) -> None:
        self.side: Side = snapshot.forward if forward else snapshot.backward
        self.forward = forward
        self.count = len(self.side.indptr) - 1
        self.position = None if forward else snapshot.position
        self.event = snapshot.payload.event
        self.extra = overlay.out if forward else overlay.into
        self.dead = overlay.dead
        self.cells = tuple(
            a.data for a in (self.side.indptr, self.side.other, self.side.depart, self.side.arrive)
        )

    def positions(self, index: Int64) -> Int64:
        """Forward positions of edges by index."""
        return index if self.position is None else self.position[index].astype(np.int64)

    def blocked_one(self, stop_events: frozenset[int]) -> Callable[[int], bool] | None:
        """The block as a test on one edge, or None where nothing is blocked."""
        if not self.dead and not stop_events:
            return None
        position, dead, event = self.position, self.dead, self.event

        def blocked(index: int) -> bool:
            at = index if position is None else int(position[index])
            return at in dead or int(event[at]) in stop_events

        return blocked

    def unblocked(self, index: Int64, stop_events: frozenset[int]) -> Int64:
        """The edges of ``index`` that may be taken."""
        if self.dead or stop_events:
            at = self.positions(index)
            bad = np.isin(at, np.fromiter(self.dead, np.int64, len(self.dead)))
            if stop_events:
                bad |= np.isin(self.event[at], np.fromiter(stop_events, np.int64, len(stop_events)))
            index = index[~bad]
        return index

    def extras(self, node: int, label: int, query: Query) -> list[tuple[Edge, int, int]]:
        """(edge, other end, arrival) of the overlay's edges that can be taken at ``node``."""
        out = []
        for edge in self.extra.get(node, ()):
            if self.forward:
                other, depart, arrive = edge.dst, edge.t_out, edge.t_in
            else:
                other, depart, arrive = edge.src, FOREVER - edge.t_in, FOREVER - edge.t_out
            if edge.event not in query.stop_events and (depart >= label or not query.timed):
                out.append((edge, other, arrive if query.timed else 0))
        return out


class Walker:
    """Answers queries over one snapshot and its overlay. Holds scratch memory: one walker a thread."""

    def __init__(self, snapshot: Snapshot, overlay: Overlay | None = None) -> None:
        self.snapshot = snapshot
        self.overlay = overlay if overlay is not None else Overlay()
        self._views = {way: _View(snapshot, self.overlay, way) for way in (True, False)}
        self._scratch: UInt32 = np.empty(0, np.uint32)

    def reach(self, query: Query) -> Reach:
        """Everything that ``query`` reaches, its starts included."""
        view = self._views[query.forward]
        label: dict[int, int] = {}
        for node, time in query.starts:
            at = (time if query.forward else FOREVER - time) if query.timed else 0
            label[node] = min(at, label.get(node, FOREVER))
        starts = sorted(label)
        walk = _Walk(label, list(starts), [starts])
        _walk_small(view, query, walk)
        if walk.frontier and not _at_limit(query, walk):
            return self._walk_large(view, query, walk)
        nodes = [n for level in walk.found for n in sorted(level)]
        return _reach(
            query, view, walk.found, nodes, [label[n] for n in nodes],
            np.fromiter(chain.from_iterable(walk.taken.values()), np.int64),
            chain.from_iterable(walk.extra.values()),
        )  # fmt: skip

    def _walk_large(self, view: _View, query: Query, walk: _Walk) -> Reach:
        size = max(view.count, max(walk.label) + 1, max(self.overlay.nodes, default=-1) + 1)
        if len(self._scratch) < size:
            self._scratch = np.full(size, FOREVER, np.uint32)
        label = self._scratch
        known = np.fromiter(walk.label, np.int64, len(walk.label))
        label[known] = np.fromiter(walk.label.values(), np.uint32, len(walk.label))
        found = [np.array(sorted(level), np.int64) for level in walk.found]
        try:
            taken, extra = _levels(view, query, walk, label, found)
            nodes = np.concatenate(found)
            return _reach(query, view, found, nodes, label[nodes], taken, extra)
        finally:
            label[np.concatenate(found)] = FOREVER


def _at_limit(query: Query, walk: _Walk) -> bool:
    return query.depth is not None and len(walk.found) > query.depth


def _walk_small(view: _View, query: Query, walk: _Walk) -> None:
    """Walk level by level until done or until a level has more than :data:`SMALL` edges."""
    indptr, label, count = view.cells[0], walk.label, view.count
    blocked = view.blocked_one(query.stop_events)
    while walk.frontier and not _at_limit(query, walk):
        frontier = [n for n in walk.frontier if n not in query.stop] if query.stop else walk.frontier
        degree = 0
        for node in frontier:
            if node < count:
                degree += indptr[node + 1] - indptr[node]
        if degree > SMALL:
            return
        fresh: dict[int, int] = {}
        for node in frontier:
            _leave(view, query, walk, node, blocked, fresh)
        new, better = [], []
        for node, time in fresh.items():
            known = label.get(node)
            if known is None:
                new.append(node)
            elif time >= known:
                continue
            better.append(node)
            label[node] = time
        walk.found.append(new)
        walk.frontier = sorted(better)
    for node in walk.frontier:  # the limit stops what has become earlier from being walked again, but not its edges
        if node in walk.taken:
            _leave(view, query, walk, node, blocked, {})


def _leave(
    view: _View, query: Query, walk: _Walk, node: int, blocked: Callable[[int], bool] | None, fresh: dict[int, int]
) -> None:
    """Take the edges at ``node``; the earliest arrival at each other end goes into ``fresh``."""
    indptr, other, depart, arrive = view.cells
    at, timed, mine = walk.label[node], query.timed, []
    for i in range(indptr[node], indptr[node + 1]) if node < view.count else ():
        if (timed and depart[i] < at) or (blocked is not None and blocked(i)):
            continue
        mine.append(i)
        end, when = other[i], arrive[i] if timed else 0
        if when < fresh.get(end, FOREVER):
            fresh[end] = when
    walk.taken[node] = mine
    if node in view.extra:
        extras = view.extras(node, at, query)
        walk.extra[node] = [edge for edge, _, _ in extras]
        for _, end, when in extras:
            fresh[end] = min(when, fresh.get(end, FOREVER))


def _levels(
    view: _View, query: Query, walk: _Walk, label: UInt32, found: list[Int64]
) -> tuple[Int64, list[Edge]]:
    """The remaining levels in numpy; returns the edges taken. ``found`` and ``label`` are brought up to date."""
    taken = [np.fromiter(chain.from_iterable(walk.taken.values()), np.int64)]
    extra = list(chain.from_iterable(walk.extra.values()))
    frontier = np.array(walk.frontier, np.int64)
    changed = np.fromiter(view.extra, np.int64, len(view.extra))
    again = any(n in walk.taken for n in walk.frontier)
    while len(frontier) and (query.depth is None or len(found) <= query.depth):
        frontier = _without(frontier, query.stop)
        index = _edges(view, query, frontier, label)
        ends = view.side.other[index].astype(np.int64)
        when = view.side.arrive[index] if query.timed else np.zeros(len(index), np.uint32)
        for node in frontier[np.isin(frontier, changed)] if len(changed) else ():
            more = view.extras(int(node), int(label[node]), query)
            extra += [edge for edge, _, _ in more]
            ends = np.append(ends, np.array([end for _, end, _ in more], np.int64))
            when = np.append(when, np.array([t for _, _, t in more], np.uint32))
        taken.append(index)
        before = label[ends]
        better = when < before
        ends, when, before = ends[better], when[better], before[better]
        frontier = new = _unique(ends)
        if np.any(before != FOREVER):  # some were reached already, later
            again, new = True, _unique(ends[before == FOREVER])
        while len(ends):  # of several arrivals at one node the earliest stays
            label[ends] = when
            if not query.timed:
                break
            late = label[ends] > when
            ends, when = ends[late], when[late]
        found.append(new)
    if again:  # nodes walked twice have given edges twice: collect once more, with the final labels
        walked = np.concatenate(found if query.depth is None else found[: query.depth])
        walked = _without(walked, query.stop)
        taken = [_edges(view, query, walked, label)]
        extra = [e for n in walked if int(n) in view.extra for e, _, _ in view.extras(int(n), int(label[n]), query)]
    return np.concatenate(taken), extra


def _edges(view: _View, query: Query, nodes: Int64, label: UInt32) -> Int64:
    """Indices of the edges that can be taken at ``nodes``."""
    nodes = nodes[nodes < view.count]
    start = view.side.indptr[nodes].astype(np.int64)
    degree = view.side.indptr[nodes + 1] - start
    ends = np.cumsum(degree)
    index = np.repeat(start - ends + degree, degree)
    index += np.arange(len(index))
    if query.timed:
        index = index[view.side.depart[index] >= np.repeat(label[nodes], degree)]
    return view.unblocked(index, query.stop_events)


def _unique(nodes: Int64) -> Int64:
    narrow = np.sort(nodes.astype(np.int32))  # half the bytes, less than half the time
    keep = np.ones(len(narrow), np.bool_)
    np.not_equal(narrow[1:], narrow[:-1], out=keep[1:])
    return narrow[keep].astype(np.int64)


def _without(nodes: Int64, stop: frozenset[int]) -> Int64:
    return nodes[~np.isin(nodes, np.fromiter(stop, np.int64, len(stop)))] if stop else nodes


def _reach(
    query: Query,
    view: _View,
    found: Sequence[Sequence[int] | Int64],
    nodes: npt.ArrayLike,
    labels: npt.ArrayLike,
    taken: Int64,
    extra: Iterable[Edge],
) -> Reach:
    depths = np.repeat(np.arange(len(found), dtype=np.int32), [len(level) for level in found])
    times = np.asarray(labels, np.uint32)
    return Reach(
        np.asarray(nodes, np.int32),
        depths,
        times if query.forward else FOREVER - times,
        view.positions(taken),
        tuple(sorted(extra, key=lambda e: e[:7])),
    )
