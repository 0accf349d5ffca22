"""The graph as the store holds it, for those who must answer inside a capturing transaction.

A :class:`~shian.engines.trace.live.LiveIndex` sees what is committed; a standing recall has to know what is being
committed right now. Looking things up here costs a query each, so it serves few states at a time.
"""

from __future__ import annotations

import sqlite3

from shian.core.trace.edges import Edge
from shian.core.trace.overlay import NodeInfo

from .names import EDGE_COLUMNS
from .rows import read_edges

_INDEXES = """
CREATE INDEX IF NOT EXISTS edge_target ON edge (dst);
CREATE INDEX IF NOT EXISTS node_place ON node (place);
"""


def index_for_contact(db: sqlite3.Connection) -> None:
    """Make the two indexes that contact needs and nobody else: a store without such questions is spared them."""
    for statement in _INDEXES.strip().splitlines():
        db.execute(statement)


class StoredGraph:
    """States and edges by query; see :class:`shian.core.trace.contact.Rooms`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def node(self, node: int) -> NodeInfo:
        """One node's columns. Raises ``KeyError`` for a node that does not exist."""
        row = self.db.execute("SELECT place, flags, first, last FROM node WHERE id = ?", (node,)).fetchone()
        if row is None:
            raise KeyError(node)
        return NodeInfo(*row)

    def at(self, place: int) -> list[int]:
        """All nodes at a place, ascending."""
        return [n for (n,) in self.db.execute("SELECT id FROM node WHERE place = ? ORDER BY id", (place,))]

    def edges(self, node: int, *, forward: bool) -> list[Edge]:
        """The edges that leave (or enter) a node."""
        end = "src" if forward else "dst"
        return read_edges(self.db, f"SELECT {EDGE_COLUMNS} FROM edge WHERE {end} = ?", (node,))  # noqa: S608
