"""A thousand cases scored over ten million lots.

    python bench/trace/outbreak_live.py [--lots 10000000] [--cases 1000] [--no-peer]

Peer in the same run: ``rustworkx.ancestors`` called for each case on the same graph, counting in a dict.
"""

from __future__ import annotations

import argparse
import time
from statistics import median

import numpy as np
import numpy.typing as npt

from shian.core.trace.outbreak.live import score_lots
from shian.site.demo.economy import generate

Ints = npt.NDArray[np.int64]


def backward_index(lots: int) -> tuple[Ints, npt.NDArray[np.int32], Ints]:
    """The world's links, backward, and the nodes at which food is eaten."""
    world = generate(lots)
    count = len(world.thing)
    starts = np.concatenate((world.moves.src, world.uses.src))
    ends = np.concatenate((world.moves.dst, world.uses.made[world.uses.batch]))
    order = np.argsort(ends, kind="stable")
    indptr = np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=count))))
    leads_on = np.zeros(count, dtype=bool)
    leads_on[starts] = True
    return indptr, starts[order].astype(np.int32), np.flatnonzero(~leads_on)


def by_rustworkx(indptr: Ints, indices: npt.NDArray[np.int32], eaten: Ints) -> dict[int, int] | None:
    try:
        import rustworkx
    except ImportError:
        print("rustworkx: not installed (pip install -r requirements/bench.txt)")
        return None
    graph = rustworkx.PyDiGraph(multigraph=True)
    graph.add_nodes_from(range(len(indptr) - 1))
    ends = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    graph.add_edges_from_no_data(list(zip(indices.tolist(), ends.tolist(), strict=True)))
    start = time.perf_counter()
    counts: dict[int, int] = {}
    for lot in eaten.tolist():
        for node in {lot, *rustworkx.ancestors(graph, lot)}:
            counts[node] = counts.get(node, 0) + 1
    print(f"rustworkx: {(time.perf_counter() - start) * 1e3:.1f} ms")
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=10_000_000)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    indptr, indices, finals = backward_index(options.lots)
    rng = np.random.default_rng(1)
    print(f"nodes: {len(indptr) - 1:,} edges: {len(indices):,}")
    cases = np.arange(options.cases)
    eaten = rng.choice(finals, options.cases)
    scores = score_lots(indptr, indices, cases, eaten)
    times, used = [], []
    for _ in range(9):
        start, busy = time.perf_counter(), time.process_time()
        scores = score_lots(indptr, indices, cases, eaten)
        times.append(time.perf_counter() - start)
        used.append(time.process_time() - busy)
    own = median(times) * 1e3
    print(
        f"score {options.cases:,} cases: {own:.1f} ms, {median(used) * 1e3:.1f} ms of processor (goal: <= 50 ms)"
    )
    print(f"lots touched: {len(scores.lots):,}")
    several = rng.choice(finals, options.cases * 6)
    start, busy = time.perf_counter(), time.process_time()
    six = score_lots(indptr, indices, np.repeat(cases, 6), several)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    print(
        f"with six foods each: {seconds * 1e3:.1f} ms, {busy * 1e3:.1f} ms of processor, {len(six.lots):,} lots"
    )
    if not options.no_peer:
        counts = by_rustworkx(indptr, indices, eaten)
        if counts is not None:
            assert counts == dict(zip(scores.lots.tolist(), scores.cases.tolist(), strict=True))


if __name__ == "__main__":
    main()
