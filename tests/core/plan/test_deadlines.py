"""Due dates and periods. Every rule of the grammar has a sentence."""

from __future__ import annotations

import pytest

from shian.core.plan import parse_deadlines, read_text
from shian.core.plan.deadlines import RULES, find_due
from shian.core.plan.text import fold

YEAR = 2020
BY_RULE = {
    "day": [("于6月30日前、12月10日前报送", "2020-06-30 2020-12-10"), ("6月15日、12月15日前上报", "2020-06-15 2020-12-15"), ("次年1月15日前", "2021-01-15"), ("十二月三十一日前", "2020-12-31")],
    "day in figures": [("2020.9.30前完成", "2020-09-30"), ("2020-09-30前", "2020-09-30"), ("20200930前报送", "2020-09-30"), ("9.30前完成", "2020-09-30"), ("于2020/9/5日前", "2020-09-05"), ("12.5日以前", "2020-12-05")],
    "until a month": [("10月止", "2020-10-31"), ("2021年3月份止", "2021-03-31")],
    "from one date to another": [("自4月起至10月止", "2020-10-31"), ("从3月到8月开展", "2020-08-31"), ("自4月1日起至10月15日", "2020-10-15"), ("自2021年4月起至6月", "2021-06-30"), ("6月至9月", "2020-09-30"), ("7月1日至9月15日", "2020-09-15")],
    "autumn term": [("秋季开学前", "2020-08-31"), ("2021年秋季学期开学以前", "2021-08-31")],
    "done in a month": [("于9月建成", "2020-09-30"), ("在2021年5月份全面完成", "2021-05-31")],
    "early in a month": [("11月初完成", "2020-11-10"), ("十二月初前", "2020-12-10")],
    "early in a quarter": [("四季度初", "2020-10-10"), ("第二季度初完成", "2020-04-10")],
    "eve of a feast": [("“五一”节前完成", "2020-04-30"), ("国庆节前", "2020-09-30"), ("元旦前完成", "2020-12-31"), ("2021年元旦前", "2020-12-31"), ("劳动节前", "2020-04-30")],
    "month end": [("9月底前完成", "2020-09-30"), ("2021年2月底前", "2021-02-28"), ("十月末完成", "2020-10-31"), ("明年3月底前", "2021-03-31"), ("6月、9月、12月底上报", "2020-06-30 2020-09-30 2020-12-31")],
    "part of month": [("6月中旬前完成", "2020-06-20"), ("10月上旬前", "2020-10-10"), ("11月下旬完成", "2020-11-30"), ("11月中下旬", "2020-11-30"), ("5月上中旬", "2020-05-20")],
    "before month": [("3月份前完成", "2020-02-29")],
    "quarter": [("第一季度完成部署", "2020-03-31"), ("三季度末完成80%", "2020-09-30"), ("一季度末、二季度末各报告", "2020-03-31 2020-06-30")],
    "half year": [("上半年完成", "2020-06-30"), ("下半年全面推开", "2020-12-31")],
    "five-year plan": [("“十四五”末达到60%", "2025-12-31")],
    "year end": [("年底前完成", "2020-12-31"), ("年末，达到95%", "2020-12-31"), ("今年年底完成", "2020-12-31")],
    "within the year": [("年内举办一次", "2020-12-31"), ("本年度内完成", "2020-12-31")],
    "by a later year": [("到2025年，建成50个", "2025-12-31")],
}
LABELLED = {
    "day in a label": [("12月31日", "2020-12-31")],
    "dotted day": [("2020.6.30", "2020-06-30")],
    "dotted month": [("2020.11", "2020-11-30")],
    "month in a label": [("6月、12月", "2020-06-30 2020-12-31")],
    "year in a label": [("全年", "2020-12-31"), ("2021年", "2021-12-31")],
}


def dates(sentence: str, label: bool = False) -> tuple[str, set[str]]:
    t = fold(sentence)
    found = find_due(t, 0, len(t.norm), YEAR, label)
    return " ".join(d.date.isoformat() for d in found), {d.rule for d in found}


@pytest.mark.parametrize(("rule", "sentence", "expected"), [(r, s, e) for r, cases in BY_RULE.items() for s, e in cases])
def test_rule(rule: str, sentence: str, expected: str) -> None:
    assert dates(sentence) == (expected, {rule})


@pytest.mark.parametrize(("rule", "sentence", "expected"), [(r, s, e) for r, cases in LABELLED.items() for s, e in cases])
def test_rule_of_labels(rule: str, sentence: str, expected: str) -> None:
    assert dates(sentence, label=True) == (expected, {rule})
    assert dates(sentence)[0] == ""


def test_every_rule_has_a_sentence() -> None:
    assert {r.name for r in RULES} == set(BY_RULE) | set(LABELLED)


@pytest.mark.parametrize("sentence", [
    "去年底已建成", "2019年底建成的平台", "截至2019年底", "5月1日起施行", "6月开展安全生产月", "纳入年底绩效考核", "三年内建成", "2个月内完成",
    "前三季度完成80%", "第二、四季度各开展一次", "“6·30”行动", "每月5日前报送", "每季度末月25日前报送", "年终总结", "2月31日前", "13月底前", "13.40前", "202009300前", "版本4.9.30前", "第9.30条", "从7月到9月是高发期", "自10月起", "春节元旦前", "中秋国庆前", "“三八”活动前", "国庆后", "十一前", "《2021年底前规划》",
])
def test_no_due_date(sentence: str) -> None:
    assert dates(sentence)[0] == ""


def test_a_printed_year_holds_to_the_end_of_the_sentence() -> None:
    assert dates("2021年6月底前开工，12月底前完工。9月底前总结")[0] == "2021-06-30 2021-12-31 2020-09-30"


def test_yearly_reports_and_periods() -> None:
    ledger = read_text("某县2020年计划\n一、甲\n（一）题。每年12月底前报送总结。（县财政局）\n（二）题。每季度检查。（县财政局）\n（三）题。春节前完成。（县财政局）")
    assert [t.recurrence for t in ledger.tasks] == ["每年", "每季度", None]
    assert [(d.date.isoformat(), d.recurring) for d in ledger.deadlines] == [("2020-12-31", "每年")]
    assert [n.quote for n in ledger.not_understood] == ["春节前"]


def test_relative_dates_need_a_year() -> None:
    assert parse_deadlines("9月底前完成") == ()
    assert parse_deadlines("2021年9月底前完成")[0].what == "完成"


def test_notice_and_closing_bind_the_whole_plan() -> None:
    ledger = read_text("关于印发《某县2020年要点》的通知\n各乡镇：\n请于3月20日前报方案。\n某县2020年要点\n一、甲\n（一）题。做。（县财政局）\n各单位于12月3日前报告情况。")
    assert [(d.task, d.date.isoformat()) for d in ledger.deadlines] == [(None, "2020-03-20"), (None, "2020-12-03")]
