"""Processes share one index: the same answer everywhere, and what one captures is in the other's within a second."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.engines.trace import events as ev

from shian.core.trace import Direction
from shian.engines.journal import Journal
from shian.engines.trace import GraphStore, LiveIndex, Tracer

_READER = """
import sys, time
from pathlib import Path
from shian.engines.trace import LiveIndex, Tracer
with LiveIndex(sys.argv[1], Path(sys.argv[2])) as index:
    tracer = Tracer(index)
    print("ready", len(index.snapshot.nodes), flush=True)
    for line in sys.stdin:
        lot, expected = line.split()
        until = time.monotonic() + 10
        while len(nodes := tracer.trace([lot]).nodes) != int(expected) and time.monotonic() < until:
            time.sleep(0.005)
        print(time.time(), *sorted(n.place[-4:] for n in nodes), flush=True)
"""


def test_an_event_captured_here_is_in_the_other_s_answer(tmp_path: Path) -> None:
    path, folder = tmp_path / "j.db", tmp_path / "index"
    journal = Journal(path)
    journal.observers = (GraphStore(journal.db),)
    journal.capture([ev.make(0, "F", "A")], ev.NOW)
    with LiveIndex(path) as index:
        index.save(folder)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    reader = subprocess.Popen(
        [sys.executable, "-c", _READER, path, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )  # fmt: skip
    assert reader.stdout.readline().split() == ["ready", "1"]
    with LiveIndex(path, folder) as index:
        for count, buyer in enumerate("BCD", 2):
            journal.capture([ev.ship(count, "F", "A", buyer), ev.receive(count + 1, "F", buyer, "A")], ev.NOW)
            captured = time.time()
            reader.stdin.write(f"{ev.lot('F')} {count}\n")
            reader.stdin.flush()
            seen, *places = reader.stdout.readline().split()
            assert places == sorted(n.place[-4:] for n in Tracer(index).trace([ev.lot("F")], Direction.BOTH).nodes)
            assert len(places) == count and float(seen) - captured <= 1.0
    reader.stdin.close()
    assert reader.wait(10) == 0
    reader.stdout.close()


def test_a_snapshot_of_an_earlier_derivation_is_not_used(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db")
    store = GraphStore(journal.db)
    journal.observers = (store,)
    journal.capture([ev.ship(1, "F", "A", "B")], ev.NOW)
    with LiveIndex(journal.path) as index:
        index.save(tmp_path / "index")
    with LiveIndex(journal.path, tmp_path / "index") as live:
        store.rebuild(journal)
        journal.capture([ev.receive(2, "F", "B", "A")], ev.NOW)  # withdraws the dispatch edge, puts a movement
        assert [e.kind.name for e in Tracer(live).trace([ev.lot("F")]).edges] == ["MOVE"]
        with LiveIndex(journal.path, tmp_path / "index") as anew:
            assert Tracer(anew).trace([ev.lot("F")]) == Tracer(live).trace([ev.lot("F")])
