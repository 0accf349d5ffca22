"""Recurring work: 每周, 每月, 每季度, 每半年, 每年 as dated instances within a plan year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from shian.core.errors import Invalid
from shian.core.words import say

from .calendar import DAY, WorkCalendar
from .due import add_months

Every = Literal["week", "month", "quarter", "half_year", "year"]
MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Instance:
    """One round: its number in the year (from 1), its label, first and last day, and the day it is due."""

    number: int
    label: str
    first: date
    last: date
    due: date


def instances(
    every: Every,
    year: int,
    *,
    start: date | None = None,
    end: date | None = None,
    after: int = 0,
    calendar: WorkCalendar | None = None,
) -> tuple[Instance, ...]:
    """The rounds of ``every`` in ``year`` that are not over before ``start`` and begin by ``end``.

    A round is due on its last day (at the latest on ``end``), or ``after`` working days later (then with ``calendar``).
    Raises ValueError for an unknown period, an ``end`` before ``start``, or ``after`` without a calendar.
    """
    if every not in get_args(Every):
        raise Invalid(
            "unknown_period",
            say("周期“%(every)s”无效：应为 %(known)s", every=every, known=tuple(get_args(Every))),
        )
    if after and calendar is None:
        raise Invalid("needs_calendar", say("按周期结束后若干工作日到期，需要工作日历"))
    opens, closes = start or date(year, 1, 1), end or date(year, 12, 31)
    if closes < opens:
        raise Invalid(
            "ends_first", say("周期任务的结束日 %(closes)s 早于开始日 %(opens)s", closes=closes, opens=opens)
        )
    spans = _weeks(year) if every == "week" else _months(year, MONTHS[every])
    found = []
    for number, (first, last) in enumerate(spans, start=1):
        if last < opens or first > closes:
            continue
        limit = min(last, closes)
        due = calendar.add_working_days(limit, after) if calendar and after else limit
        found.append(Instance(number, _label(every, year, number), first, last, due))
    return tuple(found)


def _months(year: int, length: int) -> list[tuple[date, date]]:
    firsts = [add_months(date(year, 1, 1), offset) for offset in range(0, 12, length)]
    return [(first, add_months(first, length) - DAY) for first in firsts]


def _weeks(year: int) -> list[tuple[date, date]]:
    """Weeks from Monday that end in ``year``."""
    first = date(year, 1, 1)
    monday = first - DAY * first.weekday()
    weeks = [(monday + timedelta(weeks=n), monday + timedelta(weeks=n, days=6)) for n in range(54)]
    return [week for week in weeks if week[1].year == year]


def _label(every: Every, year: int, number: int) -> str:
    names = {
        "week": f"第{number}周",
        "month": f"{number}月",
        "quarter": f"第{'一二三四'[number - 1]}季度" if every == "quarter" else "",
        "half_year": "上半年" if number == 1 else "下半年",
        "year": "全年",
    }
    return f"{year}年{names[every]}".replace("年全年", "年")
