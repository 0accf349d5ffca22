"""Reviews of a year with the goals of the next: what was is no task, and is said to have been left out."""

from __future__ import annotations

import pytest

from shian.core.plan import read_text


def plan(heading: str) -> str:
    return f"样例县2025年工作总结和2026年工作打算\n一、{heading}\n（一）成效。检查120家，合格率98%。\n（二）力度。立案20件。\n二、2026年工作打算\n（一）检查。6月底前检查150家。\n（二）抽检。抽检300批次。"


@pytest.mark.parametrize("heading", ["2025年工作完成情况", "存在问题", "上半年工作回顾", "主要成效", "风险研判", "工作开展情况"])
def test_reports_are_no_tasks(heading: str) -> None:
    ledger = read_text(plan(heading))
    assert (ledger.doc.year, [t.title for t in ledger.tasks]) == (2026, ["检查", "抽检"])
    assert [d.date.isoformat() for d in ledger.deadlines] == ["2026-06-30"]
    assert [n.quote for n in ledger.not_understood if "以往" in n.reason] == [f"一、{heading}"]


@pytest.mark.parametrize("heading", ["重点工作", "落实情况督查", "整治突出问题", "加强形势宣传", "做好工作总结报送"])
def test_headings_that_only_sound_so(heading: str) -> None:
    assert len(read_text(plan(heading)).tasks) == 4


@pytest.mark.parametrize(("printed", "title", "units"), [
    ("1.（县教育局）5月底前完成检查20家。", "5月底前完成检查20家", ["县教育局"]),
    ("1.（县教育局、县公安局）开展检查。", "开展检查", ["县教育局", "县公安局"]),
    ("1.（含校外）开展检查。", "（含校外）开展检查", []),
])
def test_a_note_at_the_head_of_an_item(printed: str, title: str, units: list[str]) -> None:
    task = read_text(f"样例县2026年工作要点\n一、重点\n{printed}\n2.抽检。做。\n3.总结。做。").tasks[0]
    assert (task.title, [u.name for u in task.units]) == (title, units)


@pytest.mark.parametrize(("marks", "count"), [
    (("壹、", "贰、", "叁、"), 3), (("（壹）", "（贰）", "（叁）"), 3), (("第一项 ", "第二项 ", "第三项 "), 3), (("1.", "2.", "3."), 3), (("第一位", "第二位", "第三位"), 0),
])
def test_numbering(marks: tuple[str, ...], count: int) -> None:
    ledger = read_text("样例县2026年工作要点\n" + "\n".join(f"{m}检查。6月底前检查20家。" for m in marks))
    assert len(ledger.tasks) == count


def test_a_date_behind_the_number_of_an_item() -> None:
    ledger = read_text("样例县2026年工作要点\n一、重点\n1.6月30日前、12月31日前各报送一次。\n2.11月底前创建。\n3.8月25日起至9月30日止检查。\n4.做好2、3月份宣传。")
    assert [t.no for t in ledger.tasks] == ["1", "2", "3", "4"]
    assert [d.date.isoformat() for d in ledger.deadlines] == ["2026-06-30", "2026-12-31", "2026-11-30", "2026-09-30"]
