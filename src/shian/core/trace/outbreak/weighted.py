"""Weighted mode: a source's score is the weight it can explain (FoodChain-Lab desktop).

Cases carry positive weights; places that had the same supply and no cases may carry negative ones, evidence
against. With F(x) = everything that x reached, W⁺ and W⁻ the sums of positive and of negative weights,

    score(x)    = (w(x) + Σ w over F(x)) / max(W⁺, W⁻)
    positive(x) = the same with max(w, 0), over W⁺      negative(x) = with max(-w, 0), over W⁻

A *lot* (批次) is scored over all its deliveries, its own weight not counted; a station also gets the highest
score among its lots. A station that appears in its own F (A sells to B sells to A) counts twice, as there.

Algorithm described from the published behaviour of FoodChain-Lab (BfR); the code is our own. On data with
cycles of deliveries the desktop program answers by order of input, this module with the full closure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from .model import Network, PartialDate
from .places import Places, link_all
from .reach import Links, direct, gather, reached, weigh
from .scenario import WeightedScenario
from .web import Trace, named


@dataclass(frozen=True)
class WeightedScores:
    """Scores by id, zero left out; ``lot_scores`` is by delivery id, ``max_lot_scores`` by supplier.

    ``normaliser`` is the largest absolute combined score (1 when all are zero): score / normaliser lies in
    -1..1.
    """

    station_scores: dict[str, float]
    station_positive_scores: dict[str, float]
    station_negative_scores: dict[str, float]
    max_lot_scores: dict[str, float]
    delivery_scores: dict[str, float]
    lot_scores: dict[str, float]
    normaliser: float
    trace: Trace


class _WeightedGraph:
    """Links between deliveries after cross-contamination and kill steps, and who may pass on what."""

    def __init__(self, network: Network, scenario: WeightedScenario) -> None:
        self.network, self.scenario = network, scenario
        self.places = places = Places(network, scenario.groups)
        self.count = len(network.deliveries)
        self.kill_stations = places.stations(scenario.kill_stations)
        self.kill_deliveries = places.deliveries(scenario.kill_deliveries)
        stations = range(len(places.ids))
        self.outgoing = [[] if i in self.kill_stations else places.outgoing[i] for i in stations]
        self.incoming = [[d for d in places.incoming[i] if d not in self.kill_deliveries] for i in stations]
        self.links = self._links()

    def _links(self) -> Links:
        links, places = Links(self.count), self.places
        links.add_all(*self.network.relation_index)
        for station in sorted(places.stations(self.scenario.cross_stations)):
            self._link_all(links, places.incoming[station], places.outgoing[station])
        self._share(links)
        killed = places.mask(self.kill_stations, len(places.ids))
        targets = np.array(places.targets, dtype=np.int64)
        passes = ~(places.mask(self.kill_deliveries, self.count) | killed[targets])
        return links.only(passes, np.ones(self.count, dtype=bool))

    def _share(self, links: Links) -> None:
        """Flagged deliveries to one recipient share what was made of any of them."""
        flagged: dict[int, list[int]] = {}
        for delivery in sorted(self.places.deliveries(self.scenario.cross_deliveries)):
            flagged.setdefault(self.places.targets[delivery], []).append(delivery)
        before = links.reversed().reversed()  # a copy, as it is now
        for arrivals in flagged.values():
            if len(arrivals) > 1:
                self._link_all(links, arrivals, sorted(direct(before, arrivals, self.count)))

    def _link_all(self, links: Links, arrivals: Sequence[int], departures: Sequence[int]) -> None:
        if self.scenario.enforce_temporal_order:
            link_all(links, arrivals, departures, self._arrival, self._departure)
        else:
            link_all(links, arrivals, departures, lambda d: 0, lambda d: 0)

    def _arrival(self, delivery: int) -> tuple[float, int, int]:
        """The earliest arrival that the known parts of the date allow."""
        held = self.network.deliveries[delivery]
        return _parts(held.date_in or held.date_out, -inf, (0, 0))

    def _departure(self, delivery: int) -> tuple[float, int, int]:
        """The latest departure that the known parts of the date allow."""
        held = self.network.deliveries[delivery]
        return _parts(held.date_out or held.date_in, inf, (13, 32))


def _parts(value: PartialDate | None, year: float, rest: tuple[int, int]) -> tuple[float, int, int]:
    if value is None:
        return (year, *rest)
    month = rest[0] if value.month is None else value.month
    day = rest[1] if value.month is None or value.day is None else value.day
    return (value.year, month, day)


def score_weighted(network: Network, scenario: WeightedScenario) -> WeightedScores:
    """Score every station, delivery and lot of ``network`` under ``scenario``."""
    graph = _WeightedGraph(network, scenario)
    sums = _Sums(graph)
    stations, positive, negative = sums.of_stations()
    deliveries = sums.of_deliveries()
    lots, best = sums.of_lots()
    largest = max((abs(s) for s in (*stations.values(), *deliveries.values())), default=0.0)
    observed = scenario.observed_station
    return WeightedScores(
        station_scores=_without_zero(stations),
        station_positive_scores=_without_zero(positive),
        station_negative_scores=_without_zero(negative),
        max_lot_scores=_without_zero(best),
        delivery_scores=_without_zero(deliveries),
        lot_scores=_without_zero(lots),
        normaliser=largest or 1.0,
        trace=_trace(graph, observed) if observed is not None else Trace(),
    )


def _without_zero(scores: dict[str, float]) -> dict[str, float]:
    return {i: s for i, s in scores.items() if s != 0.0}


class _Sums:
    """Bit sets of weighted elements reached by each delivery, and the sums taken over them.

    Bit *i* stands for the *i*-th station or delivery with a weight other than zero.
    """

    def __init__(self, graph: _WeightedGraph) -> None:
        self.graph = graph
        places, scenario = graph.places, graph.scenario
        self.weights: list[float] = []
        self.station_bit = [0] * len(places.ids)
        self.delivery_bit = [0] * graph.count
        for name, weight in scenario.station_weights.items():
            self.station_bit[places.index[name]] = self._bit(weight)
        for name, weight in scenario.delivery_weights.items():
            self.delivery_bit[graph.network.delivery_index[name]] = self._bit(weight)
        targets = places.targets
        marks = [self.delivery_bit[d] | self.station_bit[targets[d]] for d in range(graph.count)]
        marks += [0] * (graph.links.count - graph.count)
        self.beyond = gather(graph.links, marks)[: graph.count]
        # what a delivery contaminates: its recipient, unless heated on arrival, and all that came of it
        self.reach = [
            bits | (0 if d in graph.kill_deliveries else self.station_bit[targets[d]])
            for d, bits in enumerate(self.beyond)
        ]
        self.positive = sum(w for w in self.weights if w > 0)
        self.negative = -sum(w for w in self.weights if w < 0)

    def _bit(self, weight: float) -> int:
        if weight == 0.0:
            return 0
        self.weights.append(weight)
        return 1 << len(self.weights) - 1

    def _combined(self, own: Sequence[float], sets: Sequence[int]) -> list[float]:
        return self._scores(own, sets, self.weights, max(self.positive, self.negative))

    def _scores(
        self, own: Sequence[float], sets: Sequence[int], weights: Sequence[float], whole: float
    ) -> list[float]:
        if whole == 0.0:
            return [0.0] * len(sets)
        return [(w + s) / whole for w, s in zip(own, weigh(sets, weights), strict=True)]

    def of_stations(self) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Combined, positive and negative score of the stations that still send or receive something."""
        graph, ids = self.graph, self.graph.places.ids
        named = [i for i in range(len(ids)) if graph.incoming[i] or graph.outgoing[i]]
        sets = []
        for i in named:
            bits = 0
            for d in graph.outgoing[i]:
                bits |= self.reach[d] | self.delivery_bit[d]
            sets.append(bits)
        own = [graph.scenario.station_weights.get(ids[i], 0.0) for i in named]
        plus, minus = [max(w, 0.0) for w in self.weights], [max(-w, 0.0) for w in self.weights]
        combined = self._combined(own, sets)
        positive = self._scores([max(w, 0.0) for w in own], sets, plus, self.positive)
        negative = self._scores([max(-w, 0.0) for w in own], sets, minus, self.negative)
        names = [ids[i] for i in named]
        return (
            dict(zip(names, combined, strict=True)),
            dict(zip(names, positive, strict=True)),
            dict(zip(names, negative, strict=True)),
        )

    def of_deliveries(self) -> dict[str, float]:
        """Combined score of every delivery."""
        names = [d.id for d in self.graph.network.deliveries]
        own = [self.graph.scenario.delivery_weights.get(name, 0.0) for name in names]
        return dict(zip(names, self._combined(own, self.reach), strict=True))

    def of_lots(self) -> tuple[dict[str, float], dict[str, float]]:
        """Score of the lot of each delivery (by delivery id), and the highest lot of each supplier."""
        deliveries = self.graph.network.deliveries
        sets: dict[str, int] = {}
        lots = [held.lot_identity() for held in deliveries]
        for lot, bits in zip(lots, self.reach, strict=True):
            sets[lot] = sets.get(lot, 0) | bits
        scores = dict(zip(sets, self._combined([0.0] * len(sets), list(sets.values())), strict=True))
        best: dict[str, float] = {}
        for held, lot in zip(deliveries, lots, strict=True):
            best[held.source] = max(best.get(held.source, -inf), scores[lot])
        return {held.id: scores[lot] for held, lot in zip(deliveries, lots, strict=True)}, best


def _trace(graph: _WeightedGraph, station: str) -> Trace:
    """Everything before and behind ``station``. Kill flags are looked at in the first step only: further
    on, the links they cut are gone already, and what was still reached is shown."""
    places, index = graph.places, graph.places.index[station]
    ids = [d.id for d in graph.network.deliveries]
    first, behind = graph.outgoing[index], _beyond(graph.links, graph.outgoing[index], graph.count)
    last, before = graph.incoming[index], _beyond(graph.links.reversed(), graph.incoming[index], graph.count)
    recipients = {places.targets[d] for d in first if d not in graph.kill_deliveries}
    suppliers = {places.sources[d] for d in last} - graph.kill_stations
    return Trace(
        named(places.ids, recipients | {places.targets[d] for d in behind}),
        named(places.ids, suppliers | {places.sources[d] for d in before}),
        named(ids, behind.union(first)),
        named(ids, before.union(last)),
    )


def _beyond(links: Links, starts: Sequence[int], count: int) -> set[int]:
    """Deliveries reached from ``starts`` over at least one link."""
    return {d for d in reached(links, direct(links, starts, count)) if d < count}
