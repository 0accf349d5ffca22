"""The instances of a recurring task (周期性任务)."""

from __future__ import annotations

import calendar
import datetime as dt

MONTHS = {"month": 1, "quarter": 3, "half": 6}


def instances(recurrence: str, year: int, since: dt.date | None = None) -> list[tuple[str, dt.date]]:
    """(label, due date) of each period of ``year`` that ends on or after ``since``; none if not recurring.

    >>> instances("quarter", 2026, dt.date(2026, 7, 14))
    [('2026年第3季度', datetime.date(2026, 9, 30)), ('2026年第4季度', datetime.date(2026, 12, 31))]
    """
    step = MONTHS.get(recurrence)
    if step is None:
        return []
    out = []
    for last in range(step, 13, step):
        due = dt.date(year, last, calendar.monthrange(year, last)[1])
        if since is None or due >= since:
            out.append((_label(recurrence, year, last // step), due))
    return out


def _label(recurrence: str, year: int, n: int) -> str:
    if recurrence == "month":
        return f"{year}年{n}月"
    if recurrence == "quarter":
        return f"{year}年第{n}季度"
    return f"{year}年{'上' if n == 1 else '下'}半年"
