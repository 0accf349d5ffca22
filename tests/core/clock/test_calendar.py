from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shian.core.clock import CalendarError, CalendarYearMissing, YearTable, load_calendar, read_tables
from shian.core.clock.calendar import DAY

CALENDAR = load_calendar()
DAYS = st.dates(date(2017, 3, 1), date(2026, 9, 30))

# domain-facts.md 11.4
WORKING_DAYS = [
    ("2020-01-21", 7, "2020-02-07"),
    ("2020-04-30", 5, "2020-05-11"),
    ("2020-09-28", 10, "2020-10-19"),
    ("2021-02-09", 5, "2021-02-22"),
    ("2024-09-30", 5, "2024-10-12"),
    ("2025-01-24", 7, "2025-02-10"),
    ("2025-04-30", 20, "2025-06-03"),
    ("2025-05-06", 45, "2025-07-09"),
    ("2026-02-12", 20, "2026-03-18"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-13", 7, "2026-03-02"),
    ("2026-04-30", 7, "2026-05-13"),
    ("2026-04-30", 15, "2026-05-25"),
    ("2026-09-21", 10, "2026-10-12"),
    ("2026-09-21", 20, "2026-10-26"),
    ("2026-09-21", 30, "2026-11-09"),
    ("2026-09-24", 5, "2026-10-09"),
    ("2026-09-24", 10, "2026-10-15"),
    ("2026-09-30", 2, "2026-10-09"),
    ("2026-11-21", 7, "2026-12-01"),
]
TOTALS = {2017: 249, 2018: 250, 2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}


@pytest.mark.parametrize(("trigger", "count", "due"), WORKING_DAYS)
def test_vectors(trigger: str, count: int, due: str) -> None:
    assert CALENDAR.add_working_days(date.fromisoformat(trigger), count) == date.fromisoformat(due)


def test_working_days_of_each_year() -> None:
    found = {year: CALENDAR.working_days_between(date(year, 1, 1) - DAY, date(year, 12, 31)) for year in TOTALS}
    assert found == TOTALS


@given(DAYS, st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_the_result_is_a_working_day_and_counting_back_gives_the_number(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.working_days_between(start, end) == count
    assert CALENDAR.working_days_between(end, start) == -count
    if count:
        assert CALENDAR.is_working_day(end)


@given(DAYS, st.integers(0, 5), st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_later_triggers_and_longer_terms_are_never_due_earlier(start: date, later: int, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.add_working_days(start + timedelta(days=later), count) >= end
    assert CALENDAR.add_working_days(start, count + 1) > end


@given(DAYS, st.integers(1, 40))
@settings(max_examples=80, deadline=None)
def test_backwards_is_the_inverse_from_a_working_day(start: date, count: int) -> None:
    start = CALENDAR.roll(start)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, count), -count) == start


@given(DAYS, st.integers(1, 20), st.integers(0, 30), st.integers(0, 10))
@settings(max_examples=80, deadline=None)
def test_a_pause_moves_the_end_by_the_working_days_it_covers(start: date, count: int, after: int, length: int) -> None:
    first = start + timedelta(days=after)
    last = first + timedelta(days=length)
    plain = CALENDAR.add_working_days(start, count)
    moved = CALENDAR.add_working_days(start, count, [(first, last)])
    if first > plain:
        assert moved == plain
    else:
        hidden = sum(CALENDAR.is_working_day(first + DAY * n) for n in range(length + 1) if first + DAY * n > start)
        assert moved == CALENDAR.add_working_days(start, count + hidden)


def test_a_missing_year_is_named_and_never_guessed() -> None:
    with pytest.raises(CalendarYearMissing, match="2027年的工作日历尚未载入") as caught:
        CALENDAR.add_working_days(date(2026, 12, 30), 5)
    assert caught.value.year == 2027
    with pytest.raises(CalendarYearMissing, match="2016年"):
        CALENDAR.is_working_day(date(2016, 12, 30))


def test_a_provisional_year_is_used_only_on_request_and_marked() -> None:
    calendar = load_calendar(provisional=True)
    assert calendar.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert calendar.is_provisional(date(2027, 1, 4))
    assert not calendar.is_provisional(date(2026, 1, 4))


def test_local_closures_are_an_overlay() -> None:
    closed = CALENDAR.with_closures([date(2026, 3, 3), date(2026, 3, 4)])
    assert closed.add_working_days(date(2026, 3, 2), 1) == date(2026, 3, 5)
    assert CALENDAR.add_working_days(date(2026, 3, 2), 1) == date(2026, 3, 3)


def test_a_notice_is_imported_and_may_change_a_year() -> None:
    tables = read_tables({2027: {"rest": ["01-01", "02-08"], "work": ["02-14"]}})
    calendar = CALENDAR.with_years(tables.values())
    assert calendar.is_working_day(date(2027, 2, 14))
    assert not calendar.is_working_day(date(2027, 2, 8))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"rest": ["01-01"]}, "应有 rest 和 work"),
        ({"rest": ["13-01"], "work": []}, "MM-DD"),
        ({"rest": [], "work": ["03-02"]}, "不是周末"),
        ({"rest": ["02-28"], "work": ["02-28"]}, "既列为放假又列为上班"),
    ],
)
def test_contradictory_tables_are_refused(entry: dict[str, list[str]], message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        read_tables({2026: entry})


def test_a_day_of_another_year_and_a_file_without_years() -> None:
    with pytest.raises(CalendarError, match="不属于该年"):
        YearTable(2026, frozenset({date(2025, 1, 1)}), frozenset())
    with pytest.raises(CalendarError, match="years"):
        load_calendar("holidays: []")
