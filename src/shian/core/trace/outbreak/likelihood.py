"""Likelihood mode: how much better does "x is the source" explain who fell ill than chance?

The score of web mode has a known bias: whoever sells to everybody is on every trace. Here a source *x* is
judged by how many cases its goods reached, against how many they would have reached anyway:

* *k* of *n* cases trace back to x;
* *q* is the share of people who did **not** fall ill, or of the market, that traces back to x. With *c* of *m*
  controls and market share *s* (worth :data:`PRIOR` controls), q = (c + PRIOR·s) / (m + PRIOR);
* the ratio compares the best fraction p = k/n with q:
  LLR = k ln(p/q) + (n − k) ln((1 − p)/(1 − q)) when p > q, else 0.

This is the one-sided binomial likelihood ratio that scan statistics use (Kulldorff 1997); the maximum over p
allows for cases that belong to other sources and for foods that were forgotten. Without controls and market
shares, the final recipients of the network stand in for the market.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from .model import Network, natural_key
from .scenario import LikelihoodScenario
from .web import CaseSets, WebGraph

PRIOR = 20.0
"""How many controls a known market share is worth."""
_LEAST = 1e-6


@dataclass(frozen=True)
class Source:
    """One station or delivery: its cases, the share expected by chance, and the log likelihood ratio."""

    id: str
    kind: str  # station | delivery
    cases: int
    expected: float
    ratio: float


@dataclass(frozen=True)
class LikelihoodScores:
    """Number of cases and controls, and the sources by falling ratio (zero left out)."""

    cases: int
    controls: int
    sources: tuple[Source, ...]
    sets: CaseSets


def log_likelihood_ratio(hit: float, cases: float, expected: float) -> float:
    """LLR of ``hit`` of ``cases`` against the chance ``expected``; zero when not above it."""
    if cases <= 0 or hit <= 0:
        return 0.0
    chance = min(max(expected, _LEAST), 1 - _LEAST)
    share = hit / cases
    if share <= chance:
        return 0.0
    rest = (cases - hit) * log((1 - share) / (1 - chance)) if hit < cases else 0.0
    return hit * log(share / chance) + rest


def expected_share(hit: int, controls: int, market_share: float | None) -> float:
    """Share of people reached by chance, from controls and (or) the market; see the module's text."""
    if market_share is None:
        # no opinion of the market: Laplace's rule keeps an unseen source from being impossible
        return (hit + 1) / (controls + 2)
    return (hit + PRIOR * market_share) / (controls + PRIOR)


def score_likelihood(network: Network, scenario: LikelihoodScenario) -> LikelihoodScores:
    """Rank stations and deliveries of ``network`` by their likelihood ratio."""
    graph = WebGraph(network, scenario.cases)
    cases = graph.walk(scenario.cases.outbreak_stations, scenario.cases.outbreak_deliveries)
    controls = graph.walk(scenario.control_stations, scenario.control_deliveries)
    shares: Mapping[str, float] = scenario.market_shares
    if not controls.cases and not shares:
        controls = graph.walk(_final_recipients(graph), ())
    sources = [
        *_rank("station", cases.stations, controls.stations, cases, controls, shares),
        *_rank("delivery", cases.deliveries, controls.deliveries, cases, controls, shares),
    ]
    sources.sort(key=lambda s: (-s.ratio, s.kind, natural_key(s.id)))
    return LikelihoodScores(len(cases.cases), len(controls.cases), tuple(sources), cases)


def _rank(
    kind: str,
    hits: Mapping[str, int],
    control_hits: Mapping[str, int],
    cases: CaseSets,
    controls: CaseSets,
    shares: Mapping[str, float],
) -> list[Source]:
    found = []
    own = set(cases.cases)
    for name, bits in hits.items():
        if name in own and bits.bit_count() == 1:
            continue  # a case explains itself; that is no evidence
        reached = control_hits.get(name, 0).bit_count()
        expected = expected_share(reached, len(controls.cases), shares.get(name))
        ratio = log_likelihood_ratio(bits.bit_count(), len(cases.cases), expected)
        if ratio > 0:
            found.append(Source(name, kind, bits.bit_count(), expected, ratio))
    return found


def _final_recipients(graph: WebGraph) -> list[str]:
    """Stations that receive and do not send on: where food is eaten."""
    places = graph.places
    return [
        name
        for i, name in enumerate(places.ids)
        if places.incoming[i] and not places.outgoing[i] and i not in places.contained
    ]
