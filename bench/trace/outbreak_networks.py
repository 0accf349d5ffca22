"""One investigation's network: 100,000 deliveries with 50 cases, and a chain of 1,000,000 deliveries.

    python bench/trace/outbreak_networks.py [--deliveries 100000] [--chain 1000000]

FoodChain-Lab's own figures (measured elsewhere, see the design notes): web 697 ms and desktop 3.2 s at 100,000
deliveries; web fails on a chain of 5,000. Peer in this run: rustworkx ancestors for each case.
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import replace

from shian.core.trace.outbreak import (
    Delivery,
    Network,
    Station,
    WebScenario,
    WeightedScenario,
    score_web,
    score_weighted,
)


def layered(deliveries: int, seed: int = 1) -> Network:
    """Farms to kitchens in six layers; what leaves a station was made of up to three arrivals there."""
    rng = random.Random(seed)
    width = max(deliveries // 60, 2)
    stations = [[f"L{layer}-{i}" for i in range(width)] for layer in range(7)]
    rows: list[Delivery] = []
    relations: list[tuple[str, str]] = []
    arrived: dict[str, list[str]] = {}
    for layer in range(6):
        for _ in range(deliveries // 6):
            source, target = rng.choice(stations[layer]), rng.choice(stations[layer + 1])
            name = str(len(rows))
            rows.append(Delivery(name, source, target))
            for before in rng.sample(arrived.get(source, []), min(3, len(arrived.get(source, [])))):
                relations.append((before, name))
        arrived = {}
        for d in rows[layer * (deliveries // 6) :]:
            arrived.setdefault(d.target, []).append(d.id)
    return Network(tuple(Station(s) for part in stations for s in part), tuple(rows), tuple(relations))


def chain(length: int) -> Network:
    names = [str(i) for i in range(length + 1)]
    return Network(
        tuple(Station(n) for n in names),
        tuple(Delivery(names[i], names[i], names[i + 1]) for i in range(length)),
        tuple((names[i], names[i + 1]) for i in range(length - 1)),
    )


def timed(name: str, work: object) -> float:
    start, busy = time.perf_counter(), time.process_time()
    work()  # type: ignore[operator]
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    print(f"{name}: {seconds:.2f} s, {busy:.2f} s of processor")
    return seconds


def by_rustworkx(network: Network, cases: list[str]) -> None:
    try:
        import rustworkx
    except ImportError:
        print("rustworkx: not installed (pip install -r requirements/bench.txt)")
        return
    index = network.delivery_index
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(len(index)))
    graph.add_edges_from_no_data([(index[a], index[b]) for a, b in network.relations])
    into: dict[str, list[int]] = {}
    for d in network.deliveries:
        into.setdefault(d.target, []).append(index[d.id])

    def walk() -> None:
        counts: dict[int, int] = {}
        for case in cases:
            reached = {n for d in into.get(case, []) for n in (d, *rustworkx.ancestors(graph, d))}
            for node in reached:
                counts[node] = counts.get(node, 0) + 1

    timed("rustworkx, deliveries of 50 cases", walk)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=100_000)
    parser.add_argument("--chain", type=int, default=1_000_000)
    options = parser.parse_args()
    network = layered(options.deliveries)
    kitchens = [s.id for s in network.stations if s.id.startswith("L6-")]
    cases = random.Random(2).sample(kitchens, min(50, len(kitchens)))
    web = WebScenario(outbreak_stations=tuple(cases))
    print(f"network: {len(network.deliveries):,} deliveries, {len(network.relations):,} relations")
    timed("web, 50 cases (FoodChain-Lab Web: 0.70 s)", lambda: score_web(network, web))
    weights = WeightedScenario(station_weights=dict.fromkeys(cases, 1.0))
    timed("weighted, 50 cases (FoodChain-Lab desktop: 3.2 s)", lambda: score_weighted(network, weights))
    by_rustworkx(network, cases)
    long = chain(options.chain)
    last = WebScenario(outbreak_stations=(str(options.chain),), mode="ignore")
    timed(
        f"web, chain of {options.chain:,} (FoodChain-Lab Web fails at 5,000)", lambda: score_web(long, last)
    )
    timed("the same with inferred dates", lambda: score_web(long, replace(last, mode="inferred")))
    end = WeightedScenario(station_weights={str(options.chain): 1.0})
    timed(f"weighted, chain of {options.chain:,}", lambda: score_weighted(long, end))


if __name__ == "__main__":
    main()
