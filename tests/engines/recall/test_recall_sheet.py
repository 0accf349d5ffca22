"""Affected parties, quantities, and the sortable sheet."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.engines.trace import events as ev

from shian.core.recall import COLUMNS, MasterData, Party, affected_parties
from shian.core.recall.sheet import _time
from shian.core.trace import Direction, Quantity, Trace
from shian.engines.journal import Journal
from shian.engines.recall import write_csv, write_xlsx
from shian.engines.trace import GraphStore, LiveIndex, Tracer


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    journal = Journal(tmp_path / "j.db")
    journal.observers = (GraphStore(journal.db),)
    journal.capture(
        [
            ev.make(0, {"F": 100}, "A"),
            ev.ship(1, {"F": 60.5}, "A", "B"), ev.receive(2, {"F": 60.5}, "B", "A"),
            ev.ship(1, {"F": 30}, "A", "C"),
            ev.cook(3, {"F": 20.25}, {"P": 18, "Q": 2}, "B"),
            ev.ship(4, "P", "B", "C"), ev.receive(5, "P", "C", "B"),
        ],
        ev.NOW,
    )  # fmt: skip
    with LiveIndex(journal.path) as index:
        return Tracer(index).trace([ev.lot("F")], Direction.FORWARD)


def kg(text: str) -> tuple[Quantity, ...]:
    return (Quantity(Decimal(text), "KGM"),)


def test_parties_and_quantities(trace: Trace) -> None:
    totals = {(p.thing[-1], p.place): p for p in affected_parties(trace)}
    a, b, c = (totals["F", ev.place(x)] for x in "ABC")
    assert (a.received, a.shipped, a.unquantified) == ((), kg("90.5"), 0)
    assert (b.received, b.used) == (kg("60.5"), kg("20.25"))  # two outputs, one input: counted once
    assert c.received == kg("30")
    assert totals["P", ev.place("C")].unquantified == 1
    assert ("D", ev.place("B")) not in totals


def test_csv_and_xlsx_say_the_same(trace: Trace, tmp_path: Path) -> None:
    data = MasterData(
        holders={ev.place("B"): Party("乙食品厂", "某县某路1号", "0871-0000000", "JY15301020012344")},
        products={"09521234000013": ("=苹果", "5 kg/箱", "30 天")},
        papers=lambda event_id: event_id[-4:],
    )
    text = io.StringIO()
    assert write_csv(trace, text, data) == len(trace.edges)
    table = list(csv.reader(io.StringIO(text.getvalue())))
    assert tuple(table[0]) == COLUMNS and len(table) == 1 + len(trace.edges)
    moved = next(r for r in table if "收货 (receiving)" in r)
    named = dict(zip(COLUMNS, moved, strict=True))
    assert named["食品名称"] == "'=苹果"  # never a formula
    assert (named["数量"], named["计量单位"], named["生产批号"]) == ("60.5", "KGM", "F")
    assert (named["购货者许可证号"], named["供货者名称"]) == ("JY15301020012344", ""), "who is unknown stays blank"
    assert (named["购货者名称"], named["进货时间"]) == ("乙食品厂", "2026-03-01 10:00:00")
    assert any("有发无收" in r for r in table[1:])
    assert write_xlsx(trace, tmp_path / "r.xlsx", data) == len(trace.edges)
    sheet = load_workbook(tmp_path / "r.xlsx").active
    cells = [[c or "" for c in row] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert cells[0] == list(COLUMNS)
    assert [[str(c).lstrip("'") for c in row] for row in cells[1:]] == [
        [c.lstrip("'") for c in row] for row in table[1:]
    ]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_times_of_the_sheet_are_china_time(seconds: int) -> None:
    local = datetime.fromtimestamp(seconds, timezone(timedelta(hours=8)))
    assert _time(seconds) == f"{local:%Y-%m-%d %H:%M:%S}"
