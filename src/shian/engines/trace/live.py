"""The live index: a snapshot and everything captured since, in step with the store.

Any number of processes map one snapshot and read the store's tail on their own; none of them waits for another.
:meth:`LiveIndex.refresh` costs one pragma when nothing has happened, so it can run before every answer, and what
another process captured is in the next one.
"""

from __future__ import annotations

import sqlite3
from itertools import islice
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from shian.core.trace.edges import Edge, EdgeTable, Int32
from shian.core.trace.overlay import NodeInfo, Overlay
from shian.core.trace.snapshot import Nodes, Progress, Snapshot, build
from shian.core.trace.walk import Walker
from shian.engines.journal.store import refuse_foreign

from .names import EDGE_COLUMNS, ensure_tables
from .rows import to_edge
from .saved import current, load, save

MOST_LIVE_EDGES = 100_000
"""Edges in the overlay beyond which the index is built anew in memory."""


class LiveIndex:
    """The graph of the store at ``path``. ``folder`` may hold a saved snapshot; without one, or with one of an
    earlier generation, the index is built in memory. One index a thread."""

    def __init__(self, path: Path | str, folder: Path | None = None) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, timeout=20, check_same_thread=False)
        refuse_foreign(self.db)
        ensure_tables(self.db)
        self.folder = folder
        self._open()

    def __enter__(self) -> LiveIndex:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.db.close()

    def _open(self) -> None:
        self._version = -1
        self.generation = generation(self.db)
        snapshot = None
        if self.folder is not None and (name := current(self.folder)):
            snapshot = _load(self.folder)
            if not name.startswith(f"{self.generation}-"):
                snapshot = None
        self.snapshot: Snapshot = snapshot or read_snapshot(self.db)
        self.marks = (self.snapshot.edge_mark, self.snapshot.gone_mark, self.snapshot.node_mark)
        self.overlay = Overlay()
        self.walker = Walker(self.snapshot, self.overlay)
        self.refresh()

    def refresh(self) -> bool:
        """Take in what was committed since the last call; tells whether there was anything."""
        version = int(self.db.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version:
            return False
        self._version = version
        self.db.execute("BEGIN")
        try:
            if generation(self.db) != self.generation:
                self.db.execute("COMMIT")
                self._open()
                return True
            changed = self._tail()
        finally:
            if self.db.in_transaction:
                self.db.execute("COMMIT")
        if self.overlay.size + len(self.overlay.dead) > MOST_LIVE_EDGES:
            self.folder = None
            self._open()
        return changed

    def _tail(self) -> bool:
        edge_mark, gone_mark, node_mark = self.marks
        units: dict[int, str] = dict(self.db.execute("SELECT id, name FROM measure"))
        went = self.db.execute(
            f"SELECT n, id, {EDGE_COLUMNS} FROM gone WHERE n > ? ORDER BY n",  # noqa: S608
            (gone_mark,),
        ).fetchall()
        came = self.db.execute(
            f"SELECT id, {EDGE_COLUMNS} FROM edge WHERE id > ? ORDER BY id",  # noqa: S608
            (edge_mark,),
        ).fetchall()
        for n, number, *columns in went:
            gone_mark = n
            if number <= edge_mark:  # else it came and went unseen
                self.overlay.withdraw(to_edge(columns, units), self.snapshot)
        for number, *columns in came:
            edge_mark = number
            self.overlay.add(to_edge(columns, units))
        # an edge that came and went unseen may have had the highest number
        edge_mark = max([edge_mark, *(number for _, number, *_ in went)])
        touched = self.db.execute(
            "SELECT max(t.n), n.id, n.place, n.flags, n.first, n.last FROM touched t JOIN node n ON n.id = t.node"
            " WHERE t.n > ? GROUP BY n.id",
            (node_mark,),
        ).fetchall()
        for mark, node, place, flags, first, last in touched:
            node_mark = max(node_mark, mark)
            self.overlay.put_node(node, NodeInfo(place, flags, first, last))
        self.marks = (edge_mark, gone_mark, node_mark)
        return bool(went or came or touched)

    def node(self, node: int) -> NodeInfo:
        """One node's columns. Raises ``KeyError`` for a node that does not exist."""
        found = self.overlay.nodes.get(node)
        if found is not None:
            return found
        nodes = self.snapshot.nodes
        if not 0 <= node < len(nodes):
            raise KeyError(node)
        return NodeInfo(
            int(nodes.place[node]), int(nodes.flags[node]), int(nodes.first[node]), int(nodes.last[node])
        )

    def at(self, place: int) -> list[int]:
        """All nodes at a place, ascending."""
        return sorted({*map(int, self.snapshot.at(place)), *self.overlay.by_place.get(place, ())})

    def edges(self, node: int, *, forward: bool) -> list[Edge]:
        """The edges that leave (or enter) a node now."""
        side = self.snapshot.forward if forward else self.snapshot.backward
        out: list[Edge] = []
        if node < len(side.indptr) - 1:
            for i in range(int(side.indptr[node]), int(side.indptr[node + 1])):
                position = i if forward else int(self.snapshot.position[i])
                if position not in self.overlay.dead:
                    out.append(self.snapshot.edge(position))
        return out + (self.overlay.out if forward else self.overlay.into).get(node, [])

    def degree(self, node: int, *, forward: bool) -> int:
        """How many edges leave (or enter) a node now."""
        if self.overlay.dead:
            return len(self.edges(node, forward=forward))
        side = self.snapshot.forward if forward else self.snapshot.backward
        extra = len((self.overlay.out if forward else self.overlay.into).get(node, ()))
        if node >= len(side.indptr) - 1:
            return extra
        return int(side.indptr[node + 1]) - int(side.indptr[node]) + extra

    def flags(self, nodes: Int32) -> list[int]:
        """The flags of many nodes."""
        out = [0] * len(nodes)
        old = np.flatnonzero(nodes < len(self.snapshot.nodes))
        for i, flags in zip(old.tolist(), self.snapshot.nodes.flags[nodes[old]].tolist(), strict=True):
            out[i] = flags
        if self.overlay.nodes:
            for i, node in enumerate(nodes.tolist()):
                if node in self.overlay.nodes:
                    out[i] = self.overlay.nodes[node].flags
        return out

    def degrees(self, nodes: Int32, *, forward: bool) -> list[int]:
        """:meth:`degree` of many nodes."""
        if self.overlay.size or self.overlay.dead:
            return [self.degree(n, forward=forward) for n in nodes.tolist()]
        side = self.snapshot.forward if forward else self.snapshot.backward
        known = nodes.clip(max=max(len(side.indptr) - 2, 0))
        degree = side.indptr[known + 1].astype(np.int64) - side.indptr[known] if len(side.indptr) > 1 else known * 0
        out: list[int] = np.where(nodes < len(side.indptr) - 1, degree, 0).tolist()
        return out

    def save(self, folder: Path, progress: Progress | None = None) -> Path:
        """Build a snapshot of the whole store and save it in ``folder``; later indexes start from it."""
        return save(read_snapshot(self.db, progress), folder, self.generation)


def generation(db: sqlite3.Connection) -> str:
    """Changes whenever the graph is derived anew, which makes earlier snapshots worthless."""
    row = db.execute("SELECT value FROM graph_meta WHERE name = 'generation'").fetchone()
    return str(row[0]) if row else "0"


def _load(folder: Path) -> Snapshot | None:
    """The snapshot in force; tried again if a builder has just replaced it."""
    for _ in range(3):
        try:
            return load(folder)
        except FileNotFoundError:
            continue
    return None


def read_snapshot(db: sqlite3.Connection, progress: Progress | None = None) -> Snapshot:
    """A snapshot of the store's present state, read in one transaction."""
    outer = db.in_transaction
    if not outer:
        db.execute("BEGIN")
    try:
        units = [name for _, name in sorted(db.execute("SELECT id, name FROM measure"))]
        e = _columns(db, f"SELECT id, {EDGE_COLUMNS} FROM edge ORDER BY id", 11, "读取追溯关系", progress)  # noqa: S608
        n = _columns(db, "SELECT place, flags, first, last FROM node ORDER BY id", 4, "读取批次状态", progress)
        marks = [
            int(db.execute(sql).fetchone()[0])
            for sql in (
                "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'edge'",
                "SELECT coalesce(max(n), 0) FROM gone",
                "SELECT coalesce(max(n), 0) FROM touched",
            )
        ]
    finally:
        if not outer:
            db.execute("COMMIT")
    if progress:
        progress("排序建索引", 0, 0)
    table = EdgeTable(
        e[1].astype(np.int32), e[2].astype(np.int32), e[3].astype(np.uint8), e[4].astype(np.uint32),
        e[5].astype(np.uint32), e[6].astype(np.int32), e[7].astype(np.uint32), e[8],
        e[9].astype(np.uint8), e[10].astype(np.uint16), tuple(units),
    )  # fmt: skip
    nodes = Nodes(
        n[0].astype(np.int32), n[1].astype(np.uint8), n[2].astype(np.uint32), n[3].astype(np.uint32)
    )
    return build(table, nodes, (marks[0], marks[1], marks[2]))


def _columns(
    db: sqlite3.Connection, sql: str, width: int, what: str, progress: Progress | None, chunk: int = 200_000
) -> list[npt.NDArray[np.int64]]:
    """The columns of many integer rows, read in chunks so that no list of all rows ever exists."""
    table = sql.partition(" FROM ")[2].split()[0]
    total = int(db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608
    rows = db.execute(sql)
    parts = [np.empty((0, width), np.int64)]
    while part := list(islice(rows, chunk)):
        parts.append(np.array(part, np.int64))
        if progress:
            progress(what, sum(map(len, parts)), total)
    return [np.concatenate([p[:, i] for p in parts]) for i in range(width)]
