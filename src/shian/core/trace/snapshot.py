"""The snapshot: both directions of the graph in compressed sparse rows.

Row ``n`` of a :class:`Side` lists the edges leaving node ``n`` (forward) or entering it (backward). The columns are
arrays, wherever they lie: in memory, or mapped from the files of :mod:`shian.engines.trace.saved`. A snapshot is
never changed; what was captured since lies in the overlay (:mod:`shian.core.trace.overlay`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shian.core.errors import Invalid
from shian.core.words import say

from .edges import FOREVER, Edge, EdgeTable, Int32, Int64, UInt8, UInt16, UInt32, unscaled

Progress = Callable[[str, int, int], None]
"""Told now and then of long work: what is being done, how much of it is done, of how much."""


@dataclass(frozen=True)
class Nodes:
    """Node columns of length ``N``: number of the place, flags, first and last time seen there (seconds)."""

    place: Int32
    flags: UInt8
    first: UInt32
    last: UInt32

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True)
class Side:
    """One direction. Edge ``i`` of node ``n``: ``indptr[n] <= i < indptr[n + 1]``.

    Going **forward**, ``depart`` is the time the edge leaves its source and ``arrive`` the time it counts for
    its target. Going **backward** both are bit complements of the opposite ends, so that one rule serves both
    directions: an edge can be taken if ``depart >= label[n]``, and the smallest ``arrive`` labels the other end.
    """

    indptr: UInt32
    other: Int32
    depart: UInt32
    arrive: UInt32

    @property
    def nbytes(self) -> int:
        return sum(a.nbytes for a in (self.indptr, self.other, self.depart, self.arrive))


@dataclass(frozen=True)
class Payload:
    """What an answer tells about an edge, by forward position; read only for edges in the answer."""

    event: Int32
    kind: UInt8
    mantissa: Int64
    scale: UInt8
    unit: UInt16
    pack: UInt32  # forward positions of intervals, ascending
    until: UInt32  # and their ends


@dataclass(frozen=True)
class Snapshot:
    """Both sides, the payload, the nodes, and how far the store had come (``edge_mark``, ``gone_mark``)."""

    forward: Side
    backward: Side
    position: UInt32  # forward position of each backward edge
    payload: Payload
    nodes: Nodes
    by_place: UInt32  # indptr of ``at_place``
    at_place: Int32
    units: tuple[str, ...]
    edge_mark: int = 0
    gone_mark: int = 0
    node_mark: int = 0

    def edge(self, position: int) -> Edge:
        """The edge at a forward position."""
        f, p = self.forward, self.payload
        src = int(np.searchsorted(f.indptr, position, side="right")) - 1
        return Edge(
            src,
            int(f.other[position]),
            int(p.kind[position]),
            int(f.depart[position]),
            int(f.arrive[position]),
            int(p.event[position]),
            self.until(position),
            unscaled(int(p.mantissa[position]), int(p.scale[position]), self.units[int(p.unit[position])]),
        )

    def edges(self, positions: Int64) -> list[Edge]:
        """The edges at many forward positions, in that order."""
        f, p = self.forward, self.payload
        src = np.searchsorted(f.indptr, positions, side="right") - 1
        until = np.full(len(positions), FOREVER, np.int64)
        if len(p.pack):
            at = np.searchsorted(p.pack, positions).clip(max=len(p.pack) - 1)
            packed = p.pack[at] == positions
            until[packed] = p.until[at[packed]]
        amounts = (
            unscaled(m, s, self.units[u])
            for m, s, u in zip(
                p.mantissa[positions].tolist(), p.scale[positions].tolist(), p.unit[positions].tolist(), strict=True
            )
        )
        columns = (src, f.other[positions], p.kind[positions], f.depart[positions], f.arrive[positions], p.event[positions])
        return list(map(Edge._make, zip(*(c.tolist() for c in columns), until.tolist(), amounts, strict=True)))

    def until(self, position: int) -> int:
        """The end of the interval of the edge at a forward position."""
        pack = self.payload.pack
        at = int(np.searchsorted(pack, position))
        found = at < len(pack) and int(pack[at]) == position
        return int(self.payload.until[at]) if found else FOREVER

    def at(self, place: int) -> Int32:
        """The nodes at a place, ascending."""
        if not 0 <= place < len(self.by_place) - 1:
            return np.empty(0, np.int32)
        return self.at_place[self.by_place[place] : self.by_place[place + 1]]


def build(edges: EdgeTable, nodes: Nodes, marks: tuple[int, int, int] = (0, 0, 0)) -> Snapshot:
    """Sort ``edges`` into both directions. Edges must name nodes below ``len(nodes)``; at most 2^32 - 1 edges.

    The order within a node is by time, then by the other end, so that equal graphs give equal snapshots.
    """
    count = len(nodes)
    ends = (edges.src, edges.dst)
    if len(edges) and not (min(e.min() for e in ends) >= 0 and max(e.max() for e in ends) < count):
        raise Invalid("node_unknown", say("边引用了不存在的节点：节点数 %(count)s", count=count))
    order = _order(edges.src, edges.t_out, edges.dst)
    edges = edges.take(order)
    forward = Side(_indptr(edges.src, count), edges.dst, edges.t_out, edges.t_in)
    back = _order(edges.dst, ~edges.t_in, edges.src)
    backward = Side(
        _indptr(edges.dst[back], count), edges.src[back], ~edges.t_in[back], ~edges.t_out[back]
    )
    pack = np.flatnonzero(edges.until != FOREVER)
    payload = Payload(
        edges.event, edges.kind, edges.mantissa, edges.scale, edges.unit,
        pack.astype(np.uint32), edges.until[pack],
    )  # fmt: skip
    places = int(nodes.place.max()) + 1 if count else 0
    at_place = np.argsort(nodes.place, kind="stable").astype(np.int32)
    return Snapshot(
        forward, backward, back.astype(np.uint32), payload, nodes,
        _indptr(nodes.place, places), at_place, edges.units, *marks,
    )  # fmt: skip


def _order(node: Int32, time: UInt32, other: Int32) -> npt.NDArray[np.intp]:
    """Rows by node, then time, then other end. One 64-bit key sorts several times faster than ``lexsort``."""
    order = np.argsort((time.astype(np.int64) << 31) | other, kind="stable")
    return order[np.argsort(node[order], kind="stable")]


def _indptr(keys: Int32, count: int) -> UInt32:
    indptr = np.zeros(count + 1, np.uint32)
    np.cumsum(np.bincount(keys, minlength=count), out=indptr[1:])
    return indptr
