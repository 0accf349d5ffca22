"""Fuzzed captures: hostile documents at the door of a journal as in production (write-ahead log, full synchronisation,
one transaction a document), each outcome checked against a model of the rules; after every run of 10,000 each accepted
event is looked up byte by byte, and the graph is derived anew and compared with the live one.

``--full`` captures 1,000,000 documents. ``--first`` starts elsewhere, ``--only N`` repeats one document and prints it:
a document depends on the seed and its number alone. No peer: no other EPCIS repository makes these promises.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.engines.journal.fuzzing import Harness
from tests.engines.journal.mutations import examples, hostile

from shian.engines.journal import Behaviour
from shian.site.demo.economy import documents, generate

RUN = 10_000
"""Captures into one journal."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--full", action="store_true", help="1,000,000 captures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first document")
    parser.add_argument("--only", type=int, help="repeat and print the document of this number")
    parser.add_argument(
        "--folder", type=Path, help="where journals and crashing documents go (default: temporary)"
    )
    options = parser.parse_args(arguments)
    originals = sources(options.seed)
    if options.only is not None:
        return repeat(originals, options.seed, options.only)
    last = options.first + (1_000_000 if options.full else options.count)
    outcomes: Counter[str] = Counter()
    crashes: list[int] = []
    captured = rows = 0
    start, busy = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for first in range(options.first, last, RUN):
            numbers = range(first, min(first + RUN, last))
            rows += run(Path(folder), originals, options.seed, numbers, outcomes, crashes)
            captured += len(numbers)
            rate = captured / (time.process_time() - busy)
            print(
                f"{captured} captures, {rows} events stored, {len(crashes)} crashes, {rate:.0f}/s",
                file=sys.stderr,
                flush=True,
            )
    report(captured, rows, outcomes, crashes, time.perf_counter() - start, time.process_time() - busy)
    return 1 if crashes else 0


def sources(seed: int) -> list[bytes]:
    """Documents of a generated economy, and in one of thirty a full example."""
    made = list(documents(generate(20_000, seed), size=3))
    return made + examples() * (len(made) // 240)


def draw(originals: list[bytes], seed: int, number: int) -> tuple[bytes, Behaviour]:
    """The document of that number."""
    rng = random.Random(f"{seed}/{number}")
    return hostile(originals, rng), rng.choice(list(Behaviour))


def run(
    folder: Path,
    originals: list[bytes],
    seed: int,
    numbers: range,
    outcomes: Counter[str],
    crashes: list[int],
) -> int:
    """Captures into a fresh journal, then everything compared; returns the number of rows."""
    path, copy = folder / f"{numbers[0]}.db", folder / f"{numbers[0]}-copy.db"
    harness = Harness(path)
    for number in numbers:
        try:
            harness.capture(*draw(originals, seed, number))
        except Exception:
            crashes.append(number)
            print(f"document {number} (--seed {seed} --only {number}):", file=sys.stderr)
            traceback.print_exc(limit=-6)
    outcomes += harness.outcomes
    rows = 0
    try:
        rows = harness.verify(copy)
    except Exception:
        crashes.append(numbers[0])
        print(f"journal of documents {numbers[0]} to {numbers[-1]} (--seed {seed}):", file=sys.stderr)
        traceback.print_exc()
        return keep(harness, path)
    harness.close()
    for left in (*folder.glob(path.name + "*"), *folder.glob(copy.name + "*")):
        left.unlink()
    return rows


def keep(harness: Harness, path: Path) -> int:
    """Leave the journal that broke a promise beside the temporary folder."""
    harness.close()
    kept = shutil.copy(path, path.parents[1])
    print(f"kept: {kept}", file=sys.stderr)
    return 0


def repeat(originals: list[bytes], seed: int, number: int) -> int:
    data, behaviour = draw(originals, seed, number)
    print(behaviour.value, data.decode("utf-8", "backslashreplace"), sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        harness = Harness(Path(folder) / "journal.db")
        harness.capture(data, behaviour)
        print(dict(harness.outcomes), harness.verify(Path(folder) / "copy.db"))
    return 0


def report(
    captured: int, rows: int, outcomes: Counter[str], crashes: list[int], took: float, busy: float
) -> None:
    print(f"captures: {captured}; events in journals, every one compared byte by byte: {rows}")
    print(
        f"rate: {captured / took:.0f} captures/s, processor time {captured / busy:.0f} captures/s, making documents and checking them included"
    )
    for status in ("stored", "known", "refused"):
        print(f"events {status}: {outcomes[status]}")
    rules = sorted((rule for rule in outcomes if ":" in rule), key=lambda rule: -outcomes[rule])
    print(f"documents and events refused, by rule ({len(rules)} rules):")
    for rule in rules:
        print(f"  {rule.removeprefix('refused: '):32} {outcomes[rule]}")
    print(f"crashes and broken promises: {len(crashes)} {crashes[:20]}")


if __name__ == "__main__":
    sys.exit(main())
