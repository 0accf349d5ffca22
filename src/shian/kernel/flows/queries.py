"""Named reads of clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import QuerySet

from shian.core.clock import Remaining, WorkCalendar, remaining
from shian.core.clock.due import Moment

from ..places.models import Place
from .models import Clock

SOON_DAYS = 7


def place_of(obj: models.Model) -> Place | None:
    """The place whose working days count for ``obj``: the one its scope names."""
    lookup = obj.scope.home or obj.scope.place
    value: models.Model | None = obj
    for part in lookup.split("__")[:-1] if lookup else ():
        value = getattr(value, part, None)
    return value if isinstance(value, Place) else None


def running() -> QuerySet[Clock]:
    """Clocks neither met nor ended. The caller answers for who sees them: they are as open as their object."""
    return Clock.unscoped.live().filter(done_on=None)


def open_clocks(rows: Iterable[models.Model]) -> dict[int, list[Clock]]:
    """pk → running clocks, soonest first, for rows of one model: one query per 500 rows."""
    rows = list(rows)
    out: dict[int, list[Clock]] = {}
    for at in range(0, len(rows), 500):
        part = rows[at : at + 500]
        found = running().filter(object_type=part[0]._meta.label_lower, object_id__in=[r.pk for r in part])
        for clock in found.select_related("place").order_by("due", "pk"):
            out.setdefault(clock.object_id, []).append(clock)
    return out


def clocks_of(obj: models.Model) -> list[Clock]:
    """Every clock of ``obj``, the running ones first."""
    found = Clock.unscoped.filter(object_type=obj._meta.label_lower, object_id=obj.pk).select_related("place")
    return sorted(found, key=lambda c: (bool(c.done_on or c.retired_at), c.due, c.pk))


def standing(clock: Clock, calendar: WorkCalendar, as_of: Moment) -> Remaining:
    """How much is left: in hours for a limit in hours, none while paused."""
    if clock.is_paused:
        return Remaining("paused", "期限中止", None)
    return remaining(clock.due_at or clock.due, as_of, calendar)


def pressing(label: str, ids, as_of: dt.date) -> QuerySet[Clock]:
    """Running clocks of the objects ``ids`` that are overdue or due within a week."""
    found = running().filter(object_type=label, object_id__in=ids, due__lte=as_of + dt.timedelta(SOON_DAYS))
    return found.order_by("due", "pk")
