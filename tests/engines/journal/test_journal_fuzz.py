"""Mutated documents at the door: refused with field and rule or stored whole; never a crash, never a lost event."""

from __future__ import annotations

import random
from pathlib import Path

import orjson
import pytest
from tests.engines.journal.fuzzing import Harness, answer
from tests.engines.journal.mutations import examples, hostile
from tests.engines.trace import events as ev

from shian.core.epcis.jsonld import EPCIS_CONTEXT, event_to_json
from shian.core.trace import Direction, Options
from shian.engines.journal import Behaviour
from shian.engines.trace import LiveIndex, Tracer
from shian.site.demo.economy import documents, generate


@pytest.mark.parametrize("rounds", [500, pytest.param(20_000, marks=pytest.mark.full)])
def test_fuzzed_captures(tmp_path: Path, rounds: int) -> None:
    originals = list(documents(generate(2000 if rounds > 1000 else 200, seed=2), size=3))
    originals += examples() * (len(originals) // 60)
    harness = Harness(tmp_path / "j.db")
    harness.journal.db.execute("PRAGMA synchronous = OFF")
    for number in range(rounds):
        rng = random.Random(f"1/{number}")
        harness.capture(hostile(originals, rng), rng.choice(list(Behaviour)))
    assert harness.verify(tmp_path / "copy.db") > rounds / 3
    refused = sum(n for what, n in harness.outcomes.items() if what.startswith("refused"))
    assert refused > rounds / 5 and len(harness.outcomes) > 15, harness.outcomes
    harness.close()


def test_a_carrier_may_move_as_a_quantity_of_its_class(tmp_path: Path) -> None:
    """Found by fuzzing: the content of a carrier that later moved as a class stayed behind until the next rebuild."""
    harness = Harness(tmp_path / "j.db")
    packed = ev.event(
        "Aggregation", 1, action="ADD", parentID=ev.lot("P"), childQuantityList=ev.amounts("F"),
        readPoint={"id": ev.place("A")},
    )  # fmt: skip
    for event in (packed, ev.ship(2, "P", "A", "B"), ev.receive(3, "P", "B", "A")):
        harness.capture(orjson.dumps({"@context": EPCIS_CONTEXT, **event_to_json(event)}), Behaviour.ROLLBACK)
    assert harness.verify(tmp_path / "copy.db") == 3
    harness.close()


@pytest.mark.parametrize("year", ["0002", "1970", "9998"])
def test_an_event_at_an_end_of_time_is_followed_both_ways(tmp_path: Path, year: str) -> None:
    """Found by fuzzing: a backward answer took an edge that left in 1970 or before, but not the state it left."""
    harness = Harness(tmp_path / "j.db")
    sent, received = ev.ship(1, "F", "A", "B"), ev.receive(2, "F", "B", "A")
    for event in (sent, received):
        raw = {**event_to_json(event), "eventTime": f"{year}-01-01T00:00:00Z", "@context": EPCIS_CONTEXT}
        harness.capture(orjson.dumps(raw), Behaviour.ROLLBACK)
    harness.verify(tmp_path / "copy.db")
    with LiveIndex(tmp_path / "copy.db") as index:
        nodes, edges = answer(index, ev.lot("F"))
        assert {place for _, place, *_ in nodes} == {ev.place("A"), ev.place("B")} and len(edges) == 1
        assert Tracer(index).trace([ev.lot("F")], Direction.BACKWARD, Options(at=ev.place("B"))).edges
    harness.close()
