"""A recall from lots to sheet: 1,000,000 rows followed, named and written as CSV and XLSX.

Peers in the same run, on a share of the rows and scaled up: openpyxl (write-only) and xlsxwriter (constant memory).
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from shian.core.recall import COLUMNS, rows
from shian.core.trace import Direction, Trace
from shian.engines.journal.store import connect
from shian.engines.recall import write_csv, write_xlsx
from shian.engines.trace import LiveIndex, Tracer
from shian.site.demo.economy import generate, load
from shian.site.demo.economy.documents import lot_id


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--full", action="store_true", help="1,000,000 rows")
    options = parser.parse_args(arguments)
    count = 1_000_000 if options.full else options.rows
    with tempfile.TemporaryDirectory() as folder:
        trace, following, busy = _trace(count, Path(folder))
        followed = time.process_time() - busy
        count = len(trace.edges)
        begin = time.perf_counter()
        with (Path(folder) / "sheet.csv").open("w", encoding="utf-8-sig", newline="") as target:
            write_csv(trace, target)
        took = time.perf_counter() - begin
        print(f"recall, lots to CSV, {count} rows: {following + took:.1f} s (following {following:.1f} s, writing {took:.1f} s)")
        print(f"processor time of it: {time.process_time() - busy:.1f} s (following {followed:.1f} s)")
        busy = time.process_time()
        begin = time.perf_counter()
        write_xlsx(trace, Path(folder) / "sheet.xlsx")
        ours = time.perf_counter() - begin
        size = (Path(folder) / "sheet.xlsx").stat().st_size
        print(
            f"recall, lots to XLSX, {count} rows x {len(COLUMNS)} columns: {following + ours:.1f} s"
            f" (following {following:.1f} s, writing {ours:.1f} s, {size / 1e6:.0f} MB)"
        )
        print(f"processor time of it: {followed + time.process_time() - busy:.1f} s")
        print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
        part = Trace(trace.direction, trace.starts, trace.nodes, trace.edges[: count // 20])
        for name, peer in (("openpyxl", _openpyxl), ("xlsxwriter", _xlsxwriter)):
            try:
                begin = time.perf_counter()
                peer(part, Path(folder))
            except ImportError:
                print(f"recall sheet, XLSX, {name}: peer absent")
                continue
            took = 20 * (time.perf_counter() - begin)
            print(f"writing the XLSX: {ours:.1f} s (peer {name}: {took:.1f} s, {took / ours:.1f}x)")


def _trace(count: int, folder: Path) -> tuple[Trace, float, float]:
    """The forward trace of all farm lots of a world of about ``count`` edges, names included; the seconds it took; the
    processor's clock before it."""
    world = generate(max(int(count * 0.93), 1000))
    db = connect(folder / "world.db")
    load(world, db)
    db.close()
    with LiveIndex(folder / "world.db") as index:
        index.save(folder / "index")
    farms = [lot_id(n) for n in range(len(world.made))]
    del world
    begin, busy = time.perf_counter(), time.process_time()
    with LiveIndex(folder / "world.db", folder / "index") as index:
        trace = Tracer(index).trace(farms, Direction.FORWARD)
    return trace, time.perf_counter() - begin, busy


def _table(trace: Trace) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    yield from rows(trace)


def _openpyxl(trace: Trace, folder: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _table(trace):
        sheet.append(row)
    book.save(folder / "openpyxl.xlsx")


def _xlsxwriter(trace: Trace, folder: Path) -> None:
    from xlsxwriter import Workbook

    book = Workbook(folder / "xlsxwriter.xlsx", {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for n, row in enumerate(_table(trace)):
        sheet.write_row(n, 0, row)
    book.close()


if __name__ == "__main__":
    main()
