"""Following lots on a generated economy: build, memory, a trace of 100,000 states, random backward traces.

Peers answer the static question on the same edges in the same run: SQLite, PostgreSQL and DuckDB by recursive CTE,
rustworkx by ``descendants``. Their counts must equal ours. Time-valid answers have no peer: none of them has the notion.
``--full`` takes 10 M lots (about 8 GB and ten minutes).
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from _postgres import Postgres

from shian.core.trace.edges import FOREVER
from shian.core.trace.snapshot import Snapshot, build
from shian.core.trace.walk import Query, Walker
from shian.engines.trace.saved import load, save
from shian.site.demo.economy import generate
from shian.site.demo.economy.bulk import edges, node_columns

CTE = "WITH RECURSIVE r(n) AS (SELECT n FROM start UNION SELECT e.dst FROM r JOIN edge e ON e.src = r.n) SELECT count(*) FROM r"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="10,000,000 lots")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        snapshot, farms = _build(10_000_000 if options.full else options.lots, Path(folder))
        walker = Walker(snapshot)
        starts = _starts(walker, farms, 100_000 if len(snapshot.nodes) >= 1_000_000 else len(snapshot.nodes) // 10)
        ours = _forward(walker, starts)
        backward = _backward(walker)
        if not options.no_peers:
            _peers(walker, starts, ours, backward, Path(folder))


def _build(lots: int, folder: Path) -> tuple[Snapshot, int]:
    begin = time.perf_counter()
    world = generate(lots)
    table, nodes = edges(world), node_columns(world)[2]
    print(f"world: {len(nodes)} lots at holders, {len(table)} edges, generated in {time.perf_counter() - begin:.1f} s")
    farms = len(world.made)
    del world
    begin = time.perf_counter()
    save(build(table, nodes), folder / "index")
    print(f"build and save the index: {time.perf_counter() - begin:.1f} s")
    del table, nodes
    snapshot = load(folder / "index")
    forward = snapshot.forward.nbytes + snapshot.payload.event.nbytes
    backward = snapshot.backward.nbytes + snapshot.position.nbytes
    print(f"index: forward {forward / 1e6:.0f} MB, backward {backward / 1e6:.0f} MB (adjacency, both times, event)")
    print(f"peak memory while building: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    return snapshot, farms


def _starts(walker: Walker, farms: int, wanted: int) -> list[int]:
    """As few farm lots as possible, out of some thousands, that reach about ``wanted`` states together."""

    def reached(nodes: list[int]) -> int:
        return len(walker.reach(Query(True, tuple((n, 0) for n in nodes), False)).nodes)

    sample = np.random.default_rng(5).choice(farms, min(farms, 4000), replace=False).tolist()
    far = sorted(sample, key=lambda n: reached([n]), reverse=True)
    low, high = 1, len(far)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(far[:middle]) >= wanted else (middle + 1, high)
    return far[:low]


def _median(run: Callable[[], object], times: int = 7, clock: Callable[[], float] = time.perf_counter) -> float:
    taken = []
    for _ in range(times):
        begin = clock()
        run()
        taken.append(clock() - begin)
    return 1000 * statistics.median(taken)


def _forward(walker: Walker, starts: list[int]) -> int:
    event = walker.snapshot.payload.event
    found = []
    for timed in (True, False):
        query = Query(True, tuple((n, 0) for n in starts), timed)

        def run(query: Query = query) -> object:
            reach = walker.reach(query)
            return reach, event[reach.positions]

        run()
        reach = walker.reach(query)
        took, worked = _median(run), _median(run, clock=time.thread_time)
        name = "time-valid" if timed else "static"
        print(
            f"forward trace, {name}, events kept: {took:.1f} ms, {worked:.1f} ms of processor time"
            f" ({len(reach.nodes)} states, {len(reach.positions)} edges, {len(starts)} starts, {reach.depths.max()} steps)"
        )
        found.append(len(reach.nodes))
    return found[1]


def _backward(walker: Walker, count: int = 20_000) -> tuple[list[int], float]:
    total = len(walker.snapshot.nodes)
    nodes = np.random.default_rng(6).integers(total // 2, total, count).tolist()
    for node in nodes[:2000]:
        walker.reach(Query(False, ((node, FOREVER),)))
    taken, worked, sizes = [], [], []
    for node in nodes:
        begin, busy = time.perf_counter(), time.thread_time()
        reach = walker.reach(Query(False, ((node, FOREVER),)))
        worked.append(time.thread_time() - busy)
        taken.append(time.perf_counter() - begin)
        sizes.append(len(reach.nodes))
    for name, times in (("", taken), (" of processor time", worked)):
        p50, p99, most = (1000 * float(np.percentile(times, q)) for q in (50, 99, 100))
        print(f"backward traces, time-valid, {count} random states{name}: p50 {p50:.3f} ms, p99 {p99:.3f} ms, max {most:.1f} ms")
    p99 = 1000 * float(np.percentile(worked, 99))
    print(f"states in them: median {np.median(sizes):.0f}, p99 {np.percentile(sizes, 99):.0f}, max {max(sizes)}")
    return nodes[:2000], p99


def _peers(
    walker: Walker, starts: list[int], expected: int, backward: tuple[list[int], float], folder: Path
) -> None:
    snapshot = walker.snapshot
    query = Query(True, tuple((n, 0) for n in starts), False)
    src = np.repeat(np.arange(len(snapshot.nodes), dtype=np.int32), np.diff(snapshot.forward.indptr.astype(np.int64)))
    dst = np.asarray(snapshot.forward.other)
    for name, peer in (("SQLite", _sqlite), ("DuckDB", _duckdb), ("rustworkx", _rustworkx), ("PostgreSQL", _postgres)):
        try:
            count, took, made = peer(src, dst, len(snapshot.nodes), starts, folder)
        except (ImportError, RuntimeError) as absent:
            print(f"forward trace, static, {name}: peer absent ({absent})")
            continue
        assert count == expected, (name, count, expected)
        ours = _median(lambda: walker.reach(query))  # beside the peer: other work on the machine comes and goes
        print(f"forward trace, static: {ours:.1f} ms (peer {name}: {took:.1f} ms, {took / ours:.1f}x; built in {made:.1f} s)")
    _sqlite_backward(folder, *backward)


def _sqlite(src: np.ndarray, dst: np.ndarray, count: int, starts: list[int], folder: Path) -> tuple[int, float, float]:
    begin = time.perf_counter()
    db = sqlite3.connect(folder / "peer.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA cache_size = -400000")
    db.execute("BEGIN")
    for table, a, b in (("edge", src, dst), ("back", dst, src)):
        order = np.lexsort((b, a))
        db.execute(f"CREATE TABLE {table} (src INTEGER, dst INTEGER, PRIMARY KEY (src, dst)) WITHOUT ROWID")
        for i in range(0, len(order), 500_000):
            part = order[i : i + 500_000]
            db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", zip(a[part].tolist(), b[part].tolist(), strict=True))  # noqa: S608
    db.execute("COMMIT")
    made = time.perf_counter() - begin
    db.execute("CREATE TEMP TABLE start (n INTEGER)")
    db.executemany("INSERT INTO start VALUES (?)", [(n,) for n in starts])
    found = db.execute(CTE).fetchone()[0]
    rows = CTE.replace("count(*)", "n")
    return found, _median(lambda: db.execute(rows).fetchall(), 5), made


def _sqlite_backward(folder: Path, nodes: list[int], ours: float) -> None:
    db = sqlite3.connect(folder / "peer.db", isolation_level=None)
    db.execute("PRAGMA cache_size = -400000")
    sql = "WITH RECURSIVE r(n) AS (SELECT ? UNION SELECT e.dst FROM r JOIN back e ON e.src = r.n) SELECT n FROM r"
    taken = []
    for node in [*nodes, *nodes]:
        begin = time.thread_time()
        db.execute(sql, (node,)).fetchall()
        taken.append(time.thread_time() - begin)
    p99 = 1000 * float(np.percentile(taken[len(nodes) :], 99))
    print(f"backward traces p99, processor time: {ours:.3f} ms time-valid with edges (peer SQLite, static, states only: {p99:.3f} ms, {p99 / ours:.1f}x)")


def _duckdb(src: np.ndarray, dst: np.ndarray, count: int, starts: list[int], folder: Path) -> tuple[int, float, float]:
    import duckdb

    begin = time.perf_counter()
    db = duckdb.connect(str(folder / "peer.duckdb"), config={"threads": 1})
    columns, start = {"src": src, "dst": dst}, {"n": np.array(starts, np.int32)}
    db.execute("CREATE TABLE edge AS SELECT * FROM columns")
    db.execute("CREATE TABLE start AS SELECT * FROM start")
    made = time.perf_counter() - begin
    del columns, start
    found = db.execute(CTE).fetchone()[0]
    return found, _median(lambda: db.execute(CTE).fetchall(), 5), made


def _rustworkx(src: np.ndarray, dst: np.ndarray, count: int, starts: list[int], folder: Path) -> tuple[int, float, float]:
    import rustworkx

    begin = time.perf_counter()
    graph = rustworkx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(count + 1))
    for i in range(0, len(src), 1_000_000):
        graph.add_edges_from_no_data(list(zip(src[i : i + 1_000_000].tolist(), dst[i : i + 1_000_000].tolist(), strict=True)))
    graph.add_edges_from_no_data([(count, n) for n in starts])  # one node before all starts
    made = time.perf_counter() - begin
    found = len(rustworkx.descendants(graph, count))
    return found, _median(lambda: rustworkx.descendants(graph, count), 5), made


def _postgres(src: np.ndarray, dst: np.ndarray, count: int, starts: list[int], folder: Path) -> tuple[int, float, float]:
    with Postgres() as server:
        begin = time.perf_counter()
        server.run("CREATE TABLE edge (src int, dst int)")
        server.copy("edge", zip(src.tolist(), dst.tolist(), strict=True))
        server.run("CREATE INDEX ON edge (src, dst)")
        server.run("CREATE TABLE start (n int)")
        server.copy("start", ((n,) for n in starts))
        server.run("VACUUM ANALYZE")
        made = time.perf_counter() - begin
        found = int(server.run(CTE))
        return found, server.milliseconds(f"SET jit = off; SET work_mem = '256MB'; {CTE}", 5), made


if __name__ == "__main__":
    main()
