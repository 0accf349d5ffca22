"""Every write of the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from shian.core.clock import CalendarError, YearTable, load_calendar

from ..changes.writer import change
from ..scopes.actor import Actor
from .models import CalendarDay

NOTICE = "国务院办公厅关于{year}年部分节假日安排的通知"


def save_day(*, actor: Actor, day: CalendarDay, reason: str = "") -> CalendarDay:
    """Adds or edits one day. Raises :class:`ValidationError` naming date and rule, also for a doubled day."""
    _may(actor, day)
    if day.kind == "work" and day.date.weekday() < 5:
        raise ValidationError({"date": _("%(date)s 不是周末，不能列为调休上班") % {"date": day.date}})
    if day.kind != "closure" and day.place_id:
        raise ValidationError({"place": _("放假和调休全国统一；只有停止办公可以限定区域")})
    day.year = day.date.year
    same = CalendarDay.unscoped.live().filter(date=day.date, place=day.place_id).exclude(pk=day.pk)
    if other := same.first():
        raise ValidationError(
            {"date": _("%(date)s 已列为“%(kind)s”") % {"date": day.date, "kind": other.get_kind_display()}}
        )
    with change(actor, "calendarday.save", basis=day.source, reason=reason) as w:
        w.save(day)
    return day


def remove_day(*, actor: Actor, day: CalendarDay, reason: str = "") -> CalendarDay:
    _may(actor, day)
    with change(actor, "calendarday.retire", reason=reason) as w:
        w.retire(day)
    return day


def load_year(
    *, actor: Actor, year: int, off: Iterable[dt.date], work: Iterable[dt.date], source: str
) -> list[CalendarDay]:
    """Replaces the country's days of ``year`` (导入某年放假安排); local closures stay.

    Raises :class:`ValidationError` for a table that contradicts itself or has no day off at all.
    """
    if not actor.can("calendarday.save"):
        raise PermissionDenied(_("您不能修改工作日历"))
    try:
        table = YearTable(year, frozenset(off), frozenset(work))
    except CalendarError as error:
        raise ValidationError(str(error)) from error
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


def _may(actor: Actor, day: CalendarDay) -> None:
    if not actor.can("calendarday.save", day.place.path if day.place else None):
        raise PermissionDenied(_("您不能修改工作日历"))
