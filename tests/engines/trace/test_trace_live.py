"""The live delta answers what an index built anew answers, in any order of capture."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.trace import events as ev
from tests.engines.trace.stories import FAST, LOTS, stories

from shian.core.epcis import Event
from shian.core.trace import Direction, Options, UnknownThing
from shian.engines.journal import Journal
from shian.engines.trace import GraphStore, LiveIndex, Tracer


def captured(path: Path, batches: Sequence[Sequence[Event]]) -> Journal:
    journal = Journal(path)
    journal.observers = (GraphStore(journal.db),)
    for batch in batches:
        assert not journal.capture(batch, ev.NOW).refused
    return journal


def answers(index: LiveIndex) -> dict[tuple[str, str, bool], object]:
    """Every answer, in names."""
    tracer, out = Tracer(index), {}
    names = [*map(ev.lot, LOTS), ev.pallet(1), ev.pallet(2)]
    for name in names:
        for direction in Direction:
            for timed in (True, False):
                out[name, direction, timed] = answer(tracer, name, direction, Options(timed=timed))
    return out


def answer(tracer: Tracer, name: str, direction: Direction, options: Options) -> object:
    try:
        trace = tracer.trace([name], direction, options)
    except UnknownThing:
        return None
    key = {n.number: (n.thing, n.place) for n in trace.nodes}
    return (
        {key[n] for n in trace.starts},
        [(n.thing, n.place, n.depth, n.time, n.marks) for n in trace.nodes],
        [(key[e.src], key[e.dst], *e[2:]) for e in trace.edges],
    )


@settings(max_examples=40, deadline=None)
@given(story=stories(), seed=st.integers(0, 9999))
def test_delta_equals_rebuilt(story: list[Event], seed: int) -> None:
    rng = random.Random(seed)
    with TemporaryDirectory(dir=FAST) as folder:
        straight = captured(Path(folder) / "a.db", [story])
        shuffled = rng.sample(story, len(story))
        journal = captured(Path(folder) / "b.db", [shuffled[:3]])
        saved = Path(folder) / "snapshot"
        with LiveIndex(journal.path) as builder:
            builder.save(saved)
        with LiveIndex(journal.path, saved) as live, LiveIndex(straight.path) as anew:
            for one in shuffled[3:]:
                journal.capture([one], ev.NOW)
                if rng.random() < 0.5:
                    live.refresh()
            live.refresh()
            expected = answers(anew)
            assert answers(live) == expected
            journal.observers[0].rebuild(journal)  # type: ignore[attr-defined]
            assert answers(live) == expected
        journal.close()
        straight.close()


def test_no_capture_reads_all_facts(tmp_path: Path) -> None:
    """What an event costs must not grow with the journal: every look-up of facts goes through an index."""
    journal = Journal(tmp_path / "j.db")
    journal.observers = (GraphStore(journal.db),)
    asked: list[str] = []
    journal.db.set_trace_callback(asked.append)
    story = [
        ev.make(0, "F", "A"), ev.pack(1, 1, "F", "A"), ev.nest(2, 2, 1, "A"), ev.move_pallet(3, 2, "A", "B", arrives=False),
        ev.cook(4, "F", "P", "A", transformationID="urn:epc:id:gdti:0614141.06012.77"),
    ]  # fmt: skip
    for event in story:
        journal.capture([event], ev.NOW)
    journal.db.set_trace_callback(None)
    reads = [sql for sql in asked if sql.startswith("SELECT") and " FROM fact" in sql]
    plans = [row[3] for sql in reads for row in journal.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(reads) > 10 and not [plan for plan in plans if plan.startswith("SCAN fact")]
