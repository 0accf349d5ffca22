"""Web mode: a source's score is the share of cases whose backward trace reaches it (FoodChain-Lab Web).

From every case one walks back once: a case station counts itself, then everything it received; a delivery
counts itself and the station that sent it, and goes on to the deliveries that went into it. A *kill step*
(灭杀工序, heating for instance) ends the walk: the delivery or station is not counted. Where
*cross-contamination* is assumed, whatever had arrived in time may have gone in. A station on every walk,
score 1, is a *common link*. All walks are made at once, as bit sets (:mod:`.reach`).

Algorithm described from the published behaviour of FoodChain-Lab (BfR); the code is our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from .dates import Window, explicit_windows, inferred_windows
from .model import Network, natural_key
from .places import Places, link_all
from .reach import Links, reached, spread
from .scenario import WebScenario


@dataclass(frozen=True)
class Trace:
    """Ids before and behind one station, each list in natural order."""

    forward_stations: tuple[str, ...] = ()
    backward_stations: tuple[str, ...] = ()
    forward_deliveries: tuple[str, ...] = ()
    backward_deliveries: tuple[str, ...] = ()


@dataclass(frozen=True)
class WebScores:
    """Scores in 0..1 by id (zero left out), stations of score 1, and the trace of the observed station."""

    station_scores: dict[str, float]
    delivery_scores: dict[str, float]
    common_links: tuple[str, ...]
    trace: Trace


@dataclass(frozen=True)
class CaseSets:
    """Which cases lead back to what: bit *i* of a set is case *i* of ``cases`` (station or delivery ids)."""

    cases: tuple[str, ...]
    stations: dict[str, int]
    deliveries: dict[str, int]


class WebGraph:
    """A network under the assumptions of a scenario, ready to be walked both ways."""

    def __init__(self, network: Network, scenario: WebScenario) -> None:
        self.network, self.scenario = network, scenario
        self.places = places = Places(network, scenario.groups)
        self.kill_stations = places.stations(scenario.kill_stations)
        self.kill_deliveries = places.deliveries(scenario.kill_deliveries)
        self.hidden_stations = places.stations(scenario.invisible_stations)
        count, stations = len(network.deliveries), len(places.ids)
        sources, targets = np.array(places.sources, dtype=np.int64), np.array(places.targets, dtype=np.int64)
        hidden = places.mask(self.hidden_stations, stations)
        killed = places.mask(self.kill_stations, stations)
        hidden_delivery = places.mask(places.deliveries(scenario.invisible_deliveries), count)
        # what a walk may enter, and what it may go on from
        self.visible = ~(hidden_delivery | hidden[sources] | hidden[targets])
        self.countable = self.visible & ~places.mask(self.kill_deliveries, count)
        self.sent_by_kill, self.sent_to_kill = killed[sources], killed[targets]
        self.cross = places.stations(scenario.cross_contamination)
        self.windows = self._windows()

    def _windows(self) -> list[Window]:
        if self.scenario.mode == "explicit":
            return explicit_windows(self.network)
        if self.scenario.mode == "inferred":
            return inferred_windows(self.network)
        return [Window(-inf, inf, -inf, inf)] * len(self.network.deliveries)

    def into(self) -> Links:
        """Edges from each delivery to those it may be part of (forward in time), kill steps not yet cut."""
        links = Links(len(self.network.deliveries))
        links.add_all(*self.network.relation_index)
        for station in sorted(self.cross):
            link_all(
                links,
                self.places.incoming[station],
                self.places.outgoing[station],
                lambda d: self.windows[d].in_min,
                lambda d: self.windows[d].out_max,
            )
        return links

    def score_links(self) -> Links:
        """Edges a walk for the score follows: backward, between countable deliveries, not past a kill."""
        return self.into().reversed().only(self.countable & ~self.sent_by_kill, self.countable)

    def walk(self, stations: Sequence[str], deliveries: Sequence[str]) -> CaseSets:
        """Walk back from every listed case that can be seen; a station inside a group is no case."""
        places = self.places
        cases: list[str] = []
        seeds: dict[int, int] = {}
        at_station = [0] * len(places.ids)
        for station in sorted(places.stations(stations) - places.contained - self.hidden_stations):
            bit = 1 << len(cases)
            cases.append(places.ids[station])
            at_station[station] |= bit
            for delivery in places.incoming[station]:
                if self.countable[delivery]:
                    seeds[delivery] = seeds.get(delivery, 0) | bit
        for delivery in sorted(places.deliveries(deliveries)):
            if self.visible[delivery]:
                bit = 1 << len(cases)
                cases.append(self.network.deliveries[delivery].id)
                if self.countable[delivery]:
                    seeds[delivery] = seeds.get(delivery, 0) | bit
        sets = spread(self.score_links(), seeds)[: len(self.visible)]
        for delivery, bits in enumerate(sets):
            source = places.sources[delivery]
            if bits and source not in self.kill_stations:
                at_station[source] |= bits
        return CaseSets(
            tuple(cases),
            {places.ids[i]: bits for i, bits in enumerate(at_station) if bits},
            {self.network.deliveries[i].id: bits for i, bits in enumerate(sets) if bits},
        )

    def trace(self, station: str) -> Trace:
        """Everything before and behind ``station``.

        A kill delivery met on the way is shown; forward it leads nowhere, backward it does not matter. A
        kill station is shown as the end of a forward trace and is not shown in a backward one.
        """
        places, links = self.places, self.into()
        count = len(self.visible)
        seen = self.visible
        index = places.index[station]
        out_of, into = self._own(station, "source"), self._own(station, "target")

        onward = self.countable & ~self.sent_to_kill
        first = [d for d in out_of if self.countable[d]] if index not in self.kill_stations else []
        forward = {d for d in reached(links.only(onward, seen), first) if d < count}
        first = [d for d in into if self.countable[d]]
        back_links = links.reversed().only(seen & ~self.sent_by_kill, seen)
        backward = {d for d in reached(back_links, first) if d < count}
        return Trace(
            named(places.ids, {places.targets[d] for d in forward if d not in self.kill_deliveries}),
            named(places.ids, {places.sources[d] for d in backward} - self.kill_stations),
            named([d.id for d in self.network.deliveries], forward),
            named([d.id for d in self.network.deliveries], backward),
        )

    def _own(self, station: str, end: str) -> list[int]:
        """Deliveries from or to a station, or to the members of a group."""
        members = set(self.scenario.groups.get(station, (station,)))
        return [i for i, d in enumerate(self.network.deliveries) if getattr(d, end) in members]


def named(ids: Sequence[str], found: set[int]) -> tuple[str, ...]:
    """The ids at these positions, in natural order."""
    return tuple(sorted((ids[i] for i in found), key=natural_key))


def score_web(network: Network, scenario: WebScenario) -> WebScores:
    """Score every station and delivery of ``network`` under ``scenario``."""
    graph = WebGraph(network, scenario)
    sets = graph.walk(scenario.outbreak_stations, scenario.outbreak_deliveries)
    total = len(sets.cases)
    trace = graph.trace(scenario.observed_station) if scenario.observed_station is not None else Trace()
    stations = {i: b.bit_count() / total for i, b in sets.stations.items()}
    return WebScores(
        station_scores=stations,
        delivery_scores={i: b.bit_count() / total for i, b in sets.deliveries.items()},
        common_links=tuple(sorted((i for i, s in stations.items() if s == 1.0), key=natural_key)),
        trace=trace,
    )
