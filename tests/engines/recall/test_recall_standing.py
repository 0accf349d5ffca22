"""Standing recalls: nothing is missed in any order of capture; what was wrong is let go."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.trace import events as ev
from tests.engines.trace.stories import FAST, LOTS, PLACES, stories

from shian.core.epcis import Event
from shian.core.trace import Direction, Options, UnknownThing
from shian.engines.journal import Journal
from shian.engines.recall import StandingRecalls
from shian.engines.trace import GraphStore, LiveIndex, Tracer


def platform(path: Path) -> tuple[Journal, StandingRecalls]:
    journal = Journal(path)
    recalls = StandingRecalls(journal.db)
    journal.observers = (GraphStore(journal.db, [recalls]),)
    return journal, recalls


@st.composite
def rules(draw: st.DrawFn, story: list[Event]) -> dict[str, Any]:
    """Kill steps and cross-contact in any mixture, often none."""
    places = st.frozensets(st.sampled_from([ev.place(p) for p in PLACES]), max_size=1)
    lots = st.frozensets(st.sampled_from([ev.lot(x) for x in LOTS]), max_size=1)
    events = st.frozensets(st.sampled_from([e.event_id for e in story]), max_size=2)
    return {
        "timed": draw(st.sampled_from([True, True, False])),
        "kill_places": draw(places), "kill_things": draw(lots), "kill_events": draw(events),
        "contact_places": draw(places), "contact_carriers": draw(st.booleans()),
        "contact_window": draw(st.sampled_from([0, 7200])),
    }  # fmt: skip


def affected(index: LiveIndex, options: Options) -> list[tuple[str, str, int]]:
    """What one plain recall over all that is recorded so far answers."""
    try:
        trace = Tracer(index).trace([ev.lot("F")], Direction.FORWARD, options)
    except UnknownThing:
        return []
    return sorted((n.thing, n.place, n.time or 0) for n in trace.nodes)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), story=stories(), seed=st.integers(0, 9999), at=st.sampled_from(["", "A"]))
def test_a_recall_equals_the_forward_trace_after_every_capture(
    data: st.DataObject, story: list[Event], seed: int, at: str
) -> None:
    order = random.Random(seed).sample(story, len(story))
    opened, restarted = (random.Random(seed + n).randrange(len(order) + 1) for n in (0, 1))
    more = data.draw(st.one_of(st.just({}), rules(story)))
    options = Options(at=ev.place(at) if at else None, moment=ev.seconds(2), **more)
    caught: set[tuple[str, str]] = set()
    with TemporaryDirectory(dir=FAST) as folder:
        path = Path(folder) / "j.db"
        journal, recalls = platform(path)
        with LiveIndex(path) as index:
            for n, event in enumerate([*order, None]):
                if n == restarted:
                    journal.close()
                    journal, recalls = platform(path)
                if n == opened:
                    recalls.open("召回1", [ev.lot("F")], ev.seconds(0), options)
                    caught |= {(what, where) for what, where, _ in affected(index, options)}
                if event is not None:
                    journal.capture([event], ev.NOW)
                if n >= opened:
                    expected = affected(index, options)
                    assert recalls.hits("召回1") == expected
                    caught |= {(what, where) for what, where, _ in expected}
        assert {(h.thing, h.place) for h in recalls.news()} == caught, "each was told when it was caught"
        graph = journal.observers[0]
        graph.rebuild(journal)
        assert recalls.hits("召回1") == expected
        journal.close()


def test_rebuilding_the_index_renews_a_recall(tmp_path: Path) -> None:
    journal, recalls = platform(tmp_path / "j.db")
    recalls.open("R", [ev.lot("F")], 1, Options(kill_places=frozenset({ev.place("B")})))
    journal.capture([ev.make(0, "F", "A"), ev.ship(1, "F", "A", "B"), ev.receive(2, "F", "B", "A")], ev.NOW)
    journal.db.execute(
        "UPDATE recall_hit SET since = 7"
    )  # as rules of derivation that have since changed may have left it
    journal.db.execute("DELETE FROM recall_hit WHERE node = (SELECT max(node) FROM recall_hit)")
    journal.observers[0].rebuild(journal)
    assert [(place, since) for _, place, since in recalls.hits("R")] == [
        (ev.place("A"), 0),
        (ev.place("B"), 0),
    ]


def test_a_kill_step_and_a_contact_are_met_at_capture(tmp_path: Path) -> None:
    journal, recalls = platform(tmp_path / "j.db")
    plain, killed, met = (
        Options(),
        Options(kill_places=frozenset({ev.place("B")})),
        Options(contact_places=frozenset({ev.place("B")})),
    )
    for name, options in (("plain", plain), ("killed", killed), ("met", met)):
        recalls.open(name, [ev.lot("F")], 1, options)
    journal.capture([ev.make(0, "F", "A"), ev.ship(1, "F", "A", "B"), ev.receive(2, "F", "B", "A")], ev.NOW)
    mark = recalls.news()[-1].number
    journal.capture([ev.receive(2, "G", "B", None), ev.cook(3, "F", "P", "B")], ev.NOW)
    caught = {(h.recall, h.thing[-1]) for h in recalls.news(mark)}
    assert caught == {("plain", "P"), ("met", "P"), ("met", "G")}, "nothing made of it at the kill step"


def test_a_bound_on_steps_is_refused(tmp_path: Path) -> None:
    _, recalls = platform(tmp_path / "j.db")
    with pytest.raises(ValueError, match="不能限定步数"):
        recalls.open("R", [ev.lot("F")], 1, Options(depth=3))


def test_a_store_made_before_there_were_rules(tmp_path: Path) -> None:
    journal, _ = platform(tmp_path / "j.db")
    journal.db.executescript(
        "DROP TABLE recall; CREATE TABLE recall (name TEXT PRIMARY KEY, opened INTEGER NOT NULL, moment INTEGER NOT NULL,"
        " closed INTEGER); INSERT INTO recall VALUES ('old', 1, 0, NULL)"
    )
    assert [r.rules.timed for r in StandingRecalls(journal.db).recalls()] == [True]


def test_late_link_brings_in_everything_beyond_it(tmp_path: Path) -> None:
    journal, recalls = platform(tmp_path / "j.db")
    recalls.open("R", [ev.lot("F")], ev.seconds(0))
    journal.capture(
        [ev.cook(5, "P", "D", "B"), ev.ship(6, "D", "B", "C"), ev.receive(7, "D", "C", "B")], ev.NOW
    )
    assert recalls.hits("R") == [] and recalls.news() == []
    link = ev.cook(3, "F", "P", "B")
    journal.capture([link], ev.NOW)
    caught = recalls.news()
    assert {(h.thing, h.place) for h in caught} == {
        (ev.lot("F"), ev.place("B")), (ev.lot("P"), ev.place("B")),
        (ev.lot("D"), ev.place("B")), (ev.lot("D"), ev.place("C")),
    }  # fmt: skip
    journal.capture([ev.declare_wrong(link)], ev.NOW)
    assert recalls.hits("R") == []
    assert recalls.news(caught[-1].number) == []


def test_names_and_closing(tmp_path: Path) -> None:
    _, recalls = platform(tmp_path / "j.db")
    recalls.open("R", [ev.lot("F")], 1)
    with pytest.raises(ValueError, match="召回编号已存在：R"):
        recalls.open("R", [ev.lot("F")], 1)
    with pytest.raises(ValueError, match="至少要有一个批次"):
        recalls.open("S", [], 1)
    assert [r.name for r in recalls.recalls()] == ["R"]
    recalls.close("R", 2)
    assert recalls.recalls() == []
    with pytest.raises(LookupError):
        recalls.close("R", 3)
