"""A process that is killed (SIGKILL) again and again while it captures, saves the index, derives the graph anew or loads
in bulk; after each kill another opens what is left and looks for anything lost or half done.

Run as ``python -m tests.engines.journal.killing SCENARIO KILLS SEED``; prints one line and exits with 1 at the first broken
promise. The modules are loaded once; each victim is a fork.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.engines.journal.fuzzing import _EDGES, _FACTS, _NODES, answer
from tests.engines.trace import events as ev

from shian.core.epcis import digest_of
from shian.engines.journal import Journal
from shian.engines.recall import StandingRecalls
from shian.engines.trace import GraphStore, LiveIndex
from shian.site.demo.economy import generate, load

SIZE = 5
"""Events in a document."""

Victim = Callable[[Path, int, int], None]
"""Works on the file until killed: path, number of the life, descriptor for what it was promised."""


def open_all(path: Path) -> Journal:
    journal = Journal(path)
    journal.observers = (GraphStore(journal.db, [StandingRecalls(journal.db)]),)
    return journal


def document(life: int, number: int) -> list[ev.Event]:
    """Five events about a few lots and pallets, late and early, one of them declared wrong now and then."""
    rng = random.Random(f"{life}/{number}")
    lot, other = rng.sample("FGHPQR", 2)
    a, b = rng.sample("ABCD", 2)
    hours, names = rng.uniform(0, 1000), [f"urn:x:{life}-{number}-{k}" for k in range(SIZE)]
    box = rng.randint(1, 5)
    made = ev.make(hours, {lot: 1}, a, eventID=names[0])
    return [
        ev.declare_wrong(made) if rng.random() < 0.2 else made,
        ev.ship(hours + 1, {lot: 1}, a, b, eventID=names[1]),
        ev.receive(hours + 2, {lot: 1}, b, a, eventID=names[2]),
        ev.cook(hours + 3, lot, other, b, eventID=names[3]),
        ev.pack(hours + 4, box, other, b, out=rng.random() < 0.5, eventID=names[4]),
    ]


def capture(path: Path, life: int, promised: int) -> None:
    journal, number = open_all(path), 0
    while True:
        receipt = journal.capture(document(life, number), ev.NOW)
        os.write(promised, "".join(f"{i.event_id} {i.digest.hex()}\n" for i in receipt.items).encode())
        number += 1


def capture_and_save(path: Path, life: int, promised: int) -> None:
    journal, number = open_all(path), 0
    with LiveIndex(path) as index:
        while True:
            receipt = journal.capture(document(life, number), ev.NOW)
            os.write(promised, "".join(f"{i.event_id} {i.digest.hex()}\n" for i in receipt.items).encode())
            index.save(path.with_suffix(".index"))
            number += 1


def rebuild(path: Path, life: int, promised: int) -> None:
    journal, number = open_all(path), 0
    while True:
        receipt = journal.capture(document(life, number), ev.NOW)
        os.write(promised, "".join(f"{i.event_id} {i.digest.hex()}\n" for i in receipt.items).encode())
        GraphStore(journal.db).rebuild(journal)
        number += 1


WORLD = generate(400, seed=4)


def create(path: Path, life: int, promised: int) -> None:
    open_all(path)
    os.write(promised, b"open\n")
    time.sleep(60)


def load_in_bulk(path: Path, life: int, promised: int) -> None:
    db = open_all(path).db
    if not db.execute("SELECT 1 FROM node LIMIT 1").fetchone():
        load(WORLD, db)
        os.write(promised, b"loaded\n")
    time.sleep(60)


def killed(victim: Victim, path: Path, life: int, delay: float) -> list[str]:
    """One life of ``victim``; returns the whole lines that it had said before its end."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            victim(path, life, writer)
        except BaseException as error:
            os.write(writer, f"FAILED {error!r}\n".encode())
        os._exit(0)
    os.close(writer)
    said, end = b"", time.monotonic() + delay
    os.set_blocking(reader, False)
    while time.monotonic() < end:
        said += _read(reader)
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while piece := _read(reader):
        said += piece
    os.close(reader)
    lines = said[: said.rfind(b"\n") + 1].decode().splitlines()
    assert not any(line.startswith("FAILED") for line in lines), lines[-1]
    return lines


def patience(victim: Victim, folder: Path, longest: float) -> float:
    """A life long enough for a promise on this machine: ``longest``, doubled until one was given."""
    attempt = 0
    while not killed(victim, folder / f"patience{attempt}.db", 0, longest):
        attempt, longest = attempt + 1, 2 * longest
    return longest


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 1 << 16)
    except BlockingIOError:
        return b""


def check_journal(path: Path, accepted: set[str]) -> int:
    """Nothing promised is lost, no document is there in part. Returns the number of rows."""
    journal = open_all(path)
    db = journal.db
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rows = db.execute("SELECT seq, event_id, digest, body FROM event ORDER BY seq").fetchall()
    assert [seq for seq, *_ in rows] == list(range(1, len(rows) + 1))
    kept = {f"{event_id} {digest.hex()}" for _, event_id, digest, _ in rows}
    assert accepted <= kept, sorted(accepted - kept)[:3]
    assert all(digest_of(body) == digest for *_, digest, body in rows)
    parts = Counter(event_id.rpartition("-")[0] for _, event_id, _, _ in rows)
    assert set(parts.values()) <= {SIZE}, parts
    assert db.execute("SELECT count(*) FROM capture").fetchone() == (len(parts),)
    assert db.execute("SELECT coalesce(sum(events), 0) FROM capture").fetchone() == (len(rows),)
    journal.close()
    return len(rows)


def check_graph(path: Path, folder: Path | None) -> None:
    """The graph is the one derived anew, and the index, also a saved one, answers as one built anew."""
    journal = open_all(path)
    copy = Journal(path.with_suffix(".copy"))
    journal.db.backup(copy.db)
    GraphStore(copy.db).rebuild(copy)
    for sql in (_EDGES, _NODES, _FACTS):
        assert Counter(journal.db.execute(sql)) == Counter(copy.db.execute(sql)), sql
    with LiveIndex(path, folder) as index, LiveIndex(copy.path) as anew:
        for name in [*map(ev.lot, "FGHPQR"), *map(ev.pallet, range(1, 6))]:
            assert answer(index, name) == answer(anew, name), name
    copy.close()
    journal.close()
    for left in path.parent.glob(copy.path.name + "*"):
        left.unlink()


def check_bulk(path: Path, lines: list[str]) -> bool:
    """All or nothing, and the store is fit for what comes next."""
    db = open_all(path).db
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    full = db.execute("SELECT count(*) FROM edge").fetchone()[0]
    with_pattern = db.execute("SELECT 1 FROM graph_meta WHERE name = 'event_pattern'").fetchone()
    indexes = {
        name
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'edge'")
    }
    assert indexes == {"edge_group", "edge_source"}, indexes
    assert bool(full) == bool(with_pattern) and (full or not lines)
    if not full:
        load(WORLD, db)
        assert db.execute("SELECT 1 FROM edge LIMIT 1").fetchone()
    db.close()
    return bool(full)


SCENARIOS: dict[str, tuple[Victim, float]] = {
    "create": (create, 0.03),
    "capture": (capture, 0.06),
    "save": (capture_and_save, 0.15),
    "rebuild": (rebuild, 0.15),
    "bulk": (load_in_bulk, 0.12),
}
"""What the victim does, and its longest life in seconds on a machine with nothing else to do."""


def main(scenario: str, kills: int, seed: int) -> int:
    victim, longest = SCENARIOS[scenario]
    rng = random.Random(seed)
    rows = finished = 0
    with TemporaryDirectory() as folder:
        accepted: set[str] = set()
        path = Path(folder) / "0.db"
        longest = patience(victim, Path(folder), longest)
        for life in range(kills):
            if life % 8 == 0 or scenario in (
                "bulk",
                "create",
            ):  # a new file: the first kill may fall into its making
                path, accepted = Path(folder) / f"{life}.db", set()
            lines = killed(victim, path, life, rng.uniform(0, longest))
            if scenario == "bulk":
                finished += check_bulk(path, lines)
                continue
            accepted |= {line for line in lines if line != "open"}
            rows = check_journal(path, accepted)
            finished += len(lines)
            if life % 8 == 7 or scenario != "capture":
                check_graph(path, path.with_suffix(".index") if scenario == "save" else None)
    print(f"{scenario}: {kills} kills, {finished} promises kept, {rows} rows in the last journal")
    return 0 if finished or scenario == "create" else 1


if __name__ == "__main__":
    sqlite3.enable_callback_tracebacks(True)
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
