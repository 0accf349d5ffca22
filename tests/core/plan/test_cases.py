"""Small inputs from outside that once failed, each standing for a kind; right values by their makers."""

from __future__ import annotations

from pathlib import Path

import pytest

from shian.core.plan import PlanInputError, read_bytes
from shian.core.plan.files import text_of
from shian.engines.sheets import open_table

CASES = Path(__file__).resolve().parents[4] / "shared" / "data" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/data/cases is not there; the same kinds are in test_docx_kinds, test_pdf_kinds")

HEAD = ["样例县2026年食品安全工作计划", "一、重点工作"]
WHOLE = [*HEAD, "（一）强化校园食品安全监管，全年检查学校食堂不少于120家次。（责任单位：县市场监管局）"]
RIGHT = {
    **dict.fromkeys(("docx-document2.docx", "docx-null-rel.docx", "docx-top-rel.docx", "docx-missing-part.docx", "docx-strict.docx"), WHOLE),
    "docx-tracked-move.docx": [*HEAD, "（一）开展粮油抽检，全年完成200批次。", "（三）公布结果4次。", "（二）培训从业人员500人次。"],
    "docx-omml.docx": [*HEAD, "（一）抽检合格率≥98%，由县市场监管局负责。"],
    "docx-ruby.docx": [*HEAD, "（一）亳州街道完成检查100家次。"],
    "docx-gridbefore.docx": [*HEAD, "序号\t任务\t责任单位", "1\t检查学校食堂120家次\t县教体局", "\t抽检200批次\t县市场监管局"],
    "pdf-fake-bold.pdf": [*HEAD, "（一）强化校园食品安全监管，全年检查学校食堂", "不少于120家次。（责任单位：县市场监管局）", "（二）开展粮油抽检，全年完成200批次。"],
    "pdf-header-2pages.pdf": [*HEAD, "（一）强化校园食品安全监管，全年检查学校食堂", "不少于120家次。（责任单位：县市场监管局）", "（二）开展粮油抽检，全年完成200批次。"],
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_text(name: str) -> None:
    found = text_of((CASES / name).read_bytes(), name)
    assert [line for line in found.split("\n") if line.strip()] == RIGHT[name]


def test_a_target_in_an_equation_belongs_to_its_sentence() -> None:
    ledger = read_bytes((CASES / "docx-omml.docx").read_bytes(), "a.docx")
    assert [(t.task, t.op, t.value, t.unit) for t in ledger.targets] == [(ledger.tasks[0].id, ">=", 98, "%")]


def test_columns_of_a_row_that_begins_later() -> None:
    ledger = read_bytes((CASES / "docx-gridbefore.docx").read_bytes(), "a.docx")
    assert [(u.name, u.role) for t in ledger.tasks for u in t.units] == [("县教体局", "joint"), ("县市场监管局", "joint")]


def test_a_font_without_mapping_is_told() -> None:
    with pytest.raises(PlanInputError) as e:
        read_bytes((CASES / "pdf-cid-no-tounicode.pdf").read_bytes(), "a.pdf")
    assert e.value.code == "unmapped" and "无法还原" in str(e.value) and "文字识别" in str(e.value)


def test_a_workbook_under_another_name() -> None:
    with open_table(CASES / "xlsx-workbook22.xlsx", "xlsx-workbook22.xlsx") as table:
        assert list(table.sheets) == ["表"]
