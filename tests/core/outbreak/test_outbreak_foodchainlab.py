"""Answers of FoodChain-Lab's own programs (web and desktop) on small networks of ours, to 1e-9.

``foodchainlab.json`` holds random networks and scenarios made here, and what both programs answered when they
were run on them: contradicting, partial and missing dates, shared lots, groups, self-deliveries, invisible
elements. Zero is left out. Weighted cases have no cycle of deliveries: there the desktop program answers by order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shian.core.trace.outbreak import Network, read_web, read_weighted, score_web, score_weighted
from shian.core.trace.outbreak.formats.document import read_document

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("foodchainlab.json").read_text("utf-8"))
COLUMNS = ("ID", "from", "to", "Name", "Lot Number", "Date Delivery", "Date Delivery Arrival")
SETS = ("forward_stations", "backward_stations", "forward_deliveries", "backward_deliveries")


def _network(case: dict[str, Any], turned: bool = False) -> Network:
    def table(columns: tuple[str, ...], rows: list[Any]) -> dict[str, Any]:
        ordered = rows[::-1] if turned else rows
        cells = [[{"id": c, "value": v} for c, v in zip(columns, row, strict=True) if v] for row in ordered]
        return {"columnProperties": [{"id": c, "type": "string"} for c in columns], "data": cells}

    document = {
        "version": "1.2.0",
        "data": {
            "stations": table(("ID",), [(s,) for s in case["stations"]]),
            "deliveries": table(COLUMNS, case["deliveries"]),
            "deliveryRelations": table(("from", "to"), case["relations"]),
        },
    }
    return read_document(document, "case").network


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _agree(expected: dict[str, Any], scores: Any, numbers: tuple[str, ...]) -> None:
    for name in numbers:
        theirs, ours = expected.get(_camel(name), {}), getattr(scores, name)
        for key in theirs.keys() | ours.keys():
            assert ours.get(key, 0.0) == pytest.approx(theirs.get(key, 0.0), abs=1e-9), (name, key)
    for name in SETS:
        assert sorted(getattr(scores.trace, name)) == expected.get(_camel(name), []), name


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("number", range(len(CASES)))
def test_web_answers_of_foodchainlab(number: int, turned: bool) -> None:
    case = CASES[number]
    network = _network(case, turned)
    for held in case["web"]:
        scores = score_web(network, read_web(held["scenario"], network))
        _agree(held["answer"], scores, ("station_scores", "delivery_scores"))
        assert sorted(scores.common_links) == sorted(held["answer"].get("commonLinks", []))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("number", range(len(CASES)))
def test_weighted_answers_of_foodchainlab(number: int, turned: bool) -> None:
    case = CASES[number]
    network = _network(case, turned)
    names = ("station_scores", "station_positive_scores", "station_negative_scores")
    for held in case["weighted"]:
        scores = score_weighted(network, read_weighted(held["scenario"], network))
        _agree(held["answer"], scores, (*names, "max_lot_scores", "delivery_scores", "lot_scores"))
