from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.clock import CalendarYearMissing, instances, load_calendar


@pytest.mark.parametrize(
    ("every", "number", "second", "second_due"),
    [
        ("month", 12, "2024年2月", date(2024, 2, 29)),
        ("quarter", 4, "2024年第二季度", date(2024, 6, 30)),
        ("half_year", 2, "2024年下半年", date(2024, 12, 31)),
        ("week", 52, "2024年第2周", date(2024, 1, 14)),
    ],
)
def test_rounds_of_a_year(every: str, number: int, second: str, second_due: date) -> None:
    rounds = instances(every, 2024)  # type: ignore[arg-type]
    assert len(rounds) == number
    assert (rounds[1].label, rounds[1].due) == (second, second_due)


def test_a_plan_published_in_april_starts_with_the_running_round() -> None:
    rounds = instances("quarter", 2026, start=date(2026, 4, 10), end=date(2026, 11, 30))
    assert [(item.number, item.due) for item in rounds] == [
        (2, date(2026, 6, 30)),
        (3, date(2026, 9, 30)),
        (4, date(2026, 11, 30)),
    ]
    assert [item.label for item in instances("year", 2026)] == ["2026年"]


def test_due_some_working_days_after_the_round() -> None:
    january, *_ = instances("month", 2026, end=date(2026, 11, 30), after=5, calendar=load_calendar())
    assert january.due == date(2026, 2, 6)
    with pytest.raises(CalendarYearMissing, match="2027年"):
        instances("month", 2026, after=5, calendar=load_calendar())


@given(st.sampled_from(["month", "quarter", "half_year", "year"]), st.integers(2017, 2040))
@settings(max_examples=60, deadline=None)
def test_rounds_tile_the_year(every: str, year: int) -> None:
    rounds = instances(every, year)  # type: ignore[arg-type]
    assert rounds[0].first == date(year, 1, 1) and rounds[-1].last == date(year, 12, 31)
    for one, two in pairwise(rounds):
        assert two.first == one.last + timedelta(days=1)


def test_weeks_run_from_monday_to_sunday() -> None:
    for item in instances("week", 2026):
        assert item.first.weekday() == 0 and item.last.weekday() == 6


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="周期“fortnight”无效"):
        instances("fortnight", 2026)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="早于开始日"):
        instances("month", 2026, start=date(2026, 5, 1), end=date(2026, 4, 1))
    with pytest.raises(ValueError, match="需要工作日历"):
        instances("month", 2026, after=3)
