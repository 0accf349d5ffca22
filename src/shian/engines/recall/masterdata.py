"""The table of businesses (主体名录) as an office keeps it: CSV, TSV or XLSX."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shian.core.recall.masterdata import SHOWN, Parties, check_rows
from shian.core.words import say
from shian.engines.sheets.records import records

HEADINGS: Mapping[str, frozenset[str]] = {
    "id": frozenset({"主体标识", "GLN", "GLN编码", "全球位置码", "位置码", "主体编码", "主体代码", "标识"}),
    "name": frozenset({"名称", "主体名称", "企业名称", "单位名称", "经营者名称"}),
    "kind": frozenset({"主体类型", "类型", "业态", "主体业态"}),
    "address": frozenset({"地址", "住所", "经营场所", "生产地址", "主体地址"}),
    "contact": frozenset({"联系人", "联系人姓名", "负责人", "法定代表人"}),
    "phone": frozenset({"电话", "联系电话", "联系方式", "手机", "手机号码"}),
    "licence": frozenset({"许可证号", "许可证编号", "许可证", "食品经营许可证编号", "食品生产许可证编号"}),
}


def read_parties(source: Path) -> Parties:
    """The table at ``source`` (CSV, TSV or XLSX); its heading may stand below a title.

    A row that breaks a rule is left out and told of; an empty row is nothing. Raises ``SheetError`` for a file that is
    no table, or one without the columns 主体标识 and 名称.
    """
    return check_rows(records(source, HEADINGS, ("id", "name"), _refusal))


def _refusal(missing: list[str]) -> str:
    return say(
        "表中没有“%(missing)s”列；主体名录至少要有主体标识（或 GLN）和名称两列",
        missing="”和“".join(SHOWN[key] for key in missing),
    )
