"""The case list as people keep it: CSV, TSV or XLSX.

Columns, found by their headings: 病例 (person), 批次 (lot or thing, any form of its id; several parted by ``；``), and
optionally 主体 (GLN of the place), 时间 (ISO 8601, of the meal or purchase) and 对照 (a person who did not fall ill).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from shian.core.trace.outbreak.cases import SHOWN, CaseList, check_rows
from shian.core.words import say
from shian.engines.sheets import HeaderMatch, SheetError, Table, find_header, open_table

HEADINGS: Mapping[str, frozenset[str]] = {
    "person": frozenset({"病例", "病例编号", "编号", "人员", "人员编号"}),
    "lot": frozenset({"批次", "批次标识", "食品批次", "批号", "产品标识"}),
    "place": frozenset({"主体", "主体标识", "GLN", "购买地点", "就餐地点"}),
    "time": frozenset({"时间", "进食时间", "购买时间", "就餐时间"}),
    "control": frozenset({"对照", "是否对照"}),
}


def read_cases(source: Path) -> CaseList:
    """Read CSV, TSV or XLSX. A row that breaks a rule is left out and told of. Raises ``SheetError`` for a file that
    is no table or lacks the columns 病例 and 批次."""
    with open_table(source) as table:
        header = _header(table)
        rows = (
            (number, _fields(row, header))
            for number, row in enumerate(table.rows(), start=1)
            if number > header.last
        )
        return check_rows((n, f) for n, f in rows if any(f.values()))


def _header(table: Table) -> HeaderMatch:
    header = find_header(islice(table.rows(), 30), HEADINGS)
    missing = [SHOWN[key] for key in ("person", "lot") if key not in header.columns]
    if missing:
        raise SheetError(
            "no_column",
            say("表中没有“%(missing)s”列；病例名单至少要有病例和批次两列", missing="”和“".join(missing)),
        )
    return header


def _fields(row: Sequence[object], header: HeaderMatch) -> dict[str, str]:
    return {
        key: _text(row[at]) if at < len(row) and row[at] is not None else ""
        for key, at in header.columns.items()
    }


def _text(cell: object) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
