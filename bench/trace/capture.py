"""Capture: JSON-LD documents of 500 events, from bytes to journal and edges, one core, durable commits.

Peer in the same run: parsing with orjson and writing the bodies to SQLite, which is what a store does that neither
checks, nor identifies, nor traces.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import orjson

from shian.core.epcis import read_document
from shian.engines.journal import Journal
from shian.engines.trace import GraphStore
from shian.site.demo.economy import documents, generate

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--full", action="store_true", help="200,000 events")
    options = parser.parse_args(arguments)
    events = 200_000 if options.full else options.events
    texts = []
    for data in documents(generate(max(events, 1000))):
        texts.append(data)
        if len(texts) * 500 >= events:
            break
    count = 500 * len(texts)
    with tempfile.TemporaryDirectory() as folder:
        took, busy, read = _ours(Path(folder) / "journal.db", texts)
        peer = _peer(Path(folder) / "peer.db", texts)
    print(f"events captured: {count}")
    print(f"read and check alone, processor time: {count / read:.0f} events/s")
    print(f"capture, bytes to journal and edges, processor time: {count / busy:.0f} events/s")
    print(
        f"capture, bytes to journal and edges: {count / took:.0f} events/s"
        f" (peer orjson + SQLite insert: {count / peer:.0f} events/s, {took / peer:.1f}x slower)"
    )


def _ours(path: Path, texts: list[bytes]) -> tuple[float, float, float]:
    journal = Journal(path)
    journal.observers = (GraphStore(journal.db),)
    reading = 0.0
    start, busy = time.perf_counter(), time.process_time()
    for data in texts:
        begin = time.process_time()
        events = read_document(data).events
        reading += time.process_time() - begin
        journal.capture(events, NOW)
    return time.perf_counter() - start, time.process_time() - busy, reading


def _peer(path: Path, texts: list[bytes]) -> float:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE event (id TEXT PRIMARY KEY, body BLOB)")
    start = time.perf_counter()
    for data in texts:
        rows = [(e["eventID"], orjson.dumps(e)) for e in orjson.loads(data)["epcisBody"]["eventList"]]
        db.execute("BEGIN")
        db.executemany("INSERT INTO event VALUES (?, ?)", rows)
        db.execute("COMMIT")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
