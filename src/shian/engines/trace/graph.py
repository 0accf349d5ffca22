"""The graph store: facts and edges in SQLite, kept in step with the journal inside its own transactions.

Every edge belongs to a *group*: the history of one thing, the carriage of one carrier, one process. When events
arrive, the groups that they mention are derived anew from all their facts and compared with what was stored; the
difference is the delta that readers pick up. So an event may come late, twice or be declared wrong: the graph is
always the one that the corrected journal implies, whatever the order of capture.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Protocol

from shian.core.errors import Told
from shian.core.trace.edges import Edge
from shian.core.trace.snapshot import Progress
from shian.core.words import say
from shian.engines.journal import Journal, Stored
from shian.engines.journal.store import transaction

from .derive import Batch
from .names import Names, ensure_tables
from .rebuild import derive_all
from .rows import put_facts, replace_edges, to_edge, void_facts


class Listener(Protocol):
    """Told of changes of the graph inside the very transaction that makes them."""

    def changed(
        self, db: sqlite3.Connection, came: Sequence[Edge], went: Sequence[Edge], touched: Sequence[int]
    ) -> None:
        """Edges that came and went; nodes that are new, or whose first or last time or flags changed."""

    def rebuilt(self, db: sqlite3.Connection) -> None:
        """The whole graph was derived anew."""


class LoadedInBulk(Told, ValueError):
    """The store was filled without events (a generated economy); nothing can be captured into it."""


class GraphStore:
    """The observer that keeps the graph. ``listeners`` are told of every change of edges."""

    def __init__(self, db: sqlite3.Connection, listeners: Sequence[Listener] = ()) -> None:
        self.listeners = list(listeners)
        ensure_tables(db)

    def stored(self, db: sqlite3.Connection, rows: Sequence[Stored], void: Sequence[int]) -> None:
        """See :class:`shian.engines.journal.Observer`. Raises :class:`LoadedInBulk` for a store without its events."""
        if db.execute("SELECT 1 FROM graph_meta WHERE name = 'event_pattern'").fetchone():
            raise LoadedInBulk(
                "loaded_in_bulk", say("这是批量装载的演示库，没有事件原文，只供查询；请采集到另一日志文件")
            )
        names = Names(db)
        known = put_facts(names, rows, set(void))
        new = {row.seq for row in rows}
        earlier = [seq for seq in void if seq not in new]
        known += void_facts(names, earlier)
        batch = Batch(db, names, known)
        self._put(db, names, batch)

    def _put(self, db: sqlite3.Connection, names: Names, batch: Batch) -> None:
        groups = batch.groups()
        states = {s for links in groups.values() for link in links for s in link[:2]}
        touched = names.put_nodes(states, batch.spans())
        db.executemany("INSERT INTO touched (node) VALUES (?)", [(n,) for n in touched])
        came, went = replace_edges(db, names, groups)
        if self.listeners:
            units: dict[int, str] = dict(db.execute("SELECT id, name FROM measure"))
            for listener in self.listeners:
                listener.changed(
                    db, [to_edge(c, units) for c in came], [to_edge(c, units) for c in went], touched
                )

    def rebuild(self, journal: Journal, progress: Progress | None = None) -> None:
        """Derive everything anew from the journal, in one transaction; listeners are told at its end. Snapshots taken
        before lose their validity."""
        with transaction(journal.db):
            derive_all(journal, progress or (lambda what, done, total: None))
            for listener in self.listeners:
                listener.rebuilt(journal.db)
