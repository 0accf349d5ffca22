"""Every write of the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shian.core.clock import CalendarError, YearTable, load_calendar

from ..changes.writer import change
from ..scopes import verbs
from ..scopes.actor import Actor
from ..ui.words import told
from .models import CalendarDay

verbs.declare(
    {
        "calendarday.save": gettext_lazy("修改工作日历"),
        "calendarday.retire": gettext_lazy("移除日历日期"),
        "calendarday.load": gettext_lazy("载入放假安排"),
    }
)

NOTICE = "国务院办公厅关于{year}年部分节假日安排的通知"


def save_days(
    *, actor: Actor, rows: Sequence[CalendarDay], verb: str = "calendarday.save", reason: str = "", batch=None
) -> list[CalendarDay]:
    """Adds or edits days. Raises :class:`ValidationError` naming date and rule (``CalendarDay.clean``)."""
    for day in rows:
        day.clean()
    with change(actor, verb, reason=reason, batch=batch) as w:
        return w.save_all(rows)


def save_day(*, actor: Actor, day: CalendarDay, reason: str = "") -> CalendarDay:
    save_days(actor=actor, rows=[day], reason=reason)
    return day


def remove_day(*, actor: Actor, day: CalendarDay, reason: str = "") -> CalendarDay:
    with change(actor, "calendarday.retire", reason=reason) as w:
        w.retire(day)
    return day


def load_year(
    *, actor: Actor, year: int, off: Iterable[dt.date], work: Iterable[dt.date], source: str
) -> list[CalendarDay]:
    """Replaces the country's days of ``year`` (导入某年放假安排); local closures stay.

    Raises :class:`ValidationError` for a table that contradicts itself or has no day off at all.
    """
    try:
        table = YearTable(year, frozenset(off), frozenset(work))
    except CalendarError as error:
        raise ValidationError(told(error)) from error
    if not table.off:
        raise ValidationError(_("%(year)s年没有列出任何放假日期") % {"year": year})
    wanted = dict.fromkeys(table.off, "off") | dict.fromkeys(table.work, "work")
    stored = list(CalendarDay.unscoped.live().filter(year=year, place=None).exclude(kind="closure"))
    new = [
        CalendarDay(year=year, date=d, kind=k, source=source)
        for d, k in sorted(wanted.items())
        if (d, k) not in {(row.date, row.kind) for row in stored}
    ]
    with change(actor, "calendarday.load", basis=source) as w:
        for row in stored:
            if wanted.get(row.date) != row.kind:
                w.retire(row)
        w.save_all(new)
    return new


def load_package(*, actor: Actor) -> list[int]:
    """Loads the years that come with the product and are not in the database yet; edited years stay as they are."""
    present = set(CalendarDay.unscoped.filter(place=None).values_list("year", flat=True))
    tables = load_calendar().years
    missing = sorted(set(tables) - present)
    for year in missing:
        table = tables[year]
        load_year(actor=actor, year=year, off=table.off, work=table.work, source=NOTICE.format(year=year))
    return missing
