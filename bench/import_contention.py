"""An import of many rows on SQLite while a second user saves every second: does that user wait, does anything fail.

    python bench/import_contention.py                50,000 units
    python bench/import_contention.py --rows 5000    a shorter look

The import is the real one: an uploaded file, checked and applied by ``shian worker`` in a process of its own. The
second user edits a unit through its action. The peer is the same user on the same database with nobody else in it;
the ratio of the two p95 is what the import costs others.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 0.300
WORKER = [sys.executable, "-c", "from shian.site.cli import main; main()", "worker", "--once"]


def workbook(rows: int, place: str) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["名称", "简称", "类型", "所属区域", "排序"])
    for n in range(rows):
        sheet.writerow([f"演示企业第{n:06d}号食品有限公司", f"第{n:06d}号", "企业", place, 500])
    return out.getvalue().encode()


def begin(cast, rows: int):
    """An import session with its columns mapped, its check queued."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from shian.kernel.changes.writer import change
    from shian.kernel.files.actions import store_upload
    from shian.kernel.files.sniff import TABLES
    from shian.kernel.imports import check
    from shian.kernel.imports.models import Session
    from shian.kernel.imports.session import map_columns
    from shian.kernel.resources import registry

    actor, resource = cast.actor("guanliyuan"), registry.get("units")
    file = SimpleUploadedFile("单位.csv", workbook(rows, cast.county.name))
    stored = store_upload(actor, file, allowed=TABLES)
    with stored.open() as handle:
        sheet, match, _looked = check.look_at(handle, stored.name, resource)
    session = Session(
        resource="units", owner_id=actor.user_id, file=stored, filename=stored.name, sheet=sheet,
        header_row=match.last, headers=list(match.headings),
    )  # fmt: skip
    with change(actor, "session.upload") as w:
        w.save(session)
    map_columns(actor, session, dict(match.columns), rows)
    return actor, session


def second_user(actor, name: str, keep_going, every: float) -> tuple[list[float], list[str]]:
    """Saves a unit every ``every`` seconds while ``keep_going()``; seconds each save took, and what failed."""
    from shian.kernel.people.actions import save_unit
    from shian.kernel.people.models import Unit

    took, failed = [], []
    while keep_going():
        began = time.perf_counter()
        try:
            unit = Unit.unscoped.get(name=name)
            unit.sort = unit.sort % 900 + 1
            save_unit(actor=actor, unit=unit)
        except Exception as error:
            failed.append(f"{type(error).__name__}: {error}")
        took.append(time.perf_counter() - began)
        time.sleep(max(0.0, every - took[-1]))
    return took, failed


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def phase(label: str, editor, session, kind: str, rows: int, every: float) -> list[float]:
    """Runs one phase of the import beside the second user; prints and returns that user's waits."""
    began = time.perf_counter()
    with subprocess.Popen(WORKER, stdout=subprocess.DEVNULL) as worker:
        took, failed = second_user(editor, "演示县财政局", lambda: worker.poll() is None, every)
    seconds = time.perf_counter() - began
    session.refresh_from_db()
    print(
        f"{label}: {rows:,} rows in {seconds:.0f} s ({rows / seconds:,.0f}/s); second user: {len(took)} saves, "
        f"p50 {statistics.median(took) * 1000:.0f} ms, p95 {p95(took) * 1000:.0f} ms, "
        f"max {max(took) * 1000:.0f} ms, {len(failed)} errors; session {session.state} {session.counts}"
    )
    for text in failed[:5]:
        print("   ", text)
    return took + [float("inf")] * len(failed)


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, default=50_000)
    options.add_argument(
        "--every", type=float, default=1.0, help="seconds between two saves of the second user"
    )
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "SHIAN_DATA": folder,
            "SHIAN_MODE": "demo",
            "DJANGO_SETTINGS_MODULE": "shian.site.settings",
        }
        from shian.site.commands import _django, migrate

        _django.setup()
        migrate.bring_up_to_date()
        from shian.kernel.imports.session import set_state, start
        from shian.site.demo.cast import make_cast

        cast = make_cast()
        editor = cast.actor("shianban")
        end = time.monotonic() + 20 * min(given.every, 1.0)
        alone, _failed = second_user(editor, "演示县财政局", lambda: time.monotonic() < end, given.every)
        print(f"alone: {len(alone)} saves, p95 {p95(alone) * 1000:.0f} ms")
        actor, session = begin(cast, given.rows)
        waits = phase("check", editor, session, "imports.check", given.rows, given.every)
        set_state(actor, session, "applying")
        start(actor, session, "imports.apply", given.rows)
        waits += phase("apply", editor, session, "imports.apply", given.rows, given.every)
        size = Path(folder, "shian.sqlite3").stat().st_size / (1 << 20)
        print(
            f"second user beside the import: p95 {p95(waits) * 1000:.0f} ms (goal {GOAL * 1000:.0f}), "
            f"{p95(waits) / p95(alone):.1f} × alone; database {size:.0f} MB; load {os.getloadavg()[0]:.1f}"
        )
        return 0 if p95(waits) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
