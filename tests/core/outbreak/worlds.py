"""Random small networks for the property tests, and slow scorers written straight from the rules."""

from __future__ import annotations

from math import inf

from hypothesis import strategies as st

from shian.core.trace.outbreak.model import Delivery, Network, PartialDate, Station
from shian.core.trace.outbreak.scenario import WebScenario, WeightedScenario

DATES = st.one_of(
    st.none(),
    st.builds(PartialDate, st.just(2024), st.integers(1, 2), st.integers(1, 9)),
    st.builds(PartialDate, st.just(2024), st.integers(1, 2)),
    st.builds(PartialDate, st.integers(2023, 2024)),
)


@st.composite
def networks(draw: st.DrawFn, stations: int = 6, deliveries: int = 12) -> Network:
    """Any shape: cycles, deliveries of a station to itself, several deliveries of one lot."""
    places = [f"S{i}" for i in range(draw(st.integers(1, stations)))]
    ends = st.sampled_from(places)
    count = draw(st.integers(1, deliveries))
    rows = [
        Delivery(
            id=f"D{i}",
            source=draw(ends),
            target=draw(ends),
            lot=draw(st.sampled_from(["", "L1", "L2"])),
            product="p",
            date_out=draw(DATES),
            date_in=draw(DATES),
        )
        for i in range(count)
    ]
    meeting = [(a.id, b.id) for a in rows for b in rows if a.target == b.source]
    relations = draw(st.lists(st.sampled_from(meeting), max_size=20)) if meeting else []
    return Network(tuple(Station(p) for p in places), tuple(rows), tuple(relations))


def _some(draw: st.DrawFn, ids: list[str], most: int = 4) -> tuple[str, ...]:
    return tuple(draw(st.lists(st.sampled_from(ids), max_size=most, unique=True)))


@st.composite
def web_worlds(draw: st.DrawFn) -> tuple[Network, WebScenario]:
    network = draw(networks())
    places = [s.id for s in network.stations]
    goods = [d.id for d in network.deliveries]
    return network, WebScenario(
        outbreak_stations=_some(draw, places),
        outbreak_deliveries=_some(draw, goods),
        cross_contamination=_some(draw, places),
        kill_stations=_some(draw, places, 2),
        kill_deliveries=_some(draw, goods, 3),
        observed_station=draw(st.one_of(st.none(), st.sampled_from(places))),
        mode=draw(st.sampled_from(["ignore", "explicit", "inferred"])),
        invisible_stations=_some(draw, places, 1),
        invisible_deliveries=_some(draw, goods, 2),
    )


@st.composite
def weighted_worlds(draw: st.DrawFn) -> tuple[Network, WeightedScenario]:
    network = draw(networks())
    places = [s.id for s in network.stations]
    goods = [d.id for d in network.deliveries]
    weights = st.sampled_from([1.0, 2.0, 0.5, -1.0, -0.25, 0.0])
    return network, WeightedScenario(
        station_weights=draw(st.dictionaries(st.sampled_from(places), weights, max_size=4)),
        delivery_weights=draw(st.dictionaries(st.sampled_from(goods), weights, max_size=4)),
        cross_stations=_some(draw, places, 3),
        cross_deliveries=_some(draw, goods, 5),
        kill_stations=_some(draw, places, 2),
        kill_deliveries=_some(draw, goods, 3),
        enforce_temporal_order=draw(st.booleans()),
        observed_station=draw(st.one_of(st.none(), st.sampled_from(places))),
    )


def slow_web(
    network: Network, scenario: WebScenario, windows: dict[str, tuple[float, float]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Walk back case by case. ``windows``: delivery → (earliest arrival, latest departure)."""
    goods = {d.id: d for d in network.deliveries}
    hidden = set(scenario.invisible_stations)
    seen = {
        d.id
        for d in network.deliveries
        if d.id not in scenario.invisible_deliveries and not {d.source, d.target} & hidden
    }

    def previous(d: Delivery) -> set[str]:
        made_of = {a for a, b in network.relations if b == d.id}
        if d.source in scenario.cross_contamination:
            for e in network.deliveries:
                if e.target == d.source and (
                    scenario.mode == "ignore" or windows[e.id][0] <= windows[d.id][1]
                ):
                    made_of.add(e.id)
        return made_of

    stations = dict.fromkeys((s.id for s in network.stations), 0)
    deliveries = dict.fromkeys(goods, 0)
    cases = 0

    def walk(start: list[str], reached: set[str]) -> None:
        found: set[str] = set()
        while start:
            name = start.pop()
            if name in found or name not in seen or name in scenario.kill_deliveries:
                continue
            found.add(name)
            source = goods[name].source
            if source not in scenario.kill_stations:
                reached.add(source)
                start += previous(goods[name])
        for name in found:
            deliveries[name] += 1
        for place in reached:
            stations[place] += 1

    for place in scenario.outbreak_stations:
        if place not in hidden:
            cases += 1
            walk([d.id for d in network.deliveries if d.target == place], {place})
    for name in scenario.outbreak_deliveries:
        if name in seen:
            cases += 1
            walk([name], set())
    return (
        {i: n / cases for i, n in stations.items() if n},
        {i: n / cases for i, n in deliveries.items() if n},
    )


def before(arrival: Delivery, departure: Delivery) -> bool:
    """Unknown parts decide for 'before'; one missing date takes the other."""
    a, d = arrival.date_in or arrival.date_out, departure.date_out or departure.date_in
    if a is None or d is None or a.year != d.year:
        return a is None or d is None or d.year > a.year
    if a.month is None or d.month is None or a.month != d.month:
        return a.month is None or d.month is None or d.month > a.month
    return a.day is None or d.day is None or d.day >= a.day


class SlowWeighted:
    """The definitions of weighted mode over explicit pairs and plain closures."""

    def __init__(self, network: Network, scenario: WeightedScenario) -> None:
        self.network, self.scenario = network, scenario
        self.goods = {d.id: d for d in network.deliveries}
        pairs = set(network.relations)
        allowed = (lambda a, b: before(a, b)) if scenario.enforce_temporal_order else (lambda a, b: True)
        for place in scenario.cross_stations:
            pairs |= {
                (a.id, b.id)
                for a in network.deliveries
                for b in network.deliveries
                if a.target == place == b.source and a.id != b.id and allowed(a, b)
            }
        while True:
            more = {
                (b, out)
                for a in scenario.cross_deliveries
                for b in scenario.cross_deliveries
                if a != b and self.goods[a].target == self.goods[b].target
                for x, out in pairs
                if x == a and allowed(self.goods[b], self.goods[out])
            }
            if more <= pairs:
                break
            pairs |= more
        self.pairs = {
            (a, b)
            for a, b in pairs
            if a != b
            and a not in scenario.kill_deliveries
            and self.goods[a].target not in scenario.kill_stations
        }

    def closure(self, start: str, forward: bool = True) -> set[str]:
        pairs = self.pairs if forward else {(b, a) for a, b in self.pairs}
        found: set[str] = set()
        pending = [b for a, b in pairs if a == start]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += [b for a, b in pairs if a == name]
        return found

    def stations_of(self, name: str) -> set[str]:
        found = {self.goods[d].target for d in self.closure(name)}
        return found if name in self.scenario.kill_deliveries else found | {self.goods[name].target}

    def score(self, own: float, stations: set[str], deliveries: set[str], kind: str) -> float:
        part = {"combined": lambda w: w, "positive": lambda w: max(w, 0), "negative": lambda w: max(-w, 0)}[
            kind
        ]
        weights = [*self.scenario.station_weights.values(), *self.scenario.delivery_weights.values()]
        plus, minus = sum(w for w in weights if w > 0), -sum(w for w in weights if w < 0)
        whole = {"combined": max(plus, minus), "positive": plus, "negative": minus}[kind]
        if whole == 0:
            return 0.0
        total = part(own) + sum(part(self.scenario.station_weights.get(s, 0)) for s in stations)
        return (total + sum(part(self.scenario.delivery_weights.get(d, 0)) for d in deliveries)) / whole

    def outgoing(self, place: str) -> list[str]:
        if place in self.scenario.kill_stations:
            return []
        return [d.id for d in self.network.deliveries if d.source == place]

    def incoming(self, place: str) -> list[str]:
        kill = self.scenario.kill_deliveries
        return [d.id for d in self.network.deliveries if d.target == place and d.id not in kill]

    def stations(self, kind: str) -> dict[str, float]:
        scores = {}
        for s in self.network.stations:
            out = self.outgoing(s.id)
            if out or self.incoming(s.id):
                places = {p for d in out for p in self.stations_of(d)}
                goods = {e for d in out for e in self.closure(d)} | set(out)
                scores[s.id] = self.score(self.scenario.station_weights.get(s.id, 0), places, goods, kind)
        return scores

    def deliveries(self) -> dict[str, float]:
        own = self.scenario.delivery_weights
        return {
            d: self.score(own.get(d, 0), self.stations_of(d), self.closure(d), "combined") for d in self.goods
        }

    def lots(self) -> tuple[dict[str, float], dict[str, float]]:
        scores, best = {}, {}
        for d in self.network.deliveries:
            same = [e.id for e in self.network.deliveries if e.lot_identity() == d.lot_identity()]
            places = {p for e in same for p in self.stations_of(e)}
            goods = {x for e in same for x in self.closure(e)}
            scores[d.id] = self.score(0, places, goods, "combined")
            best[d.source] = max(best.get(d.source, -inf), scores[d.id])
        return scores, best
