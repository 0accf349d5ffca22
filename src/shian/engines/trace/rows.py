"""Facts, spans and edges as rows of the store: written, compared, read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from shian.core.trace.carriers import Link
from shian.core.trace.edges import NO_QUANTITY, Edge, Quantity, unscaled
from shian.core.trace.facts import Fact, facts
from shian.engines.journal import Stored
from shian.engines.journal.store import decode

from .names import EDGE_COLUMNS, Names, many

INSERT_EDGE = f"INSERT INTO edge (grp, {EDGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_INSERT_GONE = f"INSERT INTO gone (id, {EDGE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_UNKNOWN = (0, NO_QUANTITY, 0)


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
        time, act, name, unit, at, own, peer, papers, carrier, amount, measure = f
        seq, number, group = row.seq, things[name], things[carrier] if carrier else 0
        values.append((
            number, seq, n, time, int.from_bytes(row.digest[:7], "big"), int(act), unit, places[at], places[own],
            places[peer], papers, group, *(amount or (None, 0)), units[measure], seq in void,
        ))  # fmt: skip
        out.append((f, number, group or -seq))
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


def replace_edges(
    db: sqlite3.Connection, names: Names, groups: dict[int, list[Link]]
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Replace the groups' edges; returns the columns of those that came and those that went."""
    sql = f"SELECT id, grp, {EDGE_COLUMNS} FROM edge WHERE grp IN ({{}})"  # noqa: S608
    old: dict[tuple[int, ...], int] = {row[1:]: row[0] for row in many(db, sql, groups)}
    new = edge_rows(((group, link) for group, links in groups.items() for link in links), names)
    add = [row for row in new if row not in old]
    drop = [(number, *row[1:]) for row, number in old.items() if row not in new]
    db.executemany("DELETE FROM edge WHERE id = ?", [(number,) for number, *_ in drop])
    db.executemany(_INSERT_GONE, drop)
    db.executemany(INSERT_EDGE, add)
    return [row[1:] for row in add], [row[1:] for row in drop]


def edge_rows(links: Iterable[tuple[int, Link]], names: Names) -> dict[tuple[int, ...], None]:
    """The rows (group, :data:`~shian.engines.trace.names.EDGE_COLUMNS`) of links with their groups, each once, in order."""
    nodes = names.nodes
    return {
        (group, nodes[src], nodes[dst], int(kind), t_out, t_in, seq, until, *(quantity or _UNKNOWN)): None
        for group, (src, dst, kind, t_out, t_in, seq, until, quantity) in links
    }


def to_edge(columns: Sequence[int], units: dict[int, str]) -> Edge:
    """An edge from the columns :data:`~shian.engines.trace.names.EDGE_COLUMNS`."""
    src, dst, kind, t_out, t_in, seq, until, mantissa, scale, unit = columns
    quantity: Quantity | None = None if scale == NO_QUANTITY else unscaled(mantissa, scale, units[unit])
    return Edge(src, dst, kind, t_out, t_in, seq, until, quantity)


def read_edges(db: sqlite3.Connection, sql: str, arguments: Sequence[object] = ()) -> list[Edge]:
    """The edges that ``sql`` selects as :data:`~shian.engines.trace.names.EDGE_COLUMNS`."""
    units: dict[int, str] = dict(db.execute("SELECT id, name FROM measure"))
    return [to_edge(row, units) for row in db.execute(sql, arguments)]
