"""Facts, spans and edges as rows of the store: written, compared, read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import cast

from shian.core.journal import Stored
from shian.core.journal.store import decode
from shian.core.trace.carriers import Link
from shian.core.trace.edges import NO_QUANTITY, Edge, Quantity, unscaled
from shian.core.trace.facts import Fact, facts
from shian.core.trace.names import EDGE_COLUMNS, Names, many

INSERT_EDGE = f"INSERT INTO edge (grp, {EDGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_INSERT_GONE = f"INSERT INTO gone (id, {EDGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608


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


def void_facts(names: Names, seqs: Sequence[int]) -> list[tuple[Fact, int, int]]:
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


def put_spans(
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


def replace_edges(
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
        new = dict.fromkeys(edge_columns(link, names) for link in links)
        add += [(group, *columns) for columns in new if columns not in old]
        drop += [(number, *columns) for columns, number in old.items() if columns not in new]
    db.executemany("DELETE FROM edge WHERE id = ?", [(number,) for number, *_ in drop])
    db.executemany(_INSERT_GONE, drop)
    db.executemany(INSERT_EDGE, add)
    return [columns[1:] for columns in add], [columns[1:] for columns in drop]


def edge_columns(link: Link, names: Names) -> tuple[int, ...]:
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
