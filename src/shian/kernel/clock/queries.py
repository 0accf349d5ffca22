"""Which days are worked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Max, Q

from shian.core.clock import WorkCalendar, YearTable, load_calendar

from ..places.models import Place
from .models import CalendarDay

_cache: dict[int | None, tuple[tuple, WorkCalendar]] = {}


def calendar_for(place: Place | None = None, *, provisional: bool = False) -> WorkCalendar:
    """The working days of ``place``: the country's, less closures of the place and of those above it.

    Costs one small query that notices an edit by any process; call it once a page or batch. Years without
    a table raise ``CalendarYearMissing`` when used; ``provisional`` fills them, where the product can, with
    statutory holidays alone (``WorkCalendar.is_provisional`` tells).
    """
    found = _current(place)
    if provisional:
        extra = load_calendar(provisional=True).years
        found = found.with_years(table for year, table in extra.items() if year not in found.years)
    return found


def _current(place: Place | None) -> WorkCalendar:
    held = CalendarDay.unscoped.aggregate(Max("updated_at"), Max("pk"), Count("pk"))
    stamp = tuple(held.values())
    if place is not None:
        stamp += (place.path,)
    key = place.pk if place is not None else None
    held = _cache.get(key)
    if held is None or held[0] != stamp:
        if len(_cache) > 2000:
            _cache.clear()
        held = _cache[key] = (stamp, _read(place))
    return held[1]


def _read(place: Place | None) -> WorkCalendar:
    where = Q(place=None)
    if place is not None:
        where |= Q(place__in=place.ancestor_ids)
    days: dict[tuple[int, str], set[dt.date]] = defaultdict(set)
    closures: set[dt.date] = set()
    for year, date, kind in CalendarDay.unscoped.live().filter(where).values_list("year", "date", "kind"):
        if kind == "closure":
            closures.add(date)
        else:
            days[year, kind].add(date)
    years = {year for year, kind in days if kind == "off"}
    tables = {y: YearTable(y, frozenset(days[y, "off"]), frozenset(days[y, "work"])) for y in years}
    return WorkCalendar(tables, frozenset(closures))


def loaded_years() -> list[int]:
    """Years whose days off are known."""
    rows = CalendarDay.unscoped.live().filter(place=None, kind="off")
    return sorted(rows.order_by().values_list("year", flat=True).distinct())
