"""The live delta: what the store has learned since the snapshot, as small dictionaries.

Edges are only ever added or withdrawn (a correction, a late receipt that completes a dispatch); a withdrawn
edge of the snapshot is masked by its forward position.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from shian.core.errors import Missing
from shian.core.words import say

from .edges import Edge
from .snapshot import Snapshot


class NodeInfo(NamedTuple):
    """One node's columns."""

    place: int
    flags: int
    first: int
    last: int


@dataclass
class Overlay:
    """Edges by either end, masked positions, and the nodes that are new or have changed."""

    out: dict[int, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    into: dict[int, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    dead: set[int] = field(default_factory=set)
    nodes: dict[int, NodeInfo] = field(default_factory=dict)
    by_place: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    size: int = 0

    def add(self, edge: Edge) -> None:
        """One more edge."""
        self.out[edge.src].append(edge)
        self.into[edge.dst].append(edge)
        self.size += 1

    def withdraw(self, edge: Edge, snapshot: Snapshot) -> None:
        """Take ``edge`` back, wherever it lies. Raises ``LookupError`` if it is nowhere: the delta has a gap."""
        mine = self.out.get(edge.src, [])
        if edge in mine:
            mine.remove(edge)
            self.into[edge.dst].remove(edge)
            self.size -= 1
            return
        if edge.src < len(snapshot.nodes):
            first, end = (int(i) for i in snapshot.forward.indptr[edge.src : edge.src + 2])
            for position in range(first, end):
                if position not in self.dead and snapshot.edge(position) == edge:
                    self.dead.add(position)
                    return
        raise Missing("edge_unknown", say("要撤回的边不在索引中：%(edge)s", edge=edge))

    def put_node(self, node: int, info: NodeInfo) -> None:
        """A new or changed node."""
        self.nodes[node] = info
        self.by_place[info.place].add(node)
