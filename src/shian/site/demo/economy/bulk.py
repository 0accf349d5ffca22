"""The world straight into the index: millions of lots in a minute.

What capture would derive event by event is written down here by columns. That both agree is a test on small worlds;
without it this module would be worth nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from shian.core.trace.carriers import DISCHARGE, LOAD
from shian.core.trace.edges import FOREVER, NO_QUANTITY, EdgeTable, Kind, NodeFlag
from shian.core.trace.snapshot import Nodes, Progress, Snapshot, build
from shian.engines.journal.store import transaction
from shian.engines.trace.names import EDGE_COLUMNS, SCHEMA
from shian.site.demo.economy.documents import EVENT_PATTERN, Numbers, lot_id, pallet_id, place_id
from shian.site.demo.economy.world import Ints, Record, World

Row = TypeVar("Row")

FIRST_PLACE = 3
"""Numbers 0 to 2 stand for the unknown place and the two sides of carriers."""


def event_number(event_id: str) -> int:
    """The number of an event of a generated world, from its eventID."""
    return int(event_id.rpartition("-")[2])


def node_columns(world: World) -> tuple[Ints, Ints, Nodes]:
    """(thing, place, columns) of all nodes: lots at holders, then four for each pallet: its load, its discharge,
    itself where it was shipped and itself where it arrived."""
    p = world.pallets
    count = len(p.src)
    serial = world.things + np.arange(count)
    thing = np.concatenate((world.thing, serial, serial, serial, serial))
    place = np.concatenate(
        (
            world.place + FIRST_PLACE,
            np.full(count, LOAD),
            np.full(count, DISCHARGE),
            p.src + FIRST_PLACE,
            p.dst + FIRST_PLACE,
        )
    )
    flags = np.zeros(len(thing), np.uint8)
    flags[: len(world.made)] = NodeFlag.ORIGIN
    flags[len(world.thing) : len(world.thing) + 2 * count] = NodeFlag.CARRIER
    first = np.full(len(thing), FOREVER, np.uint32)
    last = np.zeros(len(thing), np.uint32)
    first[: len(world.made)] = last[: len(world.made)] = world.made
    return thing, place, Nodes(place.astype(np.int32), flags, first, last)


def edges(world: World) -> EdgeTable:
    """All edges of the world."""
    m, u, p, n = world.moves, world.uses, world.pallets, Numbers(world)
    free = m.pallet < 0
    parts = []
    for record, kind, leave, arrive, event in (
        (Record.BOTH, Kind.MOVE, m.ship, m.receive, n.receive),
        (Record.NO_RECEIPT, Kind.DISPATCH, m.ship, m.ship, n.ship),
        (Record.NO_DISPATCH, Kind.RECEIPT, m.receive, m.receive, n.receive),
    ):
        rows = np.flatnonzero(free & (m.record == record))
        parts.append(
            _columns(
                m.src[rows], m.dst[rows], kind, leave[rows], arrive[rows], event + rows, grams=m.grams[rows]
            )
        )
    made, time = u.made[u.batch], u.time[u.batch]
    parts.append(_columns(u.src, made, Kind.TRANSFORM, time, time, n.process + u.batch, grams=u.grams))
    rows = np.flatnonzero(~free)
    pallet = m.pallet[rows]
    count, first = len(p.src), len(world.thing)
    until = np.where(p.unpacked > 0, p.unpacked, FOREVER)[pallet]
    packed, arrive, grams = m.ship[rows], p.receive[pallet], m.grams[rows]
    parts += [
        _columns(m.src[rows], first + pallet, Kind.PACK, packed, packed, n.pack + rows, until, grams),
        _columns(m.src[rows], m.dst[rows], Kind.CARRY, packed, arrive, n.arrive + pallet, grams=grams),
        _columns(
            first + count + pallet, m.dst[rows], Kind.CONTENT, arrive, arrive, n.arrive + pallet, grams=grams
        ),
    ]
    every = np.arange(count)
    parts.append(
        _columns(
            first + 2 * count + every,
            first + 3 * count + every,
            Kind.MOVE,
            p.ship,
            p.receive,
            n.arrive + every,
        )
    )
    c = [np.concatenate([part[i] for part in parts]) for i in range(10)]
    return EdgeTable(
        c[0].astype(np.int32), c[1].astype(np.int32), c[2].astype(np.uint8), c[3].astype(np.uint32),
        c[4].astype(np.uint32), c[5].astype(np.int32), c[6].astype(np.uint32), c[7],
        c[8].astype(np.uint8), c[9].astype(np.uint16), ("", "KGM"),
    )  # fmt: skip


def _columns(
    src: Ints, dst: Ints, kind: Kind, t_out: Ints, t_in: Ints, event: Ints,
    until: Ints | None = None, grams: Ints | None = None,
) -> tuple[Ints, ...]:  # fmt: skip
    count = len(src)
    amount = (np.zeros(count, np.int64), NO_QUANTITY, 0) if grams is None else (grams, 3, 1)
    return (
        src, dst, np.full(count, kind, np.int64), t_out, t_in, event,
        np.full(count, FOREVER) if until is None else until, amount[0],
        np.full(count, amount[1]), np.full(count, amount[2]),
    )  # fmt: skip


def snapshot(world: World) -> Snapshot:
    """The index of the world, in memory, without names."""
    return build(edges(world), node_columns(world)[2])


def load(world: World, db: sqlite3.Connection, progress: Progress | None = None) -> None:
    """Write the world's graph into an empty store: names, nodes, edges. The events themselves are not told; their
    ids follow a pattern. Raises ``ValueError`` if the store holds anything."""
    db.executescript(SCHEMA)
    if db.execute("SELECT 1 FROM node LIMIT 1").fetchone():
        raise ValueError("批量装载只能用于空库")
    tell = progress or (lambda what, done, total: None)
    thing, place, nodes = node_columns(world)
    table = edges(world)
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'edge'"
    ).fetchall()
    with transaction(db):  # the indexes too: killed at any point, the store is empty or complete
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        db.execute("INSERT OR IGNORE INTO measure VALUES (1, 'KGM')")
        db.execute("INSERT INTO graph_meta VALUES ('event_pattern', ?)", (EVENT_PATTERN,))
        holders, lots, pallets = sum(world.tiers), world.things, len(world.pallets.src)
        db.executemany(
            "INSERT INTO place VALUES (?, ?)", ((i + FIRST_PLACE, place_id(i)) for i in range(holders))
        )
        named = ((i + 1, lot_id(i)) for i in range(lots))
        db.executemany("INSERT INTO thing VALUES (?, ?)", _told(named, lots, "装载批次", tell))
        db.executemany(
            "INSERT INTO thing VALUES (?, ?)", ((lots + i + 1, pallet_id(i)) for i in range(pallets))
        )
        states = _rows(np.arange(len(thing)), thing + 1, place, nodes.flags, nodes.first, nodes.last)
        db.executemany(
            "INSERT INTO node (id, thing, place, flags, first, last) VALUES (?,?,?,?,?,?)",
            _told(states, len(thing), "装载批次状态", tell),
        )
        sql = f"INSERT INTO edge (grp, {EDGE_COLUMNS}) VALUES (0,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
        t = table
        rows = _rows(t.src, t.dst, t.kind, t.t_out, t.t_in, t.event, t.until, t.mantissa, t.scale, t.unit)
        db.executemany(sql, _told(rows, len(table), "装载追溯关系", tell))
        tell("整理索引", 0, 0)
        for _, sql in indexes:
            db.execute(sql)


def _told(rows: Iterable[Row], total: int, what: str, tell: Progress) -> Iterator[Row]:
    """``rows``, telling of every 50,000th."""
    for n, row in enumerate(rows):
        if n % 50_000 == 0:
            tell(what, n, total)
        yield row


def _rows(*columns: npt.NDArray[np.generic], chunk: int = 100_000) -> Iterator[tuple[int, ...]]:
    """Rows of plain integers, a chunk of columns at a time."""
    for i in range(0, len(columns[0]), chunk):
        yield from zip(*(c[i : i + chunk].tolist() for c in columns), strict=True)


__all__ = ["edges", "event_number", "load", "node_columns", "snapshot"]
