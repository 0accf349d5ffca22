"""The generated economy: bulk loading equals capture; the same seed gives the same world."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from tests.engines.trace import events as ev

from shian.core.epcis import read_document
from shian.core.trace import Direction, Mark, Options
from shian.engines.journal import Journal
from shian.engines.trace import GraphStore, LiveIndex, Tracer
from shian.site.demo.economy import documents, generate, load
from shian.site.demo.economy.documents import lot_id
from shian.site.demo.economy.world import Record

_EDGES = """
SELECT a.name, p.name, b.name, q.name, e.kind, e.t_out, e.t_in, e.until, e.mantissa, e.scale, m.name, {event}
FROM edge e JOIN node s ON s.id = e.src JOIN node d ON d.id = e.dst JOIN thing a ON a.id = s.thing
JOIN thing b ON b.id = d.thing JOIN place p ON p.id = s.place JOIN place q ON q.id = d.place
JOIN measure m ON m.id = e.measure {join}"""
_NODES = "SELECT t.name, p.name, n.flags FROM node n JOIN thing t ON t.id = n.thing JOIN place p ON p.id = n.place"


def test_bulk_equals_capture(tmp_path: Path) -> None:
    world = generate(2000, seed=7)
    journal = Journal(tmp_path / "captured.db")
    journal.observers = (GraphStore(journal.db),)
    for data in documents(world):
        assert not journal.capture(read_document(data).events, ev.NOW).refused
    bulk = sqlite3.connect(tmp_path / "bulk.db", isolation_level=None)
    load(world, bulk)
    told = "printf('urn:uuid:00000000-0000-4000-8000-%012d', e.seq)"
    expected = sorted(bulk.execute(_EDGES.format(event=told, join="")))
    join = "JOIN event v ON v.seq = e.seq"
    assert sorted(journal.db.execute(_EDGES.format(event="v.event_id", join=join))) == expected
    assert len(expected) > 1500
    assert sorted(journal.db.execute(_NODES)) == sorted(bulk.execute(_NODES))
    with LiveIndex(tmp_path / "captured.db") as a, LiveIndex(tmp_path / "bulk.db") as b:
        for number in range(0, world.things, 40):
            for timed in (True, False):
                asked = ([lot_id(number)], Direction.BOTH, Options(timed=timed))
                one, two = Tracer(a).trace(*asked), Tracer(b).trace(*asked)
                assert [(n.thing, n.place, n.time, n.marks) for n in one.nodes] == [
                    (n.thing, n.place, n.time, n.marks) for n in two.nodes
                ]
                assert [(e.kind, e.left, e.event_id, e.quantity) for e in one.edges] == [
                    (e.kind, e.left, e.event_id, e.quantity) for e in two.edges
                ]
    bulk.close()
    journal.close()


def test_the_world_has_what_it_promises() -> None:
    world = generate(20_000, seed=3)
    moves, pairs = world.moves, set(zip(world.moves.src.tolist(), world.moves.dst.tolist(), strict=True))
    assert 0.6 < len(world.thing) / 20_000 < 1.2
    assert np.bincount(moves.src).max() > 40  # heavy tail of splits
    assert any((b, a) in pairs for a, b in pairs)  # returns, so cycles
    packed = np.flatnonzero(np.isin(world.uses.src, world.uses.made))
    assert len(packed)  # rework
    assert set(moves.record.tolist()) == {r.value for r in Record}  # missing records of every kind
    assert (moves.pallet >= 0).sum() > 10
    again = generate(20_000, seed=3)
    assert np.array_equal(again.moves.dst, moves.dst)
    assert b"".join(documents(again)) == b"".join(documents(world))


def test_missing_records_are_marked(tmp_path: Path) -> None:
    world = generate(3000, seed=5)
    load(world, sqlite3.connect(tmp_path / "bulk.db", isolation_level=None))
    with LiveIndex(tmp_path / "bulk.db") as index:
        unreceived = int(np.flatnonzero(world.moves.record == Record.NO_RECEIPT)[0])
        lot = lot_id(int(world.thing[world.moves.src[unreceived]]))
        trace = Tracer(index).trace([lot], Direction.FORWARD)
        assert any(Mark.NEVER_RECEIVED in n.marks for n in trace.nodes) and not trace.complete
        unknown = int(np.flatnonzero(world.moves.record == Record.NO_SOURCE)[0])
        node = int(world.moves.dst[unknown])
        trace = Tracer(index).trace([lot_id(int(world.thing[node]))], Direction.BACKWARD)
        assert any(Mark.SOURCE_UNKNOWN in n.marks for n in trace.nodes)
