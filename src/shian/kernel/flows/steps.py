"""Jobs of the clocks: dates follow the calendar, and people hear of what becomes due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from shian.kernel.changes.writer import change
from shian.kernel.clock.models import CalendarDay
from shian.kernel.clock.queries import calendar_for
from shian.kernel.day import today
from shian.kernel.jobs.actions import enqueue
from shian.kernel.jobs.kinds import CHUNK, Step, job
from shian.kernel.jobs.models import Job
from shian.kernel.notices.actions import notify
from shian.kernel.scopes import verbs
from shian.kernel.scopes.actor import SYSTEM
from shian.kernel.scopes.entity import Entity

from . import bulk as bulk
from . import registry
from .clocks import recompute
from .models import Clock
from .queries import running, standing
from .told import Known, told

verbs.declare({"clock.recompute": gettext_noop("重新计算期限")})


def follow_calendar(rows: Iterable[Entity]) -> None:
    """Hook of every write: a changed day moves the dates counted over it."""
    if any(isinstance(row, CalendarDay) for row in rows) and running().exists():
        waiting = Job.unscoped.filter(kind="flows.recompute", state="queued", cursor={})
        if not waiting.exists():
            enqueue(SYSTEM, "flows.recompute", {}, title=str(gettext_noop("按新的工作日历重新计算期限")))


@job("flows.recompute", title=gettext_noop("按新的工作日历重新计算期限"))
def recompute_step(row: Job, cursor: dict):
    """A chunk of running clocks; those whose date moves keep the old one beside the new."""
    found = running().filter(pk__gt=cursor.get("pk", 0)).select_related("place").order_by("pk")
    batch = list(found[:CHUNK])
    with change(SYSTEM, "clock.recompute", reason=_("工作日历已调整")) as w:
        moved = recompute(w, batch)
    done = row.done + len(moved)
    return Step(
        {"pk": batch[-1].pk if batch else 0}, done=done, finished=len(batch) < CHUNK,
        message=_("已调整 %(n)s 个期限") % {"n": done},
    )  # fmt: skip


@job(
    "flows.remind", title=gettext_noop("期限提醒"), daily_at=dt.time(8, 0), kept=True, needed=lambda: running().exists()
)
def remind_step(row: Job, cursor: dict):
    """One notice a clock and level (快到期, 今天到期, 已逾期) to each of those whom it concerns."""
    day, known = today(), {}
    found = running().filter(pk__gt=cursor.get("pk", 0), due__lte=day + dt.timedelta(14)).order_by("pk")
    batch = list(found.select_related("place")[:CHUNK])
    sent = sum(remind(clock, day, known) for clock in batch)
    done = row.done + sent
    return Step(
        {"pk": batch[-1].pk if batch else 0}, done=done, finished=len(batch) < CHUNK,
        message=_("已发送 %(n)s 条提醒") % {"n": done},
    )  # fmt: skip


def remind(clock: Clock, day: dt.date, known: Known) -> int:
    """Notices about ``clock`` as it stands on ``day``; 0 while there is time, or where everyone has heard."""
    left = standing(clock, calendar_for(clock.place, provisional=True), day)
    if left.level not in ("soon", "today", "overdue"):
        return 0
    obj = apps.get_model(clock.object_type)._base_manager.filter(pk=clock.object_id).first()
    if obj is None:
        return 0
    case = registry.for_label(clock.object_type)
    url = case.url(obj) if case else ""
    title, key = f"{clock.name}：{left.text}", f"clock-{clock.pk}-{left.level}-{clock.due}"
    people = told(case, obj, clock, day, known)
    return notify(people, title, f"{obj}\n{clock.due} {clock.article}", url, "clock", key=key)
