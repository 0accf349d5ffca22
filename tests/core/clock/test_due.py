from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.clock import (
    Pause,
    RuleError,
    add_months,
    count,
    due,
    extend,
    load_calendar,
    load_rules,
    remaining,
)

CALENDAR = load_calendar()
PACK = load_rules()

# domain-facts.md 11.4, domain-rules.yaml test_vectors.natural_days
NATURAL_DAYS = [
    ("2026-07-03", 90, "2026-10-01", "2026-10-08"),
    ("2026-05-06", 60, "2026-07-05", "2026-07-06"),
    ("2025-11-03", 90, "2026-02-01", "2026-02-02"),
    ("2026-02-01", 15, "2026-02-16", "2026-02-24"),
    ("2026-08-01", 60, "2026-09-30", "2026-09-30"),
    ("2026-09-24", 90, "2026-12-23", "2026-12-23"),
]


@pytest.mark.parametrize(("trigger", "n", "raw", "rolled"), NATURAL_DAYS)
def test_natural_days(trigger: str, n: int, raw: str, rolled: str) -> None:
    found = count(date.fromisoformat(trigger), n, "natural_day", CALENDAR)
    assert found == (date.fromisoformat(raw), date.fromisoformat(rolled))


def test_a_due_date_with_its_reasons() -> None:
    result = due("reinspect.apply", date(2026, 2, 13), CALENDAR)
    assert result.day == date(2026, 3, 2)
    assert result.article == "《食品安全法》第88条、《食品安全抽样检验管理办法》(总局令15)第30条"
    assert result.steps[0] == "2026-02-13 当日不计，次日起算7个工作日：2026-03-02"
    assert result.steps[-1].startswith("依据：")


def test_the_version_in_force_on_the_trigger_date_decides() -> None:
    before, after = (due("complaint.mediate", day, CALENDAR) for day in (date(2026, 4, 14), date(2026, 4, 15)))
    assert (before.rule.unit, before.rule.n) == ("working_day", 45)
    assert (after.rule.unit, after.rule.n) == ("natural_day", 60)
    assert after.raw == date(2026, 6, 14) and after.day == date(2026, 6, 15)
    assert "顺延至其后第一个工作日" in after.steps[1]


def test_a_rule_that_was_not_in_force_says_when_it_was() -> None:
    with pytest.raises(RuleError, match="2019-10-01 至 今"):
        due("reinspect.apply", date(2018, 1, 1), CALENDAR)
    with pytest.raises(RuleError, match="没有编号为"):
        due("no.such", date(2026, 1, 1), CALENDAR)


def test_hours_run_through_the_holiday() -> None:
    at = datetime(2026, 9, 30, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    result = due("recall.start.l1", at, CALENDAR)
    assert result.at == at + timedelta(hours=24)
    assert result.day == date(2026, 10, 1)
    with pytest.raises(RuleError, match="必须精确到时刻"):
        due("recall.start.l1", date(2026, 9, 30), CALENDAR)
    with pytest.raises(RuleError, match="不因中止"):
        due("recall.start.l1", at, CALENDAR, pauses=[Pause(date(2026, 10, 1), None, "检验")])


def test_at_once_and_backwards_and_transfer_days_that_do_not_roll() -> None:
    at = datetime(2026, 10, 1, 9)
    assert due("disposal.operator_control", at, CALENDAR).at == at
    assert due("case.hearing_notice", date(2026, 10, 12), CALENDAR).day == date(2026, 9, 25) - timedelta(days=1)
    friday = due("transfer.approve", date(2026, 9, 30), CALENDAR)
    assert friday.day == date(2026, 10, 3)


def test_months_and_years_keep_the_day_number() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2027, 8, 30), 6) == date(2028, 2, 29)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert due("sampling.retain_fail_sample", date(2026, 8, 31), CALENDAR).day == date(2027, 2, 28)
    assert due("licence.validity", date(2024, 2, 29), CALENDAR).day == date(2029, 2, 28)


def test_pauses_are_taken_out_and_explained() -> None:
    testing = Pause(date(2026, 3, 4), date(2026, 3, 10), "检验")
    result = due("report.case_decision", date(2026, 3, 2), CALENDAR, pauses=[testing])
    plain = due("report.case_decision", date(2026, 3, 2), CALENDAR)
    assert CALENDAR.working_days_between(plain.day, result.day) == 5
    assert "扣除检验 2026-03-04 至 2026-03-10" in result.steps
    running = due("report.case_decision", date(2026, 3, 2), CALENDAR, pauses=[Pause(date(2026, 3, 4), None, "检验")])
    assert running.is_paused
    assert remaining(running, date(2026, 5, 1), CALENDAR).text == "期限中止"
    with pytest.raises(RuleError, match="早于开始日"):
        Pause(date(2026, 3, 4), date(2026, 3, 3), "检验")


@given(st.dates(date(2020, 1, 1), date(2026, 3, 1)), st.integers(1, 60), st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=80, deadline=None)
def test_a_pause_within_a_natural_term_moves_it_by_its_length(start: date, n: int, after: int, length: int) -> None:
    first = start + timedelta(days=1 + min(after, n - 1))
    pause = Pause(first, first + timedelta(days=length), "公告")
    raw, _ = count(start, n, "natural_day", CALENDAR, pauses=[pause])
    assert raw == start + timedelta(days=n + length + 1)


@given(st.sampled_from(PACK.rules), st.dates(date(2021, 9, 1), date(2025, 6, 30)), st.integers(0, 10))
@settings(max_examples=120, deadline=None)
def test_every_rule_is_monotone_and_explains_itself(rule: object, start: date, later: int) -> None:
    from shian.core.clock import Rule

    assert isinstance(rule, Rule)
    one, two = datetime.combine(start, datetime.min.time()), datetime.combine(start, datetime.min.time()) + timedelta(days=later)
    if not (rule.in_force(start) and rule.in_force(two.date())) or rule.id == "complaint.local_promise":
        return
    first, second = due(rule.id, one, CALENDAR), due(rule.id, two, CALENDAR)
    assert first.day <= second.day
    assert (first.day >= start) if rule.n >= 0 else (first.day <= start)
    assert first.steps[-1].startswith("依据：") and rule.document.split("(")[0].split(" / ")[0] in first.steps[-1]


def test_extension_counts_from_the_original_due_date() -> None:
    first = due("reinspect.assign", date(2026, 9, 21), CALENDAR)
    longer = extend(first, CALENDAR)
    assert first.day == date(2026, 9, 29)
    assert longer.day == CALENDAR.add_working_days(first.day, 5) == date(2026, 10, 12)
    assert "自原期限 2026-09-29 起延长5个工作日" in longer.steps[-1]
    assert extend(first, CALENDAR, 2).day == date(2026, 10, 8)
    with pytest.raises(RuleError, match="最多延长5个工作日"):
        extend(first, CALENDAR, 6)
    with pytest.raises(RuleError, match="没有可以延长的规定"):
        extend(due("reinspect.apply", date(2026, 9, 21), CALENDAR), CALENDAR)
    with pytest.raises(RuleError, match="请填写延长的天数"):
        extend(due("sampling.test_report", date(2026, 9, 21), CALENDAR), CALENDAR)


def test_overrides_are_for_norms_and_for_stricter_terms() -> None:
    norm = due("disposal.start", date(2026, 3, 2), CALENDAR, {"disposal.start": 3})
    assert norm.day == date(2026, 3, 5)
    assert any("本地配置：3个工作日（原为5个工作日）" in step for step in norm.steps)
    assert due("disposal.start", date(2026, 3, 2), CALENDAR, {"disposal.start": (2, "natural_day")}).day == date(2026, 3, 4)
    assert due("reinspect.apply", date(2026, 3, 2), CALENDAR, {"reinspect.apply": 5}).day == date(2026, 3, 9)
    with pytest.raises(RuleError, match="只能配置得更严，不能改为10个工作日"):
        due("reinspect.apply", date(2026, 3, 2), CALENDAR, {"reinspect.apply": 10})
    with pytest.raises(RuleError, match="配置值“三"):
        due("disposal.start", date(2026, 3, 2), CALENDAR, {"disposal.start": "三"})  # type: ignore[dict-item]


def test_local_closure_and_provisional_year_are_explained() -> None:
    closed = CALENDAR.with_closures([date(2026, 3, 3)])
    assert "扣除本地停止办公日：2026-03-03" in due("reinspect.apply", date(2026, 3, 2), closed).steps
    result = due("reinspect.apply", date(2026, 12, 30), load_calendar(provisional=True))
    assert result.provisional
    assert any("暂按法定节假日推算" in step for step in result.steps)


@pytest.mark.parametrize(
    ("limit", "as_of", "level", "text"),
    [
        (date(2026, 10, 10), date(2026, 9, 30), "soon", "还剩 3 个工作日"),
        (date(2026, 10, 12), date(2026, 9, 30), "normal", "还剩 4 个工作日"),
        (date(2026, 9, 30), date(2026, 9, 30), "today", "今天到期"),
        (date(2026, 9, 30), datetime(2026, 9, 30, 23), "today", "今天到期"),
        (date(2026, 9, 29), date(2026, 10, 8), "overdue", "已逾期 2 个工作日"),
        (date(2026, 3, 6), date(2026, 3, 7), "overdue", "已逾期 1 天"),
        (date(2027, 3, 1), date(2026, 12, 31), "normal", "还剩 60 天（自然日，2027年工作日历未载入）"),
        (datetime(2026, 3, 6, 9), datetime(2026, 3, 6, 6, 30), "soon", "还剩 2 小时 30 分钟"),
        (datetime(2026, 3, 6, 9), datetime(2026, 3, 4, 9), "normal", "还剩 48 小时 0 分钟"),
        (datetime(2026, 3, 6, 9), datetime(2026, 3, 6, 9, 5), "overdue", "已逾期 5 分钟"),
    ],
)
def test_remaining_time_in_words(limit: date, as_of: date, level: str, text: str) -> None:
    found = remaining(limit, as_of, CALENDAR)
    assert (found.level, found.text) == (level, text)


def test_local_packs_win_and_bad_packs_are_refused() -> None:
    rule = (
        "rules:\n  - {id: reinspect.apply, name: 申请复检, actor: operator, trigger: t, due: {n: 6, unit: working_day},"
        " source: {doc: 某省办法, article: '3'}, confidence: high, valid: [2026-01-01, null]%s}\n"
    )
    pack = PACK.with_local(rule % "")
    assert due("reinspect.apply", date(2026, 3, 2), CALENDAR, rules=pack).article == "《某省办法》第3条"
    assert due("reinspect.apply", date(2025, 3, 3), CALENDAR, rules=pack).rule.n == 7
    with pytest.raises(RuleError, match="有效期重叠"):
        load_rules(rule % "" + (rule % "").removeprefix("rules:\n").replace("reinspect.apply", "reinspect.apply.2027"))
    with pytest.raises(RuleError, match="没有依据的期限不得使用"):
        load_rules((rule % "").replace("某省办法", "''"))
    with pytest.raises(RuleError, match="整数 n 和单位"):
        load_rules((rule % "").replace("working_day", "fortnight"))
    with pytest.raises(RuleError, match="缺少或写错"):
        load_rules("rules:\n  - {id: x}\n")
    with pytest.raises(RuleError, match="rules 列表"):
        load_rules("[]")
