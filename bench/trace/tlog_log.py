"""The log at full size: append, prove, and find one altered, removed or reordered record.

    python bench/trace/tlog_log.py [--size 10000000] [--peer 200000] [--processes 2]

An audit is what ``shian log audit LOG RECORDS`` does, with the records in a file of lines: hash every line, hash the
whole tree anew, compare with stored tiles, checkpoint and record by record. Beside it, in the same run: the least that
``hashlib`` needs for the very same bytes (one long hash, no call for each record), the plain loop over ``hashlib``, and
pymerkle's in-memory tree, the last two at ``--peer`` entries.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median

from shian.core.tlog import Checkpoint, record_digest, tree
from shian.core.tlog.tree import split_hashes
from shian.engines.tlog import Log
from shian.engines.tlog.audit import Finding, Workers, check_log, compare_records, line_digests


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def typical(work: Callable[[], object]) -> float:
    """Median of nine runs after one that warms."""
    work()
    return median(timed(work) for _ in range(9))


def processor() -> float:
    """Processor seconds of this process and of its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def record(number: int) -> bytes:
    return b'{"seq":%d,"event":"shipping","lot":"L%d"}' % (number, number % 65_521)


def write_records(path: Path, size: int) -> None:
    with path.open("wb") as out:
        for start in range(0, size, 100_000):
            out.write(b"".join(record(n) + b"\n" for n in range(start, min(start + 100_000, size))))


def changed(path: Path, size: int, change: str, at: int) -> Path:
    """A copy of the records with one change made to it."""
    place = sum(len(record(n)) + 1 for n in range(at))
    one, two = record(at) + b"\n", record(at + 1) + b"\n"
    instead = {"altered": one.replace(b"shipping", b"receipts") + two, "removed": two, "reordered": two + one}
    copy = path.with_suffix(f".{change}")
    with path.open("rb") as old, copy.open("wb") as new:
        new.write(old.read(place))
        assert old.read(len(one + two)) == one + two
        new.write(instead[change])
        shutil.copyfileobj(old, new)
    return copy


def audit(log: Log, trusted: list[Checkpoint], records: Path, processes: int) -> list[Finding]:
    with Workers(processes) as workers:
        whole = check_log(log, trusted, workers=workers)
        return whole + compare_records(log, line_digests(records, workers))


def digests(path: Path) -> Iterator[bytes]:
    with Workers() as alone:
        for run in line_digests(path, alone):
            yield from split_hashes(run)


def full_size(folder: Path, size: int, processes: int) -> None:
    records = folder / "records"
    write_records(records, size)
    with Log(folder / "log.db", "bench") as log:
        start, used = time.perf_counter(), processor()
        log.append(digests(records))
        seconds, used = time.perf_counter() - start, processor() - used
        print(
            f"append: {size / seconds:,.0f} records/s, {used:.1f} s of processor ({size:,} records, hashing included)"
        )
        print(f"log file: {(folder / 'log.db').stat().st_size / 1e6:,.0f} MB")
        trusted = [Checkpoint("bench", size, log.root())]
        at = size // 3
        proof = log.inclusion_proof(at)
        print(
            f"inclusion proof: {typical(lambda: log.inclusion_proof(at)) * 1e3:.2f} ms, {len(proof)} hashes"
        )
        print(
            f"consistency proof from half: {typical(lambda: log.consistency_proof(size // 2)) * 1e3:.2f} ms"
        )
        floor = hash_once(records.stat().st_size + 20 * size, 33 * size, 65 * size)
        for change in ("altered", "removed", "reordered"):
            audited(log, trusted, records, size, change, floor, processes)


def audited(
    log: Log,
    trusted: list[Checkpoint],
    records: Path,
    size: int,
    change: str,
    floor: float,
    processes: int,
) -> None:
    at = size * 7 // 10
    copy = changed(records, size, change, at)
    start, used = time.perf_counter(), processor()
    found = audit(log, trusted, copy, processes)
    seconds, used = time.perf_counter() - start, processor() - used
    copy.unlink()
    assert [(f.kind, f.index) for f in found] == [(change, at)], found[:3]
    print(
        f"audit of {size:,}, one record {change}: {seconds:.1f} s wall, {used:.1f} s of processor in {processes} processes"
        f" (goal: <= 60 s; hashlib, the same bytes in one go: {floor:.1f} s, {used / floor:.1f}x); found entry {at:,}"
    )


def hash_once(*lengths: int) -> float:
    """Processor seconds of SHA-256 over that many bytes: the floor below any audit on one core."""
    block, start = bytes(1 << 20), processor()
    for length in lengths:
        state = sha256()
        for _ in range(length >> 20):
            state.update(block)
    return processor() - start


def beside_peers(folder: Path, size: int) -> None:
    """Processor seconds of hashing ``size`` records, their leaves and nodes: plain loop, pymerkle, ours."""
    write_records(folder / "few", size)
    lines = (folder / "few").read_bytes().splitlines()
    used = processor()
    row = tree.leaf_hashes(record_digest(line) for line in lines)
    while len(row) > 1:
        row = [tree.node_hash(a, b) for a, b in zip(row[::2], row[1::2], strict=False)]
    plain = processor() - used
    with Log(folder / "few.db", "bench") as log:
        log.append(digests(folder / "few"))
        used = processor()
        assert audit(log, [Checkpoint("bench", size, log.root())], folder / "few", 1) == []
        own = processor() - used
        print(
            f"audit of {size:,} on one core: {own:.2f} s (plain loop over hashlib: {plain:.2f} s, {plain / own:.1f}x)"
        )
        beside_pymerkle(log, size, lines, own)


def beside_pymerkle(log: Log, size: int, lines: list[bytes], own: float) -> None:
    try:
        import pymerkle
    except ImportError:
        print("pymerkle: not installed (pip install -r requirements/bench.txt)")
        return
    used, start = processor(), time.perf_counter()
    peer = pymerkle.InmemoryTree(algorithm="sha256")
    for line in lines:
        peer.append_entry(record_digest(line))
    other = time.perf_counter() - start
    assert peer.get_root() == log.root()
    used = processor() - used
    print(f"  pymerkle, building its tree from the same records: {used:.2f} s, {used / own:.1f}x")
    with Log(log.path.with_name("again.db"), "bench") as again:
        seconds = timed(lambda: again.append(log.digests()))
    print(
        f"append to disk, {size:,}: {size / seconds:,.0f} /s (pymerkle in memory: {size / other:,.0f} /s, {other / seconds:.1f}x)"
    )
    old = size // 2 + 1
    for name, ours, theirs in (
        ("inclusion", lambda: log.inclusion_proof(old - 1), lambda: peer.prove_inclusion(old, size)),
        ("consistency", lambda: log.consistency_proof(old), lambda: peer.prove_consistency(old, size)),
    ):
        mine, its = typical(ours), typical(theirs)
        print(f"{name} proof: {mine * 1e3:.3f} ms (pymerkle: {its * 1e3:.3f} ms, {its / mine:.1f}x)")
    tree.verify_consistency(old, log.root(old), size, log.root(), log.consistency_proof(old))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--peer", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        beside_peers(Path(folder), options.peer)
        full_size(Path(folder), options.size, options.processes)


if __name__ == "__main__":
    main()
