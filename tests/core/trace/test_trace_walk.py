"""The walk against an oracle that tries every edge until nothing changes; small and large paths agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.trace import walk as walking
from shian.core.trace.edges import FOREVER, Edge, EdgeTable
from shian.core.trace.overlay import NodeInfo, Overlay
from shian.core.trace.snapshot import Nodes, build
from shian.core.trace.walk import Query, Reach, Walker

N = 12


def nodes(count: int) -> Nodes:
    return Nodes(np.zeros(count, np.int32), np.zeros(count, np.uint8), np.zeros(count, np.uint32), np.zeros(count, np.uint32))


@st.composite
def edge_lists(draw: st.DrawFn) -> list[Edge]:
    node, time = st.integers(0, N - 1), st.integers(1, 20)
    out = []
    for event in range(draw(st.integers(0, 40))):
        out.append(Edge(draw(node), draw(node), 1, draw(time), draw(time), event))
    return out


def oracle(edges: Sequence[Edge], query: Query) -> tuple[dict[int, int], set[Edge]]:
    """(node → time, edges taken), by the definition."""
    label: dict[int, int] = {}
    for node, time in query.starts:
        better = min if query.forward else max
        label[node] = better(time, label.get(node, time)) if query.timed else (0 if query.forward else FOREVER)
    while True:
        before = dict(label)
        taken = set()
        for e in edges:
            if query.forward:
                src, dst, leave, arrive = e.src, e.dst, e.t_out, e.t_in
            else:
                src, dst, leave, arrive = e.dst, e.src, e.t_in, e.t_out
            if src not in label or src in query.stop or e.event in query.stop_events:
                continue
            if query.timed and (leave < label[src] if query.forward else leave > label[src]):
                continue
            taken.add(e)
            new = arrive if query.timed else (0 if query.forward else FOREVER)
            if dst not in label or (new < label[dst] if query.forward else new > label[dst]):
                label[dst] = new
        if label == before:
            return label, taken


def answer(walker: Walker, reach: Reach) -> tuple[dict[int, int], set[Edge]]:
    taken = [walker.snapshot.edge(int(p)) for p in reach.positions] + list(reach.extra)
    assert len(taken) == len(set(taken)) and len(set(reach.nodes.tolist())) == len(reach.nodes)
    return dict(zip(reach.nodes.tolist(), reach.times.tolist(), strict=True)), set(taken)


@settings(max_examples=100, deadline=None)
@given(
    edges=edge_lists(), split=st.integers(0, 40), dead=st.sets(st.integers(0, 39), max_size=4), start=st.integers(0, N - 1),
    forward=st.booleans(), timed=st.booleans(), time=st.integers(0, 21), stop=st.sets(st.integers(0, N - 1), max_size=2),
    stop_events=st.sets(st.integers(0, 39), max_size=2), small=st.sampled_from([0, 3, 512]),
)  # fmt: skip
def test_walk_equals_oracle(edges, split, dead, start, forward, timed, time, stop, stop_events, small) -> None:
    old, new = edges[:split], edges[split:]
    known = N if any(max(e.src, e.dst) >= N - 3 for e in old) else N - 3
    snapshot = build(EdgeTable.of(old), nodes(known))
    overlay = Overlay()
    for n in range(N):
        overlay.put_node(n, NodeInfo(0, 0, 0, 0))
    for e in new:
        overlay.add(e)
    gone = {e for e in edges if e.event in dead}
    for e in gone:
        overlay.withdraw(e, snapshot)
    live = [e for e in edges if e not in gone]
    query = Query(forward, ((start, time),), timed, None, frozenset(stop - {start}), frozenset(stop_events))
    walker = Walker(snapshot, overlay)
    before, walking.SMALL = walking.SMALL, small
    try:
        for _ in range(2):  # the scratch memory is clean afterwards
            assert answer(walker, walker.reach(query)) == oracle(live, query)
        limits = [Query(forward, ((start, time),), timed, d, query.stop, query.stop_events) for d in range(4)]
        shallow = [walker.reach(q) for q in limits]
        walking.SMALL = 512
        for query, reach in zip(limits, shallow, strict=True):
            again = walker.reach(query)
            assert answer(walker, again) == answer(walker, reach)
            assert again.depths.tolist() == reach.depths.tolist() and again.nodes.tolist() == reach.nodes.tolist()
            assert reach.depths.max() <= query.depth
    finally:
        walking.SMALL = before


def test_a_long_cycle() -> None:
    count = 30_000
    number = np.arange(count, dtype=np.int32)
    edges = EdgeTable(
        number, (number + 1) % count, np.ones(count, np.uint8), number.astype(np.uint32) + 1, number.astype(np.uint32) + 2, number,
        np.full(count, FOREVER, np.uint32), np.zeros(count, np.int64), np.full(count, 255, np.uint8), np.zeros(count, np.uint16),
    )  # fmt: skip
    walker = Walker(build(edges, nodes(count)))
    assert len(walker.reach(Query(True, ((0, 0),))).nodes) == count
    assert len(walker.reach(Query(False, ((count - 1, FOREVER),))).nodes) == count
    assert len(walker.reach(Query(True, ((5, 0),), timed=False)).positions) == count
