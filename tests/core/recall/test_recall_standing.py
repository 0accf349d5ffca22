"""Standing recalls: nothing is missed in any order of capture; what was wrong is let go."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.trace import events as ev
from tests.core.trace.stories import FAST, stories

from shian.core.epcis import Event
from shian.core.journal import Journal
from shian.core.recall import StandingRecalls
from shian.core.trace import Direction, GraphStore, LiveIndex, Options, Tracer, UnknownThing


def platform(path: Path) -> tuple[Journal, StandingRecalls]:
    journal = Journal(path)
    recalls = StandingRecalls(journal.db)
    journal.observers = (GraphStore(journal.db, [recalls]),)
    return journal, recalls


@settings(max_examples=25, deadline=None)
@given(story=stories(), seed=st.integers(0, 9999), at=st.sampled_from(["", "A"]))
def test_a_recall_equals_the_forward_trace_after_every_capture(story: list[Event], seed: int, at: str) -> None:
    order = random.Random(seed).sample(story, len(story))
    opened = random.Random(seed).randrange(len(order) + 1)
    place = ev.place(at) if at else None
    with TemporaryDirectory(dir=FAST) as folder:
        journal, recalls = platform(Path(folder) / "j.db")
        with LiveIndex(journal.path) as index:
            for n, event in enumerate([*order, None]):
                if n == opened:
                    recalls.open("召回1", [ev.lot("F")], ev.seconds(0), at=place or "", moment=ev.seconds(2))
                if event is not None:
                    journal.capture([event], ev.NOW)
                if n < opened:
                    continue
                try:
                    options = Options(at=place, moment=ev.seconds(2))
                    trace = Tracer(index).trace([ev.lot("F")], Direction.FORWARD, options)
                    expected = sorted((n.thing, n.place, n.time or 0) for n in trace.nodes)
                except UnknownThing:
                    expected = []
                assert recalls.hits("召回1") == expected
        journal.close()


def test_late_link_brings_in_everything_beyond_it(tmp_path: Path) -> None:
    journal, recalls = platform(tmp_path / "j.db")
    recalls.open("R", [ev.lot("F")], ev.seconds(0))
    journal.capture([ev.cook(5, "P", "D", "B"), ev.ship(6, "D", "B", "C"), ev.receive(7, "D", "C", "B")], ev.NOW)
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
