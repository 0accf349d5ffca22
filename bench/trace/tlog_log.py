"""The log at full size: append, prove, and find one altered, removed or reordered record.

    python bench/trace/tlog_log.py [--size 10000000] [--peer 200000]

Peer: pymerkle's in-memory tree, over the same digests at ``--peer`` entries. An audit is everything
``shian log audit`` does: hash every record line, rebuild the tree, compare with a checkpoint and record by record.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from shian.core.tlog import Checkpoint, Log, record_digest, tree
from shian.core.tlog.audit import Finding, check_log, compare_records


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def typical(work: Callable[[], object]) -> float:
    """Median of nine runs after one that warms."""
    work()
    return median(timed(work) for _ in range(9))


def record(number: int) -> bytes:
    return b'{"seq":%d,"event":"shipping","lot":"L%d"}' % (number, number % 65_521)


def records(size: int, change: str = "", at: int = 0) -> Iterator[bytes]:
    """Digests of the records, with one change."""
    order = range(size)
    for number in order:
        if change == "altered" and number == at:
            yield record_digest(record(number) + b" ")
        elif change == "removed" and number == at:
            continue
        elif change == "reordered" and number in (at, at + 1):
            yield record_digest(record(2 * at + 1 - number))
        else:
            yield record_digest(record(number))


def audit(log: Log, trusted: list[Checkpoint], size: int, change: str, at: int) -> list[Finding]:
    return check_log(log, trusted) + compare_records(log, records(size, change, at))


def full_size(folder: Path, size: int) -> None:
    with Log(folder / "log.db", "bench") as log:
        seconds = timed(lambda: log.append(records(size)))
        print(f"append: {size / seconds:,.0f} records/s ({size:,} records, hashing them included)")
        print(f"log file: {(folder / 'log.db').stat().st_size / 1e6:,.0f} MB")
        trusted = [Checkpoint("bench", size, log.root())]
        proof = log.inclusion_proof(size // 3)
        print(
            f"inclusion proof: {typical(lambda: log.inclusion_proof(size // 3)) * 1e3:.2f} ms, {len(proof)} hashes"
        )
        print(
            f"consistency proof from half: {typical(lambda: log.consistency_proof(size // 2)) * 1e3:.2f} ms"
        )
        for change in ("altered", "removed", "reordered"):
            at = size * 7 // 10
            start, used = time.perf_counter(), time.process_time()
            found = audit(log, trusted, size, change, at)
            seconds, used = time.perf_counter() - start, time.process_time() - used
            assert [(f.kind, f.index) for f in found] == [(change, at)], found[:3]
            print(
                f"audit, one record {change}: {seconds:.1f} s, {used:.1f} s of processor (goal: <= 60 s), found at entry {found[0].index:,}"
            )


def beside_pymerkle(folder: Path, size: int) -> None:
    try:
        import pymerkle
    except ImportError:
        print("pymerkle: not installed (pip install -r requirements/bench.txt)")
        return
    digests = list(records(size))
    peer = pymerkle.InmemoryTree(algorithm="sha256")

    def fill() -> None:
        for digest in digests:
            peer.append_entry(digest)

    with Log(folder / "small.db", "bench") as log:
        own, other = timed(lambda: log.append(digests)), timed(fill)
        assert peer.get_root() == log.root()
        print(
            f"append to disk, {size:,}: {size / own:,.0f} /s (pymerkle in memory: {size / other:,.0f} /s, {other / own:.1f}x)"
        )
        old = size // 2 + 1
        own, other = (
            typical(lambda: log.inclusion_proof(old - 1)),
            typical(lambda: peer.prove_inclusion(old, size)),
        )
        print(f"inclusion proof: {own * 1e3:.3f} ms (pymerkle: {other * 1e3:.3f} ms, {other / own:.1f}x)")
        own, other = (
            typical(lambda: log.consistency_proof(old)),
            typical(lambda: peer.prove_consistency(old, size)),
        )
        print(f"consistency proof: {own * 1e3:.3f} ms (pymerkle: {other * 1e3:.3f} ms, {other / own:.1f}x)")
        tree.verify_consistency(old, log.root(old), size, log.root(), log.consistency_proof(old))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--peer", type=int, default=200_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        beside_pymerkle(Path(folder), options.peer)
        full_size(Path(folder), options.size)


if __name__ == "__main__":
    main()
