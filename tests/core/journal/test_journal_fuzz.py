"""Mutated documents at the door: refused with field and rule or stored whole; never a crash, never a lost event."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.core.trace import events as ev

from shian.core.epcis import EpcisError
from shian.core.journal import Behaviour, Journal, Status, View
from shian.core.journal.intake import take_in
from shian.core.trace import Direction, GraphStore, LiveIndex, Tracer
from shian.site.demo.economy import documents, generate

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, "", " ", "x" * 5000, "\u0000", "\ud800", "𠮷", [], [[]], {}, {"id": ""}, [{}], "urn:epc:id:sgtin:1.2.3",
    "urn:epc:class:lgtin:9521234.000001.", "https://id.gs1.org/01/123", "https://id.gs1.org/", "http://[", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:60.999999999999+14:00", "1969-12-31T23:59:59Z", "2106-02-07T06:28:16Z", "shipping", "ADD", "DELETE", "ObjectEvent",
    {"quantity": 1e400, "uom": "KGM"}, [{"epcClass": "urn:x:1", "quantity": -5}], [{"type": "possessing_party", "source": "urn:x:2"}],
)  # fmt: skip


def mutated(document: dict[str, Any], rng: random.Random) -> bytes:
    tree = copy.deepcopy(document)
    for _ in range(rng.randint(1, 4)):
        spot: Any = tree
        for _ in range(rng.randint(1, 7)):
            keys = list(spot) if isinstance(spot, dict) else list(range(len(spot))) if isinstance(spot, list) else []
            if not keys:
                break
            key = rng.choice(keys)
            if not isinstance(spot[key], dict | list) or not spot[key] or rng.random() < 0.1:
                _change(spot, key, rng)
                break
            spot = spot[key]
    data = json.dumps(tree).encode("utf-8", "replace")
    if rng.random() < 0.1:
        at = rng.randrange(len(data))
        data = data[:at] + bytes(rng.randrange(256) for _ in range(rng.randint(0, 3))) + data[at + rng.randint(0, 3) :]
    return data


def _change(spot: Any, key: Any, rng: random.Random) -> None:
    match rng.randint(0, 3):
        case 0:
            spot.pop(key)
        case 1 if isinstance(spot, dict):
            field = rng.choice(["errorDeclaration", "action", "parentID", "transformationID", "ex:y", "@context"])
            spot[field] = copy.deepcopy(rng.choice(ODD))
        case _:
            spot[key] = copy.deepcopy(rng.choice(ODD))


@pytest.mark.parametrize("rounds", [300, pytest.param(20_000, marks=pytest.mark.full)])
def test_fuzzed_captures(tmp_path: Path, rounds: int) -> None:
    rng = random.Random(rounds)
    originals = [json.loads(d) for d in documents(generate(200, seed=2), size=8)]
    journal = Journal(tmp_path / "j.db")
    journal.db.execute("PRAGMA synchronous = OFF")
    journal.observers = (GraphStore(journal.db),)
    accepted: set[int] = set()
    refused = 0
    for _ in range(rounds):
        behaviour = rng.choice(list(Behaviour))
        try:
            intake = take_in(mutated(rng.choice(originals), rng), behaviour)
        except EpcisError as error:
            assert error.rule and error.message
            refused += 1
            continue
        receipt = journal.capture([e for _, e in intake.events], ev.NOW, behaviour)
        assert all(p.path and p.rule and p.message for p in intake.problems)
        accepted |= {i.seq for i in receipt.items if i.status is Status.STORED and i.seq}
    assert refused > rounds / 10 and len(accepted) > 100
    rows = list(journal.events(View.RECORDED))
    assert {r.seq for r in rows} == accepted
    with LiveIndex(journal.path) as index:
        names = [name for (name,) in journal.db.execute("SELECT name FROM thing LIMIT 50")]
        answers = [Tracer(index).trace([n], Direction.BOTH) for n in names if _told(journal, n)]
        assert any(len(a.nodes) > 3 for a in answers)


def _told(journal: Journal, name: str) -> bool:
    sql = "SELECT 1 FROM fact f JOIN thing t ON t.id = f.thing WHERE t.name = ? AND NOT f.void"
    return journal.db.execute(sql, (name,)).fetchone() is not None
