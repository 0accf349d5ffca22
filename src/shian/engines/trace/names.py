"""The tables of the graph, and numbers for names.

Things and places get small integers once and for all; a node is a pair of them. All tables are an index: they can be
emptied and derived anew from the journal at any time (:meth:`shian.engines.trace.graph.GraphStore.rebuild`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from shian.core.trace.carriers import DISCHARGE, LOAD, State
from shian.core.trace.edges import FOREVER, NodeFlag

SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT OR IGNORE INTO place VALUES (0, ''), (1, '#load'), (2, '#discharge');
CREATE TABLE IF NOT EXISTS measure (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT OR IGNORE INTO measure VALUES (0, '');
CREATE TABLE IF NOT EXISTS fact (
  thing INTEGER, seq INTEGER, n INTEGER, time INTEGER, tie INTEGER, act INTEGER, unit INTEGER, at INTEGER,
  own INTEGER, peer INTEGER, papers TEXT, grp INTEGER, mantissa INTEGER, scale INTEGER, measure INTEGER, void INTEGER DEFAULT 0,
  PRIMARY KEY (thing, seq, n)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS fact_group ON fact (grp) WHERE grp;
CREATE TABLE IF NOT EXISTS node (
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, place INTEGER NOT NULL, flags INTEGER DEFAULT 0,
  first INTEGER DEFAULT 4294967295, last INTEGER DEFAULT 0, UNIQUE (thing, place));
CREATE TABLE IF NOT EXISTS edge (
  id INTEGER PRIMARY KEY AUTOINCREMENT, grp INTEGER, src INTEGER, dst INTEGER, kind INTEGER, t_out INTEGER,
  t_in INTEGER, seq INTEGER, until INTEGER, mantissa INTEGER, scale INTEGER, measure INTEGER);
CREATE INDEX IF NOT EXISTS edge_group ON edge (grp);
CREATE INDEX IF NOT EXISTS edge_source ON edge (src);
CREATE TABLE IF NOT EXISTS gone (
  n INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER, src INTEGER, dst INTEGER, kind INTEGER, t_out INTEGER,
  t_in INTEGER, seq INTEGER, until INTEGER, mantissa INTEGER, scale INTEGER, measure INTEGER);
CREATE TABLE IF NOT EXISTS touched (n INTEGER PRIMARY KEY AUTOINCREMENT, node INTEGER);
CREATE TABLE IF NOT EXISTS graph_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

Span = tuple[int, int, int]
"""(flags, first, last) of a node."""

NEVER: Span = (0, FOREVER, 0)
"""The span of a state that no event has seen."""

EDGE_COLUMNS = "src, dst, kind, t_out, t_in, seq, until, mantissa, scale, measure"


def ensure_tables(db: sqlite3.Connection) -> None:
    """Make the tables where they are missing; opening a store that has them writes nothing."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'graph_meta'").fetchone():
        db.executescript(SCHEMA)


def many(db: sqlite3.Connection, sql: str, keys: Iterable[object]) -> list[Any]:
    """Rows of ``sql`` (with ``{}`` where the list belongs) for any number of keys, 500 at a time."""
    wanted = list(keys)
    out: list[Any] = []
    for i in range(0, len(wanted), 500):
        part = wanted[i : i + 500]
        out += db.execute(sql.format(",".join("?" * len(part))), part).fetchall()
    return out


class Names:
    """Numbers of names within one transaction. Nothing is remembered beyond it, so a rollback cannot leave a number
    behind that the database never kept."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.nodes: dict[State, int] = {}
        self.spans: dict[State, Span] = {}
        self._loaded: set[int] = set()

    def things(self, names: Iterable[str]) -> dict[str, int]:
        """Numbers of things, new ones given as needed."""
        return self._numbers("thing", names)

    def places(self, names: Iterable[str]) -> dict[str, int]:
        """Numbers of places; the empty name is 0, the unknown place."""
        return self._numbers("place", names)

    def measures(self, names: Iterable[str]) -> dict[str, int]:
        """Numbers of units of measure."""
        return self._numbers("measure", names)

    def _numbers(self, table: str, names: Iterable[str]) -> dict[str, int]:
        wanted = dict.fromkeys(names)
        select = f"SELECT name, id FROM {table} WHERE name IN ({{}})"  # noqa: S608
        found: dict[str, int] = dict(many(self.db, select, wanted))
        missing = [(name,) for name in wanted if name not in found]
        if missing:
            self.db.executemany(f"INSERT INTO {table} (name) VALUES (?)", missing)  # noqa: S608
            found.update(many(self.db, select, [name for (name,) in missing]))
        return found

    def load_nodes(self, things: Iterable[int]) -> None:
        """Read all nodes of ``things``, and their spans."""
        wanted = [t for t in set(things) if t not in self._loaded]
        self._loaded.update(wanted)
        sql = "SELECT id, thing, place, flags, first, last FROM node WHERE thing IN ({})"
        for node, thing, place, *span in many(self.db, sql, wanted):
            self.nodes[thing, place] = node
            self.spans[thing, place] = (span[0], span[1], span[2])

    def put_nodes(self, states: Iterable[State], spans: Mapping[State, Span]) -> list[int]:
        """Make sure that every state has a node, and every node of ``spans`` its span; returns the nodes that are new
        or have changed."""
        wanted = {*states, *spans}
        self.load_nodes({thing for thing, _ in wanted})
        changed = [(s, span) for s, span in spans.items() if s in self.nodes and self.spans[s] != span]
        self.db.executemany(
            "UPDATE node SET flags = ?, first = ?, last = ? WHERE id = ?",
            [(*span, self.nodes[state]) for state, span in changed],
        )
        first = int(self.db.execute("SELECT coalesce(max(id), -1) + 1 FROM node").fetchone()[0])
        self.spans.update(changed)
        new = {state: node for node, state in enumerate(sorted(wanted - self.nodes.keys()), first)}
        self.db.executemany(
            "INSERT INTO node (id, thing, place, flags, first, last) VALUES (?, ?, ?, ?, ?, ?)",
            [(node, *state, *spans.get(state, _blank(state))) for state, node in new.items()],
        )
        self.nodes.update(new)
        self.spans.update((state, spans.get(state, _blank(state))) for state in new)
        return [*(self.nodes[state] for state, _ in changed), *new.values()]


def _blank(state: State) -> Span:
    return (NodeFlag.CARRIER, FOREVER, 0) if state[1] in (LOAD, DISCHARGE) else NEVER
