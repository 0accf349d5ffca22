"""Likelihood ratio, explaining sets, and scoring over the index."""

from __future__ import annotations

from itertools import combinations
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_outbreak_web import make

from shian.core.trace.outbreak import (
    LikelihoodScenario,
    WebScenario,
    candidates,
    explaining_sets,
    read_likelihood,
    score_likelihood,
    score_lots,
)
from shian.core.trace.outbreak.likelihood import log_likelihood_ratio
from shian.core.trace.outbreak.live import merge_states
from shian.core.trace.outbreak.scenario import ScenarioError

# Big sells to everyone; Small sells to the sick and to one healthy household
MARKET = make(
    " ".join(f"b{i}:Big>H{i}" for i in range(20))
    + " "
    + " ".join(f"s{i}:Small>H{i}" for i in (0, 1, 2, 3, 4, 9))
)
SICK = tuple(f"H{i}" for i in range(5))


def test_the_source_that_sells_to_everyone_is_not_preferred() -> None:
    controls = tuple(f"H{i}" for i in range(5, 20))
    scores = score_likelihood(MARKET, LikelihoodScenario(WebScenario(outbreak_stations=SICK), controls))
    stations = [s for s in scores.sources if s.kind == "station"]
    assert (scores.cases, scores.controls) == (5, 15)
    assert stations[0].id == "Small" and stations[0].cases == 5
    expected = (1 + 1) / (15 + 2)
    assert stations[0].ratio == pytest.approx(5 * log(1 / expected))
    big = next(s for s in stations if s.id == "Big")
    assert big.ratio < 0.5 < stations[0].ratio


def test_without_controls_the_final_recipients_are_the_market() -> None:
    scores = score_likelihood(MARKET, LikelihoodScenario(WebScenario(outbreak_stations=SICK)))
    assert scores.controls == 20 and scores.sources[0].id == "Small"


def test_market_shares_stand_for_controls() -> None:
    shares = {"Big": 0.9, "Small": 0.05}
    scenario = LikelihoodScenario(WebScenario(outbreak_stations=SICK), market_shares=shares)
    stations = [s for s in score_likelihood(MARKET, scenario).sources if s.kind == "station"]
    assert [(s.id, s.expected) for s in stations] == [("Small", 0.05), ("Big", 0.9)]
    with pytest.raises(ScenarioError, match="marketShares 'Big'"):
        read_likelihood({"marketShares": {"Big": 1.5}}, MARKET)


@given(st.integers(0, 50), st.integers(1, 50), st.floats(0, 1))
def test_ratio_is_never_negative_and_grows_with_hits(hit: int, cases: int, chance: float) -> None:
    hit = min(hit, cases)
    ratio = log_likelihood_ratio(hit, cases, chance)
    assert ratio >= 0
    if hit < cases:
        assert log_likelihood_ratio(hit + 1, cases, chance) >= ratio - 1e-12


def test_indistinguishable_sources_are_one_candidate() -> None:
    found = candidates({"b": 0b11, "a10": 0b11, "a2": 0b11, "c": 0b1, "none": 0})
    assert [(c.ids, c.count) for c in found] == [(("a2", "a10", "b"), 2), (("c",), 1)]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(1, 255), min_size=1, max_size=9))
def test_explaining_sets_are_smallest_and_complete(masks: list[int]) -> None:
    sets = {f"s{i}": mask for i, mask in enumerate(masks)}
    wanted = 0
    for mask in masks:
        wanted |= mask
    smallest = next(
        n
        for n in range(1, len(masks) + 1)
        if any(np.bitwise_or.reduce(chosen) == wanted for chosen in combinations(masks, n))
    )
    found = explaining_sets(sets)
    assert found.proved_smallest and found.explained == wanted.bit_count() and found.sets
    for chosen in found.sets:
        covered = 0
        for candidate in chosen:
            covered |= candidate.cases
        assert covered == wanted and len(chosen) == smallest
    hurried = explaining_sets(sets, effort=1)
    assert hurried.sets and (hurried.proved_smallest or len(hurried.sets) == 1)


def test_nothing_to_explain() -> None:
    assert explaining_sets({}).sets == ()


def slow_counts(inputs: list[list[int]], cases: list[list[int]]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for eaten in cases:
        seen: set[int] = set()
        pending = list(eaten)
        while pending:
            lot = pending.pop()
            if lot not in seen:
                seen.add(lot)
                pending += inputs[lot]
        for lot in seen:
            counts[lot] = counts.get(lot, 0) + 1
    return counts


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_scoring_over_the_index_agrees_with_walking(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 30))
    lot = st.integers(0, size - 1)
    inputs = data.draw(st.lists(st.lists(lot, max_size=4), min_size=size, max_size=size))
    cases = data.draw(st.lists(st.lists(lot, min_size=1, max_size=3), min_size=1, max_size=70))
    indptr = np.cumsum([0, *map(len, inputs)], dtype=np.int64)
    indices = np.array([i for row in inputs for i in row], dtype=np.int32)
    case_of = np.repeat(np.arange(len(cases)), [len(c) for c in cases])
    scores = score_lots(indptr, indices, case_of, np.array([i for c in cases for i in c]))
    found = dict(zip(scores.lots.tolist(), scores.cases.tolist(), strict=True))
    assert found == slow_counts(inputs, cases)


def test_scoring_a_chain_and_wrong_input() -> None:
    size = 20_000
    indptr = np.minimum(np.arange(size + 1), size - 1)
    indices = np.arange(1, size)
    scores = score_lots(indptr, indices, np.array([0, 1]), np.array([0, size - 2]))
    assert len(scores.lots) == size and scores.cases.tolist()[-3:] == [1, 2, 2]
    with pytest.raises(ValueError, match="lot_of"):
        score_lots(indptr, indices, np.array([0]), np.array([size]))
    with pytest.raises(ValueError, match="应相等"):
        score_lots(indptr, indices, np.array([0]), np.array([1, 2]))
    assert len(score_lots(indptr, indices, np.array([], int), np.array([], int)).lots) == 0


def test_a_lot_is_one_lot_wherever_it_lies() -> None:
    # node 0 and node 1 are lot 7 at two holders, the link between them is missing; node 2 and 3 are eaten
    indptr, indices = np.array([0, 0, 0, 1, 2]), np.array([0, 1])
    scores = score_lots(indptr, indices, np.array([0, 1, 1]), np.array([2, 3, 2]))
    merged = merge_states(scores, np.array([7, 7, 5, 6]))
    assert merged.lots.tolist() == [5, 6, 7] and merged.cases.tolist() == [2, 1, 2]
    none = score_lots(indptr, indices, np.array([], int), np.array([], int))
    assert len(merge_states(none, np.array([7, 7, 5, 6])).lots) == 0
