"""Working days: weekdays, minus days off, plus weekend days worked (调休), minus local closures.

The tables are data (``calendar.yaml``), one per year, from the notices of the State Council. A year without a table
raises :class:`CalendarYearMissing`: a deadline computed on a guess would be wrong around every holiday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

from shian.core.errors import Told
from shian.core.words import say

DAY = timedelta(days=1)


class CalendarYearMissing(Told):
    """No table of days off for ``year``; the message tells the user (in Chinese) how to go on."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "year_missing",
            say("%(year)s年的工作日历尚未载入，无法计算工作日。请在国务院办公厅发布%(year)s年节假日安排后，由管理员导入该年的放假和调休日期。", year=year)
        )
        self.year = year


class CalendarError(Told, ValueError):
    """A calendar table that contradicts itself; the message names year, date and rule."""


@dataclass(frozen=True)
class YearTable:
    """Days off and days worked of one year, against the plain week. ``label`` marks a provisional table."""

    year: int
    off: frozenset[date]
    work: frozenset[date]
    label: str = ""

    def __post_init__(self) -> None:
        for name, days in ((say("放假"), self.off), (say("调休上班"), self.work)):
            for day in days:
                if day.year != self.year:
                    raise CalendarError("other_year", say("%(year)s年日历的%(name)s日期 %(day)s 不属于该年", year=self.year, name=name, day=day))
        for day in self.work:
            if day.weekday() < 5:
                raise CalendarError("not_weekend", say("%(year)s年日历的调休上班日期 %(day)s 不是周末", year=self.year, day=day))
            if day in self.off:
                raise CalendarError("off_and_worked", say("%(year)s年日历的 %(day)s 既列为放假又列为上班", year=self.year, day=day))


@dataclass(frozen=True)
class WorkCalendar:
    """Year tables and an overlay of local closures (disaster, epidemic: days on which the office does not work)."""

    years: Mapping[int, YearTable]
    closures: frozenset[date] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        """Raises :class:`CalendarYearMissing` where the year of ``day`` has no table."""
        table = self.years.get(day.year)
        if table is None:
            raise CalendarYearMissing(day.year)
        if day in self.closures or day in table.off:
            return False
        return day.weekday() < 5 or day in table.work

    def is_provisional(self, day: date) -> bool:
        table = self.years.get(day.year)
        return table is not None and bool(table.label)

    def roll(self, day: date, *, forward: bool = True) -> date:
        """``day`` itself if it is a working day, else the next one (or the one before)."""
        step = DAY if forward else -DAY
        while not self.is_working_day(day):
            day += step
        return day

    def add_working_days(self, start: date, count: int, skipped: Iterable[tuple[date, date]] = ()) -> date:
        """The ``count``-th working day after ``start`` (before it, if negative); ``start`` itself never counts.

        ``skipped`` holds pauses as (first, last) day, both left out. ``count`` 0 gives ``start``, whatever day it is.
        """
        pauses, step, day = tuple(skipped), (DAY if count > 0 else -DAY), start
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day) or paused(day, pauses):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative if ``end`` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + DAY * n) for n in range(1, (end - start).days + 1))

    def with_closures(self, days: Iterable[date]) -> WorkCalendar:
        return replace(self, closures=self.closures | frozenset(days))

    def with_years(self, tables: Iterable[YearTable]) -> WorkCalendar:
        return replace(self, years={**self.years, **{table.year: table for table in tables}})


def paused(day: date, pauses: Iterable[tuple[date, date]]) -> bool:
    return any(first <= day <= last for first, last in pauses)


def read_tables(data: Mapping[Any, Any]) -> dict[int, YearTable]:
    """Tables from the ``years`` (or ``provisional``) part of a calendar file: dates as MM-DD under their year."""
    tables = {}
    for year, entry in data.items():
        try:
            off, work = (frozenset(date.fromisoformat(f"{year}-{day}") for day in entry[key]) for key in ("rest", "work"))
        except (KeyError, TypeError, ValueError) as error:
            raise CalendarError("bad_format", say("%(year)s年日历格式有误（%(error)s）：应有 rest 和 work 两项，日期写作 MM-DD", year=year, error=error)) from error
        tables[int(year)] = YearTable(int(year), off, work, str(entry.get("label", "")))
    return tables


def load_calendar(text: str | None = None, *, provisional: bool = False) -> WorkCalendar:
    """The calendar of a YAML ``text``, or of the package. ``provisional`` adds years with statutory holidays only."""
    if text is None:
        return _package_calendar(provisional)
    data = yaml.safe_load(text)
    if not isinstance(data, dict) or not isinstance(data.get("years"), dict):
        raise CalendarError("no_years", say("工作日历文件缺少 years 一项"))
    tables = read_tables(data["years"])
    extra = read_tables(data.get("provisional") or {}) if provisional else {}
    return WorkCalendar({**extra, **tables})


@cache
def _package_calendar(provisional: bool) -> WorkCalendar:
    return load_calendar((resources.files(__package__) / "calendar.yaml").read_text("utf-8"), provisional=provisional)
