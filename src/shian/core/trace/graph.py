"""The graph store: facts and edges in SQLite, kept in step with the journal inside its own transactions.

Every edge belongs to a *group*: the history of one thing, the carriage of one carrier, one process. When events
arrive, the groups that they mention are derived anew from all their facts and compared with what was stored; the
difference is the delta that readers pick up. So an event may come late, twice or be declared wrong: the graph is
always the one that the corrected journal implies, whatever the order of capture.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Protocol, cast

from shian.core.journal import Journal, Stored, View
from shian.core.journal.store import decode, transaction
from shian.core.trace.carriers import Link
from shian.core.trace.derive import Batch
from shian.core.trace.edges import NO_QUANTITY, Edge, Quantity, unscaled
from shian.core.trace.facts import Fact, facts
from shian.core.trace.names import EDGE_COLUMNS, Names, ensure_tables, many


class Listener(Protocol):
    """Told of changes of the graph inside the very transaction that makes them."""

    def changed(
        self, db: sqlite3.Connection, came: Sequence[Edge], went: Sequence[Edge], touched: Sequence[int]
    ) -> None:
        """Edges that came and went; nodes that are new, or whose first or last time or flags changed."""

    def rebuilt(self, db: sqlite3.Connection) -> None:
        """The whole graph was derived anew."""


_INSERT_EDGE = f"INSERT INTO edge (grp, {EDGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_INSERT_GONE = f"INSERT INTO gone (id, {EDGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608


class LoadedInBulk(ValueError):
    """The store was filled without events (a generated economy); nothing can be captured into it."""


class GraphStore:
    """The observer that keeps the graph. ``listeners`` are told of every change of edges."""

    def __init__(self, db: sqlite3.Connection, listeners: Sequence[Listener] = ()) -> None:
        self.listeners = list(listeners)
        ensure_tables(db)

    def stored(self, db: sqlite3.Connection, rows: Sequence[Stored], void: Sequence[int]) -> None:
        """See :class:`shian.core.journal.Observer`. Raises :class:`LoadedInBulk` for a store without its events."""
        if db.execute("SELECT 1 FROM graph_meta WHERE name = 'event_pattern'").fetchone():
            raise LoadedInBulk("这是批量装载的演示库，没有事件原文，只供查询；请采集到另一日志文件")
        names = Names(db)
        known = put_facts(names, rows, set(void))
        new = {row.seq for row in rows}
        earlier = [seq for seq in void if seq not in new]
        known += _void(names, earlier)
        batch = Batch(db, names, known)
        self._put(db, names, batch)

    def _put(self, db: sqlite3.Connection, names: Names, batch: Batch) -> None:
        groups = batch.groups()
        states = [s for links in groups.values() for link in links for s in (link.src, link.dst)]
        spans = batch.spans()
        touched = names.put_nodes([*states, *spans])
        touched += _put_spans(db, names, spans)
        db.executemany("INSERT INTO touched (node) VALUES (?)", [(n,) for n in touched])
        came, went = _put_edges(db, names, groups)
        if self.listeners:
            units: dict[int, str] = dict(db.execute("SELECT id, name FROM measure"))
            for listener in self.listeners:
                listener.changed(
                    db, [to_edge(c, units) for c in came], [to_edge(c, units) for c in went], touched
                )

    def rebuild(self, journal: Journal, chunk: int = 5000) -> None:
        """Derive everything anew from the journal, in one transaction. Snapshots taken before lose their validity."""
        db = journal.db
        with transaction(db):
            for table in ("fact", "edge", "gone", "touched"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608
            db.execute("UPDATE node SET flags = flags & 4, first = 4294967295, last = 0")
            db.execute("INSERT OR REPLACE INTO graph_meta VALUES ('generation', hex(randomblob(8)))")
            listeners, self.listeners = self.listeners, []
            try:
                after = 0
                while rows := list(journal.events(View.RECORDED, after=after, limit=chunk)):
                    after = rows[-1].seq
                    self.stored(db, rows, _declared(db, rows[0].seq, after))
            finally:
                self.listeners = listeners
            for listener in listeners:
                listener.rebuilt(db)


def put_facts(names: Names, rows: Sequence[Stored], void: set[int]) -> list[tuple[Fact, int, int]]:
    """Store the facts of ``rows``; returns (fact, number of its thing, number of its group) and seq as given."""
    told = [(row, n, fact) for row in rows for n, fact in enumerate(facts(row.event))]
    things = names.things(
        name for _, _, f in told for name in ((f.thing, f.group) if f.group else (f.thing,))
    )
    places = names.places(name for _, _, f in told for name in (f.at, f.own, f.peer))
    units = names.measures(f.measure for _, _, f in told)
    out = []
    values = []
    for row, n, f in told:
        group = things[f.group] if f.group else 0
        tie = int.from_bytes(row.digest[:7], "big")
        values.append((
            things[f.thing], row.seq, n, f.time, tie, int(f.act), f.unit, places[f.at], places[f.own],
            places[f.peer], f.papers, group, *(f.amount or (None, 0)), units[f.measure], row.seq in void,
        ))  # fmt: skip
        out.append((f, things[f.thing], group or -row.seq))
    names.db.executemany(f"INSERT INTO fact VALUES ({','.join('?' * 16)})", values)  # noqa: S608
    return out


def _void(names: Names, seqs: Sequence[int]) -> list[tuple[Fact, int, int]]:
    """Mark the facts of earlier events as void; returns them as :func:`put_facts` does."""
    out = []
    for seq in seqs:
        row = names.db.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()
        told = list(facts(decode(bytes(row[0]))))
        things = names.things(name for f in told for name in ((f.thing, f.group) if f.group else (f.thing,)))
        names.db.executemany(
            "UPDATE fact SET void = 1 WHERE thing = ? AND seq = ?", [(things[f.thing], seq) for f in told]
        )
        out += [(f, things[f.thing], things[f.group] if f.group else -seq) for f in told]
    return out


def _put_spans(
    db: sqlite3.Connection, names: Names, spans: dict[tuple[int, int], tuple[int, int, int]]
) -> list[int]:
    """Write (flags, first, last) where they changed; returns the nodes that did."""
    stored = {
        node: tuple(rest)
        for node, *rest in many(
            db, "SELECT id, flags, first, last FROM node WHERE id IN ({})", [names.nodes[s] for s in spans]
        )
    }
    changed = [(*span, names.nodes[s]) for s, span in spans.items() if stored[names.nodes[s]] != span]
    db.executemany("UPDATE node SET flags = ?, first = ?, last = ? WHERE id = ?", changed)
    return [node for *_, node in changed]


def _put_edges(
    db: sqlite3.Connection, names: Names, groups: dict[int, list[Link]]
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Replace the groups' edges; returns the columns of those that came and those that went."""
    stored: dict[int, dict[tuple[int, ...], int]] = {}
    for row in many(db, f"SELECT grp, id, {EDGE_COLUMNS} FROM edge WHERE grp IN ({{}})", groups):  # noqa: S608
        group, number, *columns = cast("tuple[int, ...]", row)
        stored.setdefault(group, {})[tuple(columns)] = number
    add: list[tuple[int, ...]] = []
    drop: list[tuple[int, ...]] = []
    for group, links in groups.items():
        old = stored.get(group, {})
        new = dict.fromkeys(_columns(link, names) for link in links)
        add += [(group, *columns) for columns in new if columns not in old]
        drop += [(number, *columns) for columns, number in old.items() if columns not in new]
    db.executemany("DELETE FROM edge WHERE id = ?", [(number,) for number, *_ in drop])
    db.executemany(_INSERT_GONE, drop)
    db.executemany(_INSERT_EDGE, add)
    return [columns[1:] for columns in add], [columns[1:] for columns in drop]


def _columns(link: Link, names: Names) -> tuple[int, ...]:
    src, dst, kind, t_out, t_in, seq, until, quantity = link
    amount = quantity or (0, NO_QUANTITY, 0)
    return (names.nodes[src], names.nodes[dst], int(kind), t_out, t_in, seq, until, *amount)


def to_edge(columns: Sequence[int], units: dict[int, str]) -> Edge:
    """An edge from the columns :data:`~shian.core.trace.names.EDGE_COLUMNS`."""
    src, dst, kind, t_out, t_in, seq, until, mantissa, scale, unit = columns
    quantity: Quantity | None = None if scale == NO_QUANTITY else unscaled(mantissa, scale, units[unit])
    return Edge(src, dst, kind, t_out, t_in, seq, until, quantity)


def read_edges(db: sqlite3.Connection, sql: str, arguments: Sequence[object] = ()) -> list[Edge]:
    """The edges that ``sql`` selects as :data:`~shian.core.trace.names.EDGE_COLUMNS`."""
    units: dict[int, str] = dict(db.execute("SELECT id, name FROM measure"))
    return [to_edge(row, units) for row in db.execute(sql, arguments)]


def _declared(db: sqlite3.Connection, first: int, last: int) -> list[int]:
    rows = db.execute(
        "SELECT seq FROM event WHERE seq BETWEEN ? AND ? AND event_id IN"
        " (SELECT event_id FROM event WHERE declares)",
        (first, last),
    )
    return [seq for (seq,) in rows]
