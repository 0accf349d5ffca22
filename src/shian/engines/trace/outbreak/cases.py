"""The case list as people keep it: CSV, TSV or XLSX.

Columns, found by their headings: 病例 (person), 批次 (lot or thing, any form of its id; several parted by ``；``), and
optionally 主体 (GLN of the place), 时间 (ISO 8601, of the meal or purchase) and 对照 (a person who did not fall ill).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shian.core.trace.outbreak.cases import SHOWN, CaseList, check_rows
from shian.core.words import say
from shian.engines.sheets.records import records

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
    return check_rows(records(source, HEADINGS, ("person", "lot"), _refusal))


def _refusal(missing: list[str]) -> str:
    return say(
        "表中没有“%(missing)s”列；病例名单至少要有病例和批次两列", missing="”和“".join(SHOWN[key] for key in missing)
    )
