"""Weighted mode: worked examples, agreement with the plain definitions, independence of order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from test_outbreak_web import CHAIN, make
from worlds import SlowWeighted, weighted_worlds

from shian.core.trace.outbreak import Delivery, Network, Station, WeightedScenario, score_weighted
from shian.core.trace.outbreak.web import Trace


def test_positive_and_negative_evidence() -> None:
    scores = score_weighted(CHAIN, WeightedScenario(station_weights={"K1": 1.0, "K2": -0.5}))
    assert scores.station_scores == {"Farm": 0.5, "Packer": 0.5, "Other": -0.5, "K1": 1.0, "K2": -0.5}
    assert scores.station_positive_scores == {"Farm": 1.0, "Packer": 1.0, "K1": 1.0}
    assert scores.station_negative_scores == {"Farm": 1.0, "Packer": 1.0, "Other": 1.0, "K2": 1.0}
    assert scores.delivery_scores == {"a": 0.5, "b": 1.0, "c": -0.5, "d": -0.5, "e": 1.0}
    assert scores.normaliser == 1.0


def test_lots_join_deliveries_and_leave_their_own_weight_out() -> None:
    rows = (
        Delivery("a", "F", "X", product="milk", lot="7"),
        Delivery("b", "F", "Y", product="milk", lot="7"),
        Delivery("c", "F", "Z", product="milk", lot="8"),
    )
    network = Network(tuple(Station(s) for s in "FXYZ"), rows)
    scores = score_weighted(network, WeightedScenario({"X": 1, "Y": 1, "Z": 1}, {"c": 1}))
    assert scores.lot_scores == {"a": 0.5, "b": 0.5, "c": 0.25}
    assert scores.max_lot_scores == {"F": 0.5}
    assert scores.delivery_scores == {"a": 0.25, "b": 0.25, "c": 0.5}
    assert scores.station_scores["F"] == 1.0


def test_a_station_that_feeds_itself_counts_twice() -> None:
    network = make("a:A>B b:B>A", "a>b")
    scores = score_weighted(network, WeightedScenario(station_weights={"A": 1.0}))
    assert scores.station_scores == {"A": 2.0, "B": 1.0} and scores.normaliser == 2.0


def test_kill_flags_look_one_step_ahead() -> None:
    cases = WeightedScenario(station_weights={"K1": 1.0, "K2": 1.0})
    killed = score_weighted(CHAIN, replace(cases, kill_deliveries=("b",)))
    assert killed.delivery_scores == {"a": 1.0, "c": 0.5, "d": 0.5, "e": 0.5}
    assert "b" not in killed.delivery_scores
    cleaned = score_weighted(CHAIN, replace(cases, kill_stations=("Packer",)))
    assert "Packer" not in cleaned.station_scores and cleaned.delivery_scores["b"] == 0.5
    assert "a" not in cleaned.delivery_scores


def test_stations_left_without_goods_are_not_scored() -> None:
    network = make("a:F>K")
    scenario = WeightedScenario(station_weights={"K": 1.0, "F": 1.0}, kill_deliveries=("a",))
    assert score_weighted(network, scenario).station_scores == {"F": 0.5}
    scenario = WeightedScenario(station_weights={"K": 1.0, "F": 1.0}, kill_stations=("F",))
    assert score_weighted(network, scenario).station_scores == {"K": 0.5}


def test_cross_contamination_of_deliveries_shares_products() -> None:
    network = make("a:F>M@/2024-01-05 b:G>M@/2024-02-01 c:M>K@2024-01-10/", "a>c")
    scenario = WeightedScenario(station_weights={"K": 1.0}, cross_deliveries=("a", "b"))
    assert score_weighted(network, scenario).station_scores["G"] == 1.0
    ordered = replace(scenario, enforce_temporal_order=True)
    assert "G" not in score_weighted(network, ordered).station_scores


@pytest.mark.parametrize(
    ("arrival", "departure", "linked"),
    [
        ("2024-01-05", "2024-01-05", True),
        ("2024-01-05", "2024-01-04", False),
        ("2024-01-05", "2024-01", True),
        ("2024-02-05", "2024-01", False),
        ("2024", "2024-01-01", True),
        ("2025", "2024-12-31", False),
        ("", "1999-01-01", True),
    ],
)
def test_missing_parts_of_dates_count_as_before(arrival: str, departure: str, linked: bool) -> None:
    network = make(f"a:F>M@/{arrival} b:M>K@{departure}/")
    scenario = WeightedScenario(
        station_weights={"K": 1.0}, cross_stations=("M",), enforce_temporal_order=True
    )
    assert ("F" in score_weighted(network, scenario).station_scores) is linked


@settings(max_examples=60, deadline=None)
@given(weighted_worlds())
def test_agrees_with_the_definitions(world: tuple[Network, WeightedScenario]) -> None:
    network, scenario = world
    slow, scores = SlowWeighted(network, scenario), score_weighted(network, scenario)

    def same(found: dict[str, float], expected: dict[str, float]) -> bool:
        return all(abs(found.get(i, 0.0) - expected.get(i, 0.0)) < 1e-9 for i in {*found, *expected})

    assert same(scores.station_scores, slow.stations("combined"))
    assert same(scores.station_positive_scores, slow.stations("positive"))
    assert same(scores.station_negative_scores, slow.stations("negative"))
    assert same(scores.delivery_scores, slow.deliveries())
    lots, best = slow.lots()
    assert same(scores.lot_scores, lots) and same(scores.max_lot_scores, best)
    if scenario.observed_station is None:
        assert scores.trace == Trace()
        return
    out, into = slow.outgoing(scenario.observed_station), slow.incoming(scenario.observed_station)
    behind = {e for d in into for e in slow.closure(d, forward=False)}
    sources = {slow.goods[d].source for d in into} - set(scenario.kill_stations)
    assert set(scores.trace.forward_stations) == {p for d in out for p in slow.stations_of(d)}
    assert set(scores.trace.forward_deliveries) == {e for d in out for e in slow.closure(d)} | set(out)
    assert set(scores.trace.backward_deliveries) == behind | set(into)
    assert set(scores.trace.backward_stations) == sources | {slow.goods[d].source for d in behind}


@settings(max_examples=25, deadline=None)
@given(weighted_worlds())
def test_order_of_rows_does_not_matter(world: tuple[Network, WeightedScenario]) -> None:
    network, scenario = world
    mixed = random.Random(3)
    rows = [list(network.stations), list(network.deliveries), list(network.relations)]
    for part in rows:
        mixed.shuffle(part)
    assert score_weighted(Network(*(tuple(p) for p in rows)), scenario) == score_weighted(network, scenario)
