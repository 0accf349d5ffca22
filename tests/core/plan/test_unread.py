"""Nothing is passed over in silence: what led to no target, deadline or party is listed at its place; what is understood is not."""

from __future__ import annotations

import time

import pytest

from shian.core.plan import read_text

HEAD = "样例县2026年食品安全工作要点\n一、重点工作\n"


def unread(words: str, head: str = HEAD) -> list[str]:
    ledger = read_text(f"{head}（一）题目。{words}（县教育局负责）\n（二）题目。做。（县财政局负责）")
    for n in ledger.not_understood:
        assert ledger.source[slice(*n.span)] == n.quote and n.reason
    return [n.quote for n in ledger.not_understood if n.task == "1.1"]


@pytest.mark.parametrize(("words", "expected"), [
    ("秋季开学前完成检查。", []), ("开学前完成检查。", ["开学前"]), ("春季开学前完成检查。", ["春季开学前"]), ("学期结束前报告。", ["学期结束前"]), ("汛期前排查。", ["汛期前"]), ("春节、元旦前检查。", ["元旦前"]), ("中秋、国庆节前检查。", ["国庆节前"]),
    ("三年内建成10个左右。", ["三年内"]), ("2023年6月前建成20个。", ["2023年6月前", "20个"]), ("2月31日前报告。", ["2月31日前"]), ("6月底完成，7月份总结。", ["7月份"]), ("年中完成评估。", ["年中"]),
    ("年底前完成。", []), ("上半年新增3个。", []), ("“五一”节前完成。", []), ("每月底报送。", []), ("自10月1日起施行。", []), ("2025年底已建成。", []), ("去年底已建成。", []), ("落实《2025年底前方案》。", []),
    ("一季度末、三季度末各报告一次。", []), ("7月前完成。", []),
])
def test_time_words(words: str, expected: list[str]) -> None:
    assert unread(words) == expected


def test_without_a_year_a_bare_date_is_told() -> None:
    assert unread("9月底前完成。", "关于加强食品安全工作的意见\n一、重点\n") == ["9月底前"]
    assert unread("2026年9月底前完成。", "关于加强食品安全工作的意见\n一、重点\n") == []


@pytest.mark.parametrize(("words", "expected"), [
    ("对建筑面积1000㎡以上的餐饮单位检查。", ["1000㎡"]), ("建成12窗口。", ["12窗"]), ("在现有12家的基础上提升。", ["12家"]), ("检查几十家单位。", ["几十家"]), ("落实两个文件。", ["两个"]), ("处5000元罚款。", ["5000元"]),
    ("检查30家。", []), ("支持一批企业，建立一个机制。", []), ("落实“四个最严”。", []), ("畅通12315热线。", []), ("执行GB2760标准。", []), ("2026年印发。", []), ("办好10件民生实事。", []), ("落实第3项要求。", []),
])
def test_numbers(words: str, expected: list[str]) -> None:
    assert unread(words) == expected


@pytest.mark.parametrize(("words", "expected"), [
    ("结果向县卫生健康局通报。", ["县卫生健康局"]), ("联合县公安局、市海关检查。", ["县公安局"]), ("由市场监管局牵头。", ["市场监管局"]),
    ("县教育局组织检查。", []), ("完善工作格局和市场布局。", []), ("落实“县公安局示范”要求。", []), ("推进家长委员会建设。", []),
])
def test_names(words: str, expected: list[str]) -> None:
    assert unread(words) == expected


def test_introductions_belong_to_no_item() -> None:
    ledger = read_text("样例县2026年要点\n一、目标\n年底前，全县抽检合格率达到98%以上。\n（一）题目。做。（县教育局负责）\n（二）题目。做。（县财政局负责）")
    assert [(n.task, n.quote) for n in ledger.not_understood] == [(None, "年底前"), (None, "全县抽检合格率达到98%以上")]
    assert ledger.targets == ()


@pytest.mark.parametrize("piece", ["1月底前", "9.30前", "完成3个、", "不低于上年水平，", "自4月起至10月", "伍拾", "3", "三", "区管委会", "县教育局要", "年内"])
def test_linear_on_hostile_text(piece: str) -> None:
    def spent(size: int) -> float:
        text = f"{HEAD}1.题目。" + piece * (size // len(piece))
        start = time.process_time()
        read_text(text)
        return time.process_time() - start

    spent(100)
    assert spent(16_000) < 12 * max(spent(4_000), 0.01)
